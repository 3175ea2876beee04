"""Who sends: signatures over bodies as they came, and shared secrets. Pure; rubbish is refused, never raised for.

Every comparison takes the same time for whatever is wrong, and an empty secret fits nothing.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
"""How far the clocks of two honest programs may differ; older than that is a repetition by somebody else."""
LONGEST_HEADER = 1_000
LONGEST_CHALLENGE = 200
LONGEST_TOKEN = 500


def meta(body: bytes, header: str, app_secret: str) -> bool:
    """Tell whether Meta signed a body: ``X-Hub-Signature-256: sha256=<hex>``, HMAC-SHA256 keyed by the app's secret."""
    scheme, _, given = header[:LONGEST_HEADER].partition("=")
    fits = _same(given.strip().lower(), _digest(app_secret, body).hex())
    return bool(app_secret) and scheme.strip().lower() == "sha256" and fits


def meta_challenge(query: Mapping[str, str], verify_token: str) -> str | None:
    """Return what Meta wants echoed when it verifies an address; None when it does not know the token.

    Letters and digits only are echoed: the answer is shown by a browser to whoever guessed the token.
    """
    known = bool(verify_token) and _same(query.get("hub.verify_token", ""), verify_token)
    challenge = query.get("hub.challenge", "")
    plain = challenge.isascii() and challenge.isalnum() and len(challenge) <= LONGEST_CHALLENGE
    return challenge if known and plain and query.get("hub.mode") == "subscribe" else None


def shared(given: str, secret: str) -> bool:
    """Tell whether a call names the secret that both sides know: a gateway's token, an API key, or what Telegram puts
    into ``X-Telegram-Bot-Api-Secret-Token`` as it was set with setWebhook."""
    return bool(secret) and _same(given, secret)


def x_crc(crc_token: str, secret: str) -> str | None:
    """Return the answer to X's challenge-response check: ``sha256=<base64>`` of HMAC-SHA256 over the token, keyed by
    the consumer secret; None for what is no token.

    Anybody may ask, and X signs bodies with the same key: a token that could be a body is not answered, or the answer
    would be the signature of a forged call. Bodies are objects (:func:`x`), so a token must not hold a brace.
    """
    if not crc_token or len(crc_token) > LONGEST_TOKEN or "{" in crc_token:
        return None
    return f"sha256={base64.b64encode(_digest(secret, _bytes(crc_token))).decode()}"


def x(body: bytes, header: str, secret: str) -> bool:
    """Tell whether X signed a body: ``X-Twitter-Webhooks-Signature: sha256=<base64>``, keyed by the consumer secret.

    A body that is no object is none of X's, whatever it is signed with: :func:`x_crc` signs other texts for anybody.
    """
    scheme, _, given = header[:LONGEST_HEADER].partition("=")
    fits = _same(given.strip(), base64.b64encode(_digest(secret, body)).decode())
    return bool(secret) and scheme.strip().lower() == "sha256" and body.lstrip()[:1] == b"{" and fits


def stamped(body: bytes, header: str, secret: str, now: datetime, tolerance: timedelta = TOLERANCE) -> bool:
    """Tell whether a body bears our own signature ``t=<unix seconds>,v1=<hex>`` over ``<t>.<body>``, and is neither
    older than `tolerance` nor from as far in the future.

    As :func:`lppl.webhooks.signature` writes it. Several ``v1`` may stand there while a secret is being changed.
    """
    parts = [part.strip().partition("=")[::2] for part in header[:LONGEST_HEADER].split(",")]
    at = next((value for name, value in parts if name == "t"), "")
    if not secret or not (at.isascii() and at.isdigit() and len(at) <= 12):
        return False
    expected = _digest(secret, at.encode() + b"." + body).hex()
    fits = [_same(value.lower(), expected) for name, value in parts if name == "v1"]
    return any(fits) and abs(now.timestamp() - int(at)) <= tolerance.total_seconds()


def _digest(secret: str, signed: bytes) -> bytes:
    return hmac.digest(_bytes(secret), signed, hashlib.sha256)


def _bytes(text: str) -> bytes:
    """Return the bytes of what a header or query held; those that were no UTF-8 come as half characters."""
    return text.encode("utf-8", "replace")


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(_bytes(given), _bytes(expected))
