"""Telegram: updates of a bot, one by webhook or several by long polling (https://core.telegram.org/bots/api#update).

A word's key is ``<chat>:<message>``, which an edited message repeats: it corrects that word, under a key with its
``edit_date``. A message to the business account that a bot serves has the connection before it, since its numbers are
others. So the key is the same however often and by whichever way an update is delivered; `update_id` only says how far
the bot was read (:func:`last_update`). Pictures of an album are words of their own that follow each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lppl.intake.gathering import Found, damaged, gathered, unknown
from lppl.intake.json_shapes import coordinates, items, load, mapping, text, when
from lppl.intake.numbers import international
from lppl.intake.values import (
    NAME_LENGTH,
    TEXT_LENGTH,
    Enclosure,
    Intake,
    Kind,
    Parsed,
    Place,
    Raw,
    Sender,
    Source,
    Unread,
)

FILES = {
    "animation": (Kind.VIDEO, ""), "video": (Kind.VIDEO, "video/mp4"), "video_note": (Kind.VIDEO, "video/mp4"),
    "voice": (Kind.SOUND, "audio/ogg"), "audio": (Kind.SOUND, ""), "document": (Kind.FILE, ""),
    "sticker": (Kind.PICTURE, ""),
}  # fmt: skip
"""What holds a file, and what it is when the message does not say. An animation comes as a document too: it is first.
Files over 20 MB are named all the same; fetching them tells why it cannot."""
MESSAGES = ("message", "edited_message", "business_message", "edited_business_message")
SERVICE = (
    "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
    "group_chat_created", "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed",
    "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message", "forum_topic_created", "forum_topic_edited",
    "forum_topic_closed", "forum_topic_reopened", "video_chat_scheduled", "video_chat_started", "video_chat_ended",
    "video_chat_participants_invited", "boost_added", "chat_background_set", "users_shared", "chat_shared",
    "write_access_allowed", "proximity_alert_triggered", "connected_website",
)  # fmt: skip
"""Messages that tell what happened in a chat; nobody wrote them."""
START = "/start"
"""What the app sends by itself when somebody opens the chat with a bot."""
LARGEST = 2**53


def parse(raw: Raw) -> Parsed:
    """Read an update, or the answer to getUpdates."""
    updates = _updates(load(raw.body))
    if isinstance(updates, Parsed):
        return updates
    # an answer without an update is nobody's word either
    return gathered(_parts(updates, raw) if updates else iter((None,)))


def last_update(raw: Raw) -> int | None:
    """Return the highest update_id of what was sent, from which on the bot is asked next; None when there is none."""
    updates = _updates(load(raw.body))
    if isinstance(updates, Parsed):
        return None
    return max((n for u in updates if (n := _whole(u, "update_id")) is not None), default=None)


def _updates(said: object) -> Sequence[object] | Parsed:
    """Return the updates; what is to be said of anything else."""
    if isinstance(said, list):
        return said
    if isinstance(said, Mapping):
        if "update_id" in said:
            return (said,)
        if said.get("ok") is True and isinstance(said.get("result"), list):
            return items(said, "result")
        return Parsed(unread=(unknown("Telegram", "ok false" if said.get("ok") is False else ""),))
    return Parsed(unread=(said if isinstance(said, Unread) else unknown("Telegram", ""),))


def _parts(updates: Sequence[object], raw: Raw) -> Iterator[Found]:
    for number, update in enumerate(updates):
        where = f"result[{number}]"
        name = next((name for name in MESSAGES if isinstance(_get(update, name), Mapping)), "")
        if name:
            yield _message(mapping(update, name), name.startswith("edited"), raw, where)
        elif "callback_query" in _map(update):
            yield _pressed(mapping(update, "callback_query"), raw, where)
        elif "deleted_business_messages" in _map(update):
            yield from _deleted(mapping(update, "deleted_business_messages"), raw)
        else:  # members, polls, posts of a channel; or no update at all
            yield None if _whole(update, "update_id") is not None and not _broken(update) else damaged(where)


def _broken(update: object) -> bool:
    """Tell whether what should be a message is none."""
    return any(name in _map(update) for name in MESSAGES)


def _message(message: Mapping[str, Any], edited: bool, raw: Raw, where: str) -> Found:
    who, chat = mapping(message, "from"), text(mapping(message, "chat"), "id", 40)
    connection, number = text(message, "business_connection_id", NAME_LENGTH), text(message, "message_id", 40)
    if who.get("is_bot") is True or message.get("is_automatic_forward") is True:
        return None
    if connection and text(who, "id", 40) != chat:  # the station's own answer in that person's chat
        return None
    if not number or not chat:
        return damaged(where)
    talk = f"{connection}:{chat}" if connection else chat
    key, answered = f"{talk}:{number}", text(mapping(message, "reply_to_message"), "message_id", 40)
    common: dict[str, Any] = {
        "source": Source.TELEGRAM,
        "key": f"{key}:edit:{text(message, 'edit_date', 20)}" if edited else key,
        "said": when(message.get("edit_date" if edited else "date"), raw.received),
        "sender": _sender(who, chat, message),
        "answers": f"{talk}:{answered}" if answered else "",
        "corrects": key if edited else "",
    }
    return _said(message, common, edited, where)


def _said(message: Mapping[str, Any], common: dict[str, Any], edited: bool, where: str) -> Found:
    """Return what a message says: its words or caption, its file, the place that it shows."""
    files, place = _files(message), _place(message)
    words = text(message, "text", TEXT_LENGTH) or text(message, "caption", TEXT_LENGTH)
    if words.partition(" ")[0] == START:
        return None
    if place is not None and not words:
        if edited:  # somebody who shares where they are moves: an edit every few seconds
            return None
        words = place.text or "Lokasi"
    if not words and isinstance(message.get("contact"), Mapping):
        card = mapping(message, "contact")
        told = (text(card, "first_name", NAME_LENGTH), text(card, "last_name", NAME_LENGTH))
        words = " ".join(filter(None, ("Kontak:", *told, text(card, "phone_number", 40))))
    if words or files:
        return Intake(text=words, enclosures=files, place=place or Place(), **common)
    if any(name in message for name in SERVICE):
        return None
    known = {"message_id", "from", "chat", "date", "edit_date"}
    return unknown("Telegram", next((name for name in message if name not in known), ""), where)


def _pressed(query: Mapping[str, Any], raw: Raw, where: str) -> Found:
    """Read a tap on a button below a message."""
    who, message = mapping(query, "from"), mapping(query, "message")
    key, words = text(query, "id", 60), text(query, "data", TEXT_LENGTH)
    chat, number = text(mapping(message, "chat"), "id", 40), text(message, "message_id", 40)
    if not key or not words:
        return damaged(where)
    return Intake(
        Source.TELEGRAM, f"callback:{key}", raw.received, words, sender=_sender(who, chat, {}),
        answers=f"{chat}:{number}" if chat and number else "",
    )  # fmt: skip


def _deleted(deleted: Mapping[str, Any], raw: Raw) -> Iterator[Found]:
    """Yield a withdrawal for each message that was deleted from a business account's chat."""
    connection, chat = text(deleted, "business_connection_id", NAME_LENGTH), text(mapping(deleted, "chat"), "id", 40)
    numbers = items(deleted, "message_ids")
    if not connection or not chat or not numbers:
        yield None
        return
    for number in numbers:
        key = f"{connection}:{chat}:{text({'n': number}, 'n', 40)}"
        said, sender = raw.received, Sender(handle=chat)
        yield Intake(Source.TELEGRAM, f"{key}:deleted", said, "", sender=sender, withdraws=key)


def _sender(who: Mapping[str, Any], chat: str, message: Mapping[str, Any]) -> Sender:
    """Return who writes. A shared contact tells a number when it is their own card, not somebody else's."""
    name = " ".join(filter(None, (text(who, "first_name", NAME_LENGTH), text(who, "last_name", NAME_LENGTH))))
    contact, handle = mapping(message, "contact"), text(who, "id", 40)
    own = contact if handle and text(contact, "user_id", 40) == handle else {}
    return Sender(
        handle=handle or chat, name=(name or text(who, "username", NAME_LENGTH))[:NAME_LENGTH],
        phone=international(text(own, "phone_number", 40)),
    )  # fmt: skip


def _files(message: Mapping[str, Any]) -> tuple[Enclosure, ...]:
    sizes = [size for size in items(message, "photo") if text(size, "file_id", NAME_LENGTH)]
    if sizes:
        largest = max(sizes, key=_area)
        ref = text(largest, "file_id", NAME_LENGTH)
        return (Enclosure(Kind.PICTURE, ref=ref, content_type="image/jpeg", size=_whole(largest, "file_size")),)
    for name, (kind, usual) in FILES.items():
        inner = mapping(message, name)
        if ref := text(inner, "file_id", NAME_LENGTH):
            content_type, shown = text(inner, "mime_type", 100) or usual, text(inner, "file_name", NAME_LENGTH)
            size = _whole(inner, "file_size")
            return (Enclosure(kind, ref=ref, name=shown, content_type=content_type, size=size),)
    return ()


def _area(size: object) -> tuple[int, int]:
    return (_whole(size, "width") or 0) * (_whole(size, "height") or 0), _whole(size, "file_size") or 0


def _place(message: Mapping[str, Any]) -> Place | None:
    venue = mapping(message, "venue")
    found = coordinates(mapping(venue, "location")) or coordinates(mapping(message, "location"))
    if found is None:
        return None
    told = ", ".join(filter(None, (text(venue, "title", 300), text(venue, "address", 300))))
    return Place(told, latitude=found[0], longitude=found[1])


def _whole(value: object, key: str) -> int | None:
    """Return a whole number from 0 on that any record holds."""
    found = _get(value, key)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < LARGEST else None


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _get(value: object, key: str) -> object:
    return _map(value).get(key)
