"""No secret gets past the mask, and nothing else is changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.masking import SecretUrl, cleaned

WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql+asyncpg://lppl:rahasia@db/lppl", "postgresql+asyncpg://lppl:***@db/lppl"),
        ("redis://:rahasia@h:6379/0", "redis://:***@h:6379/0"),
        ("postgresql://u:a:b@c@h/d", "postgresql://u:***@h/d"),
        ("rtmp://h/live?key=abc&b=1", "rtmp://h/live?key=***&b=1"),
        ("https://h/x?a=1&token=abc", "https://h/x?a=1&token=***"),
        ("from srt://u:p@a:1 to srt://u:q@b:2", "from srt://u:***@a:1 to srt://u:***@b:2"),
        ("http://u@h/", "http://u@h/"),
        ("x" * 300_000 + "https://u:p@h/", "x" * 300_000 + "https://u:***@h/"),
        ("http://h:8080/a@b", "http://h:8080/a@b"),
        ("surel@contoh.go.id, pukul 12:30", "surel@contoh.go.id, pukul 12:30"),
    ],
    ids=lambda text: text[-30:],
)
def test_cleaned(text: str, shown: str) -> None:
    assert cleaned(text) == shown


@given(WORDS, st.text(alphabet="abcXYZ:@!$%&*+-._~", min_size=1, max_size=12), WORDS)
def test_a_password_in_an_address_is_gone(user: str, password: str, host: str) -> None:
    shown = cleaned(f"could not reach redis://{user}:{password}@{host}/0 at all")
    assert shown == f"could not reach redis://{user}:***@{host}/0 at all"


@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


def test_a_secret_address_is_a_string_that_shows_no_secret() -> None:
    url = SecretUrl("redis://:rahasia@h/0")
    assert url == "redis://:rahasia@h/0"
    assert "rahasia" not in repr(url)
    assert "rahasia" not in repr({"url": url})
    assert url.masked == "redis://:***@h/0"
