"""The log: one line an event, for people in a terminal, as JSON for machines; never a secret.

Configured once, by the service. Everything that the standard library's logging carries joins it.
"""

import logging
import re
import sys
from typing import Any

import structlog

from lppl.settings import Settings

CREDENTIALS = re.compile(r"([a-z][a-z0-9+.-]*://)[^/\s:@]*(:[^/\s@]*)?@", re.IGNORECASE)
SECRET_KEYS = re.compile(r"pass(word|wd)?|secret|token|api_?key|authorization|cookie", re.IGNORECASE)
MASK = "***"


def cleaned(value: Any) -> Any:
    """Return `value` with the credentials of any URL in it masked."""
    if isinstance(value, str):
        return CREDENTIALS.sub(rf"\1{MASK}@", value)
    if isinstance(value, list | tuple):
        return type(value)(cleaned(v) for v in value)
    if isinstance(value, dict):
        return {k: MASK if SECRET_KEYS.search(str(k)) else cleaned(v) for k, v in value.items()}
    return value


def without_secrets(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Mask what should not be in a log: values under telling names, and credentials in addresses."""
    return {k: MASK if SECRET_KEYS.search(k) else cleaned(v) for k, v in event.items()}


def configure_log(settings: Settings) -> None:
    """Set the log up as `settings` say: `log_json`, `log_level`."""
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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # libraries speak only of trouble
    root.setLevel(max(level, logging.WARNING))
