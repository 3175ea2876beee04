"""What the audience finds beside the live players: guide, catch-up, reminders, widget, the page for slow lines.

Public pages without a login, rendered whole on the server, so that all of them work without script. Each address is
listed in :mod:`web.audience.urls`.
"""
