"""What the planning desk refuses, each with what to do instead."""

from collections.abc import Mapping, Sequence

from lppl.errors import LpplError
from scheduler.findings import Finding


class UnknownChannel(LpplError):
    """No such channel; `known` are the ids that there are."""

    def __init__(self, channel: str, known: Sequence[str]) -> None:
        self.channel, self.known = channel, known
        listed = ", ".join(known)
        super().__init__(
            f"Kanal {channel} tidak ada; yang ada: {listed}.", f"No channel {channel}; there are: {listed}."
        )


class NothingToPublish(LpplError):
    """A channel has no draft."""

    def __init__(self, channel: str) -> None:
        super().__init__(
            f"Kanal {channel} tidak punya rancangan. Ubah atau impor pola acaranya dulu.",
            f"Channel {channel} has no draft. Change or import its grid first.",
        )


class ReasonNeeded(LpplError):
    """A grid has severe findings, listed in `findings`, and no reason was given."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        listed = "\n".join(f"  - {f.indonesian} ({f.source})" for f in self.findings[:20])
        super().__init__(
            f"Ada {len(self.findings)} temuan berat; perbaiki, atau terbitkan dengan alasan:\n{listed}",
            f"There are {len(self.findings)} severe findings; mend them, or publish with a reason.",
        )


class UnknownVersion(LpplError):
    """A channel has no such version of its grid."""

    def __init__(self, channel: str, number: int) -> None:
        super().__init__(
            f"Kanal {channel} tidak punya pola acara versi {number}. Lihat `lppl grid versions {channel}`.",
            f"Channel {channel} has no version {number} of its grid.",
        )


class AlreadyAiring(LpplError):
    """An edit is about what is on the air or committed already."""

    def __init__(self, until: str) -> None:
        super().__init__(
            f"Bagian itu sedang atau sudah tayang; suntingan berlaku mulai {until}.",
            f"That part is on the air or has aired; edits hold from {until} on.",
        )


class WrongField(LpplError):
    """One field of what somebody wrote cannot be used as things stand; `field` names it as the API does."""

    def __init__(self, field: str, indonesian: str, english: str) -> None:
        self.field = field
        super().__init__(indonesian, english)


class TooFarAhead(LpplError):
    """A running order of a day too far ahead was asked for."""

    def __init__(self, days: int) -> None:
        super().__init__(
            f"Rundown dapat dilihat paling jauh {days} hari ke depan; periksa tanggalnya.",
            f"Running orders can be seen {days} days ahead at most; check the date.",
        )


class FieldsRefused(LpplError):
    """What somebody gave cannot be; `fields`: name -> what is wrong with it, Indonesian and English."""

    def __init__(self, fields: Mapping[str, tuple[str, str]]) -> None:
        self.fields = dict(fields)
        super().__init__(
            "; ".join(f"{name}: {said[0]}" for name, said in self.fields.items()),
            "; ".join(f"{name}: {said[1]}" for name, said in self.fields.items()),
        )
