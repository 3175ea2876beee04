"""The peer of row (l): the least that takes a form and keeps it: a row inserted and committed for each request.

``python -m lppl.bench.plain_intake <database> <port>``: the same server library, the same database with the same
durability; nothing is checked, sealed, counted or grouped.
"""

import asyncio
import json
import sys

import aiosqlite
from aiohttp import web

TABLE = "CREATE TABLE arrivals (id INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, body TEXT NOT NULL)"


async def serve(database: str, port: int) -> None:
    """Serve for ever."""
    connection = await aiosqlite.connect(database, isolation_level=None)
    for command in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", TABLE):
        await connection.execute(command)
    one = asyncio.Lock()

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        row = (str(form["token"]), json.dumps({name: str(value) for name, value in form.items()}))
        async with one:
            await connection.execute("BEGIN IMMEDIATE")
            await connection.execute("INSERT INTO arrivals (token, body) VALUES (?, ?)", row)
            await connection.execute("COMMIT")
        raise web.HTTPSeeOther("lapor/diterima")

    app = web.Application()
    app.router.add_post("/lapor", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
