"""The commands of planning, put together: grids, running orders, logs, catch-up, and what they are made of."""

import typer

from lppl.commands import (
    planning_calendar,
    planning_catchup,
    planning_documents,
    planning_grid,
    planning_logs,
    planning_media,
    planning_rundown,
    planning_versions,
)


def register(app: typer.Typer, media: typer.Typer) -> None:
    """Add the commands of planning to the ``lppl`` command and to its ``media``."""
    planning_versions.register(planning_grid.grid)
    app.add_typer(planning_grid.grid, name="grid")
    app.add_typer(planning_rundown.rundown, name="rundown")
    app.add_typer(planning_logs.logs, name="logs")
    for name, commands in planning_documents.ALL.items():
        app.add_typer(commands, name=name)
    app.add_typer(planning_calendar.prayer, name="prayer")
    app.add_typer(planning_calendar.hijri, name="hijri")
    app.add_typer(planning_catchup.catchup, name="catchup")
    planning_media.register(media)
