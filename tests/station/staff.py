"""People of a station under test: accounts put into its records, and sessions as browsers hold them."""

from datetime import UTC, datetime

from lppl.account_store import AccountStore
from lppl.accounts import Role
from lppl.audit import AuditLog
from lppl.config import load_settings
from lppl.database import open_database
from lppl.desk.people import PeopleDesk
from lppl.sealing import Seal
from tests.station.service import Home


async def cookies_of(home: Home, *people: tuple[str, Role]) -> list[str]:
    """Return a session's cookie for each (name, role); the accounts are made. The records must be there."""
    settings, now = load_settings(home.folder / "lppl.toml", {}), datetime.now(UTC)
    engine = open_database(settings.database_url)
    try:
        desk = PeopleDesk(AccountStore(engine), AuditLog(engine), Seal.of(settings.data_dir))
        found = []
        for name, role in people:
            number = await desk.store.add(name.lower(), name, role, "", "id", now)
            account = await desk.store.account(number) if number is not None else None
            assert account is not None
            cookie, _ = await desk.admit(account, "127.0.0.1", "uji", now, whole=True)
            found.append(cookie)
        return found
    finally:
        await engine.dispose()
