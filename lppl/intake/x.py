"""X (Twitter): mentions and direct messages by the Account Activity API; the account's own words are nobody's. Pure.

https://docs.x.com/x-api/enterprise-gnip-2.0/fundamentals/account-activity. A post's key is its id, a direct message's
``dm:<id>``. An edited post has an id of its own and names the first one (`edit_history`): it corrects that word.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
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

KINDS = {"photo": Kind.PICTURE, "video": Kind.VIDEO, "animated_gif": Kind.VIDEO}
READ = ("tweet_create_events", "direct_message_events", "tweet_delete_events")
URL_LENGTH = 2_000
_POSTED = "%a %b %d %H:%M:%S %z %Y"


def parse(raw: Raw) -> Parsed:
    """Read a call of the webhook."""
    said = load(raw.body)
    if isinstance(said, Unread):
        return Parsed(unread=(said,))
    if not isinstance(said, Mapping) or not (own := text(said, "for_user_id", 40)):
        # a subscription that ended is told without an account above it
        ended = isinstance(said, Mapping) and "user_event" in said
        return Parsed(ignored=1) if ended else Parsed(unread=(unknown("X", ""),))
    return gathered(_parts(said, own, raw))


def _parts(said: Mapping[str, Any], own: str, raw: Raw) -> Iterator[Found]:
    people = mapping(said, "users")
    for name in READ:
        if not isinstance(said.get(name, []), list):
            yield damaged(name)
        for number, event in enumerate(items(said, name)):
            where = f"{name}[{number}]"
            if name == "tweet_create_events":
                yield _post(event, own, raw, where)
            elif name == "direct_message_events":
                yield _message(event, own, people, raw, where)
            else:
                yield _gone(event, own, raw, where)
    others = [name for name in said if name.endswith("_events") and name not in READ]
    for name in others:  # likes, follows, typing, reading
        yield from [None] * max(1, len(items(said, name)))
    if not others and not any(said.get(name) for name in READ):
        yield unknown("X", next((name for name in said if name != "for_user_id"), ""))


def _post(post: object, own: str, raw: Raw, where: str) -> Found:
    who, longer = mapping(post, "user"), mapping(post, "extended_tweet")
    author, key = _id(who), _id(post)
    if author == own or mapping(post, "retweeted_status"):
        return None
    if not key:
        return damaged(where)
    words = text(longer, "full_text", TEXT_LENGTH) or text(post, "full_text", TEXT_LENGTH)
    words = words or text(post, "text", TEXT_LENGTH)
    files = _files(longer) or _files(post)
    if not words and not files:
        return empty(where)
    first = text(mapping(post, "edit_history"), "initial_tweet_id", 40)
    name = text(who, "name", NAME_LENGTH) or text(who, "screen_name", NAME_LENGTH)
    return Intake(
        Source.X, key, _posted(text(post, "created_at", 60), when(_get(post, "timestamp_ms"), raw.received)), words,
        sender=Sender(handle=author, name=name), enclosures=files, place=_place(post),
        answers=text(post, "in_reply_to_status_id_str", 40), corrects=first if first != key else "",
    )  # fmt: skip


def _message(event: object, own: str, people: Mapping[str, Any], raw: Raw, where: str) -> Found:
    if not isinstance(event, Mapping):
        return damaged(where)
    if text(event, "type", 40) != "message_create":
        return unknown("X", text(event, "type", 40), where)
    created, key = mapping(event, "message_create"), text(event, "id", 40)
    sender, data = text(created, "sender_id", 40), mapping(created, "message_data")
    if sender and sender == own:
        return None
    if not key or not sender:
        return damaged(where)
    file = _file(mapping(mapping(data, "attachment"), "media"))
    words, who = text(data, "text", TEXT_LENGTH), mapping(people, sender)
    if not words and file is None:
        return empty(where)
    name = text(who, "name", NAME_LENGTH) or text(who, "screen_name", NAME_LENGTH)
    return Intake(
        Source.X, f"dm:{key}", when(event.get("created_timestamp"), raw.received), words,
        sender=Sender(handle=sender, name=name), enclosures=(file,) if file is not None else (),
    )  # fmt: skip


def _gone(deleted: object, own: str, raw: Raw, where: str) -> Found:
    status = mapping(deleted, "status")
    key, author = _id(status), text(status, "user_id", 40)
    if author == own:
        return None
    if not key:
        return damaged(where)
    said = when(_get(deleted, "timestamp_ms"), raw.received)
    return Intake(Source.X, f"{key}:deleted", said, "", sender=Sender(handle=author), withdraws=key)


def _files(post: object) -> tuple[Enclosure, ...]:
    media = items(mapping(post, "extended_entities"), "media") or items(mapping(post, "entities"), "media")
    return tuple(file for each in media if (file := _file(each)) is not None)


def _file(media: object) -> Enclosure | None:
    """Return a picture, or the film itself rather than its still, in the finest form that there is."""
    kind = KINDS.get(text(media, "type", 40), Kind.PICTURE)
    films = [v for v in items(mapping(media, "video_info"), "variants") if text(v, "content_type", 40) == "video/mp4"]
    best = max(films, key=_bitrate, default=None)
    address = text(best, "url", URL_LENGTH) or text(media, "media_url_https", URL_LENGTH)
    return Enclosure(kind, url=address) if address.startswith("https://") else None


def _bitrate(film: object) -> int:
    rate = _get(film, "bitrate")
    return rate if isinstance(rate, int) else 0


def _place(post: object) -> Place:
    """Return where a post was written: a point (longitude first, as GeoJSON has it) and the place's name."""
    point = items(mapping(post, "coordinates"), "coordinates")
    named = text(mapping(post, "place"), "full_name", 300)
    found = coordinates(dict(zip(("longitude", "latitude"), point, strict=False)))
    return Place(named, latitude=found[0], longitude=found[1]) if found else Place(named)


def _posted(written: str, fallback: datetime) -> datetime:
    try:
        return datetime.strptime(written, _POSTED).astimezone(UTC)
    except (ValueError, OverflowError):
        return fallback


def _id(value: object) -> str:
    return text(value, "id_str", 40) or text(value, "id", 40)


def _get(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, Mapping) else None
