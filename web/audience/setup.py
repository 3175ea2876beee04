"""Registers all pages for the audience on an application."""

from collections.abc import Callable

from aiohttp import web

from lppl.audience import Audience
from web.audience.app import App
from web.audience.beacon import Beacons
from web.audience.guide import Guide
from web.audience.lite import Lite
from web.audience.pages import Pages
from web.audience.reminders import Reminders, trusted_service
from web.audience.view import AudienceView, Reminding
from web.audience.watch import Watch
from web.audience.widget import Widget
from web.static_files import FILES


def add_audience(
    app: web.Application,
    view: AudienceView,
    reminding: Reminding,
    audience: Audience,
    *,
    public_url: str | None = None,
    trusted: Callable[[str], bool] = trusted_service,
) -> None:
    """Register them; after :func:`web.portal.add_portal`, whose files they share.

    `public_url` is the address that links leaving the page begin with; without it the one that was asked.
    """
    pages = Pages(view, app[FILES], public_url)
    for part in (Guide(pages), Watch(pages), Widget(pages), Lite(pages), App(pages), Beacons(audience)):
        part.add(app)
    Reminders(pages, reminding, trusted).add(app)
