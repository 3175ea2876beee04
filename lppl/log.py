"""The log: one line an event, for people in a terminal, as JSON for machines; never a secret.

Configured once, by the service. Everything that the standard library's logging carries joins it.
"""

import contextlib
import logging
import re
import sys
from typing import Any, TextIO

import structlog

from lppl.masking import MASK, cleaned
from lppl.settings import Settings

SECRET_KEYS = re.compile(r"pass(word|wd)?|secret|token|api_?key|authorization|cookie", re.IGNORECASE)


def masked(value: Any) -> Any:
    """Return `value` with the credentials of every URL in it masked, however deep it lies."""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, list | tuple):
        return [masked(v) for v in value]
    if isinstance(value, dict):
        return {k: MASK if SECRET_KEYS.search(str(k)) else masked(v) for k, v in value.items()}
    return value


def without_secrets(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Mask what should not be in a log: values under telling names, and credentials in addresses."""
    return {k: MASK if SECRET_KEYS.search(k) else masked(v) for k, v in event.items()}


class Expendable:
    """A stream whose full disk, closed pipe or vanished terminal hurts nobody: no line is worth the air."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text` if it can be written."""
        with contextlib.suppress(OSError, ValueError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        """Hand on what was written, if that can be."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()


def configure_log(settings: Settings) -> None:
    """Set the log up as `settings` say: `log_json`, `log_level`. What cannot be written is let go."""
    stream: Any = Expendable(sys.stderr)
    level = getattr(logging, settings.log_level.upper())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=settings.log_json),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # libraries speak only of trouble
    root.setLevel(max(level, logging.WARNING))
