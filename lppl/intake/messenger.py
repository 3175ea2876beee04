"""Messenger and Instagram: messages to a page or an account, and comments under its posts, as Meta posts them. Pure.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events and
https://developers.facebook.com/documentation/instagram-platform/webhooks/examples. Echoes of the page's own answers,
receipts and reactions are nobody's word. What stands in `standby` is: another program holds that talk, but a person
wrote it all the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from lppl.intake.gathering import Found, damaged, empty, gathered, unknown
from lppl.intake.json_shapes import coordinates, items, load, mapping, text, when
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

KINDS = {
    "image": Kind.PICTURE, "video": Kind.VIDEO, "audio": Kind.SOUND, "file": Kind.FILE, "story_mention": Kind.FILE,
}  # fmt: skip
"""Attachments that are a file; a story may be a picture or a film."""
OBJECTS = {"page": Source.MESSENGER, "instagram": Source.INSTAGRAM}
NOBODYS = (
    "delivery", "read", "reaction", "optin", "referral", "pass_thread_control", "take_thread_control",
    "request_thread_control", "app_roles", "account_linking", "policy_enforcement", "messaging_seen",
)  # fmt: skip
COMMENTS = frozenset({"comments", "live_comments"})
WRITTEN = frozenset({"comment", "post", "status"})
"""Items of a page's feed that a visitor writes; others are likes, shares and pictures."""
ADDED, CHANGED, REMOVED = ("", "add"), ("edit", "edited", "update"), ("remove", "delete")
KEY_LENGTH = 400
URL_LENGTH = 2_000


def parse(raw: Raw) -> Parsed:
    """Read a call of the webhook; the source is that of its `object`."""
    said = load(raw.body)
    if isinstance(said, Unread):
        return Parsed(unread=(said,))
    source, entries = OBJECTS.get(text(said, "object", 40)), items(said, "entry")
    if source is None or not entries:
        return Parsed(unread=(unknown("Messenger", text(said, "object", 40)),))
    return gathered(_parts(entries, source, raw))


def _parts(entries: Sequence[object], source: Source, raw: Raw) -> Iterator[Found]:
    for e, entry in enumerate(entries):
        parts = [(name, n, part) for name in ("messaging", "standby", "changes")
                 for n, part in enumerate(items(entry, name))]  # fmt: skip
        if not parts:
            yield damaged(f"entry[{e}]")
        own = text(entry, "id", NAME_LENGTH)
        for name, number, part in parts:
            where = f"entry[{e}].{name}[{number}]"
            if name != "changes":
                yield _event(part, own, source, raw, where)
            elif text(part, "field", 40) in ("messages", "standby"):  # Instagram hands some messages over so
                yield _event(mapping(part, "value"), own, source, raw, where)
            else:
                yield _change(part, own, entry, source, raw, where)


def _event(event: object, own: str, source: Source, raw: Raw, where: str) -> Found:
    """Read one event of a talk."""
    if not isinstance(event, Mapping):
        return damaged(where)
    message, edit, postback = (mapping(event, name) for name in ("message", "message_edit", "postback"))
    sender, inner = text(mapping(event, "sender"), "id", NAME_LENGTH), message or edit or postback
    if message.get("is_echo") is True or (sender and sender == own):
        return None
    if not inner:
        return None if any(name in event for name in NOBODYS) else unknown(source.value, _names(event), where)
    key, at = text(inner, "mid", KEY_LENGTH), text(event, "timestamp", 20)
    if not key and postback and sender and at:  # taps had no id of their own at first
        key = f"postback:{sender}:{at}"
    if not key:
        return damaged(where)
    common: dict[str, Any] = {
        "source": source, "said": when(event.get("timestamp"), raw.received), "sender": Sender(handle=sender),
    }  # fmt: skip
    if message:
        return _message(message, key, common, where)
    words = text(inner, "text" if edit else "title", TEXT_LENGTH) or text(postback, "payload", TEXT_LENGTH)
    if not words:
        return empty(where)
    if edit:
        version = text(edit, "num_edit", 20) or _short(words)
        return Intake(key=f"{key}:edit:{version}", text=words, corrects=key, **common)
    return Intake(key=key, text=words, **common)


def _message(message: Mapping[str, Any], key: str, common: dict[str, Any], where: str) -> Found:
    if message.get("is_deleted") is True:
        return Intake(key=f"{key}:deleted", text="", withdraws=key, **common)
    attachments = items(message, "attachments")
    files = tuple(file for each in attachments if (file := _file(each)) is not None)
    links = [link for each in attachments if _file(each) is None and (link := _link(each))]
    words = "\n".join(filter(None, (text(message, "text", TEXT_LENGTH), *links)))[:TEXT_LENGTH]
    place = next(filter(None, map(_place, attachments)), None)
    if not words and not files and place is None:
        kinds = {text(each, "type", 40) for each in attachments}
        if message.get("is_unsupported") is True or kinds:
            return unknown(common["source"].value, " ".join(sorted(kinds)) or "unsupported", where)
        return empty(where)
    return Intake(
        key=key, text=words or ("Lokasi" if place else ""), enclosures=files, place=place or Place(),
        answers=text(mapping(message, "reply_to"), "mid", KEY_LENGTH), **common,
    )  # fmt: skip


def _file(attachment: object) -> Enclosure | None:
    kind, address = KINDS.get(text(attachment, "type", 40)), text(mapping(attachment, "payload"), "url", URL_LENGTH)
    return Enclosure(kind, url=address) if kind is not None and address.startswith("https://") else None


def _link(attachment: object) -> str:
    """Return what was shared (a post, a page, a reel) as words: its title and its address."""
    payload = mapping(attachment, "payload")
    title = text(attachment, "title", 300) or text(payload, "title", 300)
    address = text(payload, "url", URL_LENGTH) or text(attachment, "url", URL_LENGTH)
    return "\n".join(filter(None, (title, address)))


def _place(attachment: object) -> Place | None:
    found = coordinates(mapping(mapping(attachment, "payload"), "coordinates"), "lat", "long")
    return Place(text(attachment, "title", 300), latitude=found[0], longitude=found[1]) if found else None


def _change(change: object, own: str, entry: object, source: Source, raw: Raw, where: str) -> Found:
    """Read what was written under a post or on the page: ``feed`` of a page, ``comments`` of an account."""
    field, value = text(change, "field", 40), mapping(change, "value")
    if not field or not value:
        return damaged(where)
    item = text(value, "item", 40)
    if field not in COMMENTS and not (field == "feed" and item in WRITTEN):
        return None
    who, verb = mapping(value, "from"), text(value, "verb", 20)
    author, post = text(who, "id", NAME_LENGTH), text(value, "post_id", KEY_LENGTH)
    if (author and author == own) or verb not in (*ADDED, *CHANGED, *REMOVED):  # hidden, muted: the page's own deed
        return None
    key = text(value, "comment_id", KEY_LENGTH) or (post if item != "comment" else "") or text(value, "id", KEY_LENGTH)
    if not key:
        return damaged(where)
    written = value.get("created_time") or (entry.get("time") if isinstance(entry, Mapping) else None)
    name = text(who, "name", NAME_LENGTH) or text(who, "username", NAME_LENGTH)
    common: dict[str, Any] = {
        "source": source, "said": when(written, raw.received), "sender": Sender(handle=author, name=name),
    }  # fmt: skip
    if verb in REMOVED:
        return Intake(key=f"{key}:deleted", text="", withdraws=key, **common)
    words = text(value, "message", TEXT_LENGTH) or text(value, "text", TEXT_LENGTH)
    pictures = [(Kind.PICTURE, text(value, "photo", URL_LENGTH)), (Kind.VIDEO, text(value, "video", URL_LENGTH))]
    files = tuple(Enclosure(kind, url=address) for kind, address in pictures if address.startswith("https://"))
    if not words and not files:
        return empty(where)
    if verb in CHANGED:
        return Intake(key=f"{key}:edit:{_short(words)}", text=words, enclosures=files, corrects=key, **common)
    parent = text(value, "parent_id", KEY_LENGTH)
    answers = parent if parent != post else ""  # the first comments have the post itself for a parent
    return Intake(key=key, text=words, enclosures=files, answers=answers, **common)


def _short(words: str) -> str:
    return sha256(words.encode()).hexdigest()[:16]


def _names(event: Mapping[str, Any]) -> str:
    return " ".join(name for name in event if name not in ("sender", "recipient", "timestamp"))[:60]
