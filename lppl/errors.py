"""The one tree of errors that this product raises on purpose.

Each message tells a station operator, in Indonesian, what is wrong and what to do; `english` holds the
same sentence in English. Data that a caller may act on are attributes, never parsed out of the text.
"""


class LpplError(Exception):
    """Something a person can do something about."""

    def __init__(self, indonesian: str, english: str) -> None:
        super().__init__(indonesian)
        self.indonesian = indonesian
        self.english = english

    def __str__(self) -> str:
        return f"{self.indonesian} / {self.english}"


NOT_OPEN_YET = "belum dibuka / not open yet"
"""Why there are no records right after a start; what is asked before they are opened says so."""


class NotThere(LpplError):
    """What somebody named is not there."""


class SettingsInvalid(LpplError):
    """The settings hold mistakes; `mistakes` lists every one of them."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        listed = "\n".join(f"  - {m}" for m in mistakes)
        super().__init__(f"Pengaturan salah:\n{listed}", "Settings are wrong (listed above).")


class ScheduleInvalid(LpplError):
    """A schedule file holds mistakes; `mistakes` lists every one of them."""

    def __init__(self, source: str, mistakes: list[str]) -> None:
        self.source, self.mistakes = source, mistakes
        listed = "\n".join(f"  - {m}" for m in mistakes)
        super().__init__(f"Berkas jadwal {source} salah:\n{listed}", "The schedule file is wrong (listed above).")


class MediaRefused(LpplError):
    """A file cannot be broadcast; `reason` is a stable word for statistics and tests."""

    def __init__(self, reason: str, indonesian: str, english: str) -> None:
        self.reason = reason
        super().__init__(indonesian, english)


class ProcessFailed(LpplError):
    """A child process ended badly; `stderr` is the end of what it said."""

    def __init__(self, program: str, returncode: int, stderr: str) -> None:
        self.program, self.returncode, self.stderr = program, returncode, stderr
        last = stderr.strip().splitlines()[-1] if stderr.strip() else "-"
        super().__init__(
            f"{program} gagal (kode {returncode}): {last}", f"{program} failed (code {returncode}): {last}"
        )


class HouseFileDamaged(LpplError):
    """A conformed file is missing, cut short, or not what its index says."""

    def __init__(self, path: str, detail: str) -> None:
        self.path, self.detail = path, detail
        super().__init__(
            f"Berkas siaran {path} rusak atau hilang ({detail}); materi akan disiapkan ulang.",
            f"House file {path} is damaged or missing ({detail}); it will be conformed again.",
        )


class AlreadyRunning(LpplError):
    """Another process already has this role on this data folder."""

    def __init__(self, role: str, folder: str) -> None:
        self.role, self.folder = role, folder
        super().__init__(
            f'layanan lain sudah berjalan dengan peran "{role}" pada {folder}; hentikan dulu yang itu',
            f'another service already runs the role "{role}" on {folder}; stop that one first',
        )


class DatabaseAway(LpplError):
    """The records cannot be read just now."""

    def __init__(self) -> None:
        super().__init__(
            "Basis data sedang tidak dapat dibaca; coba lagi nanti.", "The records cannot be read just now."
        )


class DiskRefuses(LpplError):
    """A file of the station cannot be read or written: the disk is full, locked or failing."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Disk stasiun menolak ({reason}); periksa ruang dan izinnya, lalu coba lagi.",
            f"The station's disk refuses ({reason}); look at its space and rights, then try again.",
        )
