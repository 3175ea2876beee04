"""What WhatsApp and Telegram keep for us: two questions, a token that nobody sees, and what every failure means."""

import base64
import hashlib
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lppl.station import channel_media
from lppl.station.channel_media import NEW_ADDRESS, telegram_file, whatsapp_media
from lppl.station.fetching import LATER, FetchFailed, NeverThere, Outbound, Patience, TryAgain, is_trusted

PHOTO = b"\xff\xd8\xff\xe0 foto jalan berlubang"
TOKEN = "EAAGm0PX4ZCpsBA-rahasia"
BOT = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
LOCAL = frozenset(("127.0.0.1",))


class Channel:
    """Both services, as their documents say; `answers` stands in for what they would say to a path."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[], web.Response]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.base = ""
        self.digest = hashlib.sha256(PHOTO).hexdigest()

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, request.headers.get("Authorization")))
        if request.path in self.answers:
            return self.answers[request.path]()
        match request.path:
            case "/v23.0/1234":
                url = f"{self.base}/lookaside?mid=1234&ext=1&hash=x"
                body = {"messaging_product": "whatsapp", "url": url, "mime_type": "image/jpeg", "sha256": self.digest}
                return web.json_response(body | {"file_size": len(PHOTO), "id": "1234"})
            case "/lookaside":
                allowed = request.headers.get("Authorization") == f"Bearer {TOKEN}"
                return web.Response(body=PHOTO, content_type="image/jpeg", status=200 if allowed else 401)
            case path if path == f"/bot{BOT}/getFile":
                found = {"file_id": request.query["file_id"], "file_path": "photos/file 1.jpg"}
                return web.json_response({"ok": True, "result": found})
            case path if path == f"/file/bot{BOT}/photos/file 1.jpg":
                return web.Response(body=PHOTO)
        return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)

    def says(self, path: str, status: int, **body: Any) -> None:
        """Answer `path` so from now on."""
        self.answers[path] = lambda: web.json_response(body, status=status)


@pytest.fixture
async def channel() -> AsyncIterator[Channel]:
    channel = Channel()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", channel.answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    channel.base = str(server.make_url("/")).rstrip("/")
    yield channel
    await server.close()


@pytest.fixture
async def out() -> AsyncIterator[Outbound]:
    reachable = ip_address("127.0.0.1")
    patience = Patience(2, 0.5, 2)
    async with Outbound(reachable=lambda a: a == reachable, https_only=False, patience=patience) as opened:
        yield opened


async def whatsapp(out: Outbound, channel: Channel, folder: Path, **options: Any) -> bytes:
    options = {"base": channel.base, "hosts": LOCAL, "most_bytes": 1 << 20} | options
    await whatsapp_media(out, options.pop("id", "1234"), options.pop("token", TOKEN), folder / "a", **options)
    return (folder / "a").read_bytes()


async def telegram(out: Outbound, channel: Channel, folder: Path, **options: Any) -> bytes:
    options = {"base": channel.base, "most_bytes": 1 << 20} | options
    await telegram_file(out, options.pop("token", BOT), options.pop("id", "AgACAgUAAx-1"), folder / "a", **options)
    return (folder / "a").read_bytes()


# --- WhatsApp ----------------------------------------------------------------------------------------------


async def test_whatsapp_in_two_steps(out: Outbound, channel: Channel, tmp_path: Path) -> None:
    assert await whatsapp(out, channel, tmp_path) == PHOTO
    assert channel.asked == [("/v23.0/1234", f"Bearer {TOKEN}"), ("/lookaside", f"Bearer {TOKEN}")]


async def test_whatsapp_checksums_in_both_forms(out: Outbound, channel: Channel, tmp_path: Path) -> None:
    channel.digest = base64.b64encode(hashlib.sha256(PHOTO).digest()).decode()
    assert await whatsapp(out, channel, tmp_path) == PHOTO
    for wrong in ("0" * 64, base64.b64encode(bytes(32)).decode()):
        channel.digest = wrong
        with pytest.raises(TryAgain, match="sha256"):
            await whatsapp(out, channel, tmp_path)


async def test_whatsapp_shows_its_token_to_no_other_host(out: Outbound, channel: Channel, tmp_path: Path) -> None:
    with pytest.raises(TryAgain) as caught:
        await whatsapp(out, channel, tmp_path, hosts=channel_media.WHATSAPP_HOSTS)
    assert (caught.value.reason, caught.value.after) == ("host", LATER)
    assert [path for path, _ in channel.asked] == ["/v23.0/1234"]
    for host in ("lookaside.fbsbx.com", "scontent.xx.fbcdn.net", "mmg.whatsapp.net"):
        assert is_trusted(host, channel_media.WHATSAPP_HOSTS)


@pytest.mark.parametrize(
    ("status", "error", "kind", "reason", "after"),
    [
        (400, {"code": 100, "error_subcode": 33}, NeverThere, "400", None),
        (404, {"code": 803}, NeverThere, "404", None),
        (401, {"code": 190, "message": TOKEN}, TryAgain, "credentials", LATER),
        (403, {"code": 10}, TryAgain, "credentials", LATER),
        (400, {"code": 200}, TryAgain, "credentials", LATER),
        (400, {"code": 130429}, TryAgain, "busy", None),
        (400, {"code": 100, "is_transient": True}, TryAgain, "busy", None),
        (400, {"code": [1]}, NeverThere, "400", None),
        (400, "odd", NeverThere, "400", None),
        (500, {"code": 2}, TryAgain, "500", None),
        (429, {"code": 4}, TryAgain, "429", None),
    ],
)
async def test_what_whatsapp_refuses(
    out: Outbound, channel: Channel, tmp_path: Path, status: int, error: object, kind: type[FetchFailed], reason: str,
    after: timedelta | None,
) -> None:  # fmt: skip
    channel.says("/v23.0/1234", status, error=error)
    with pytest.raises(kind) as caught:
        await whatsapp(out, channel, tmp_path)
    assert caught.value.reason == reason
    assert getattr(caught.value, "after", None) == after
    assert TOKEN not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


async def test_an_address_that_served_its_time_is_asked_for_again(
    out: Outbound, channel: Channel, tmp_path: Path
) -> None:
    channel.says("/lookaside", 404)
    with pytest.raises(TryAgain) as caught:
        await whatsapp(out, channel, tmp_path)
    assert caught.value.after == NEW_ADDRESS
    del channel.answers["/lookaside"]
    assert await whatsapp(out, channel, tmp_path) == PHOTO


async def test_whatsapp_limits_and_odd_words(out: Outbound, channel: Channel, tmp_path: Path) -> None:
    with pytest.raises(NeverThere, match="too-large"):
        await whatsapp(out, channel, tmp_path, most_bytes=len(PHOTO) - 1)
    asked = len(channel.asked)
    for odd in ("", "../me", "1234/subscribed_apps", "1?x=1", "1" * 300):
        with pytest.raises(NeverThere, match="id"):
            await whatsapp(out, channel, tmp_path, id=odd)
    for token in ("", "a b", "a\r\nX: y"):
        with pytest.raises(TryAgain, match="credentials"):
            await whatsapp(out, channel, tmp_path, token=token)
    assert len(channel.asked) == asked
    channel.answers["/v23.0/1234"] = lambda: web.Response(text="<html>")
    with pytest.raises(TryAgain, match="answer"):
        await whatsapp(out, channel, tmp_path)
    channel.answers["/v23.0/1234"] = lambda: web.Response(body=b'{"a":"' + bytes(1 << 20))
    with pytest.raises(TryAgain, match="answer"):
        await whatsapp(out, channel, tmp_path)
    channel.says("/v23.0/1234", 200, id="1234")
    with pytest.raises(TryAgain, match="answer"):
        await whatsapp(out, channel, tmp_path)


# --- Telegram ----------------------------------------------------------------------------------------------


async def test_telegram_in_two_steps(out: Outbound, channel: Channel, tmp_path: Path) -> None:
    assert await telegram(out, channel, tmp_path) == PHOTO
    assert [path for path, _ in channel.asked] == [f"/bot{BOT}/getFile", f"/file/bot{BOT}/photos/file 1.jpg"]


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason", "after"),
    [
        (400, {"description": "Bad Request: invalid file_id"}, NeverThere, "400", None),
        (400, {"description": "Bad Request: file is too big"}, NeverThere, "too-large", None),
        (
            400, {"description": "Bad Request: wrong file_id or the file is temporarily unavailable"}, TryAgain,
            "busy", None,
        ),
        (401, {"description": "Unauthorized"}, TryAgain, "credentials", LATER),
        (404, {"description": "Not Found"}, TryAgain, "credentials", LATER),
        (420, {"description": "Flood", "parameters": {"retry_after": 35}}, TryAgain, "429", timedelta(seconds=35)),
        (500, {"description": "Internal Server Error"}, TryAgain, "500", None),
        (200, {"ok": True, "result": {"file_path": "../../etc/passwd"}}, TryAgain, "answer", None),
        (200, {"ok": True, "result": {"file_path": "/etc/passwd"}}, TryAgain, "answer", None),
        (200, {"ok": True, "result": {"file_path": "https://evil.example/a"}}, TryAgain, "answer", None),
        (200, {"ok": True, "result": []}, TryAgain, "answer", None),
    ],
)  # fmt: skip
async def test_what_telegram_refuses(
    out: Outbound, channel: Channel, tmp_path: Path, status: int, body: dict[str, Any], kind: type[FetchFailed],
    reason: str, after: timedelta | None,
) -> None:  # fmt: skip
    channel.says(f"/bot{BOT}/getFile", status, **({"ok": False} | body))
    with pytest.raises(kind) as caught:
        await telegram(out, channel, tmp_path)
    assert caught.value.reason == reason
    assert getattr(caught.value, "after", None) == after
    assert len(channel.asked) == 1 and list(tmp_path.iterdir()) == []


async def test_no_failure_and_no_log_shows_telegrams_token(
    out: Outbound, channel: Channel, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    file = f"/file/bot{BOT}/photos/file 1.jpg"
    channel.answers[file] = lambda: web.Response(status=302, headers={"Location": f"http://10.0.0.1/bot{BOT}"})
    shown = []
    for base in (channel.base, "http://127.0.0.1:9", "http://10.0.0.1", "ftp://127.0.0.1"):
        with pytest.raises(FetchFailed) as caught:
            await telegram(out, channel, tmp_path, base=base)
        shown.append("".join(traceback.format_exception(caught.value)) + repr(caught.value))
    for status in (404, 500, 200):
        body = {"headers": {"Content-Encoding": "gzip"}} if status == 200 else {}
        channel.answers[file] = lambda status=status, body=body: web.Response(status=status, **body)  # type: ignore[misc]
        with pytest.raises(FetchFailed) as caught:
            await telegram(out, channel, tmp_path)
        shown.append("".join(traceback.format_exception(caught.value)) + repr(caught.value))
    client = [r.getMessage() for r in caplog.records if r.name != "aiohttp.access"]  # that is the server of this test
    assert len(shown) == 7
    assert BOT.partition(":")[2] not in "".join([*shown, *client])


async def test_a_token_that_is_none_is_not_sent(out: Outbound, channel: Channel, tmp_path: Path) -> None:
    for token in ("", "x", "1:a/../b", "1:a?b", BOT + "\n"):
        with pytest.raises(TryAgain, match="credentials"):
            await telegram(out, channel, tmp_path, token=token)
    for odd in ("", "a/b", "a b"):
        with pytest.raises(NeverThere, match="id"):
            await telegram(out, channel, tmp_path, id=odd)
    assert channel.asked == []
