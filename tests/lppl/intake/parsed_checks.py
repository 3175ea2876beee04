"""What holds for whatever a parser makes of whatever it is sent."""

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta

from lppl.intake.values import TEXT_LENGTH, Parsed, Raw, Source

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


def raw(source: Source, body: bytes, content_type: str = "") -> Raw:
    return Raw(source, body, content_type, NOW)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for each in value for text in _texts(each)]
    if is_dataclass(value):
        return [text for field in fields(value) for text in _texts(getattr(value, field.name))]
    return []


def sound(parsed: Parsed) -> Parsed:
    """Assert what every database and page needs of a parser's answer."""
    assert parsed.intakes or parsed.unread or parsed.ignored, "nothing was made of it"
    for intake in parsed.intakes:
        assert intake.key
        assert intake.said.utcoffset() == timedelta(0)
        assert len(intake.text) <= TEXT_LENGTH
        assert (intake.place.latitude is None) == (intake.place.longitude is None)
        assert all(sum(map(bool, (e.ref, e.url, e.data))) == 1 for e in intake.enclosures)
    for text in _texts(parsed):
        assert "\0" not in text
        text.encode()
    return parsed
