"""The kinds of personal data that are looked for, and a mark of one in a text."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a mark is about. The value is what stands in brackets where it was taken out."""

    NIK = "NIK"
    KK = "nomor KK"
    PHONE = "telepon"
    EMAIL = "surel"
    ACCOUNT = "nomor rekening"
    PLATE = "pelat"
    ADDRESS = "alamat"
    NAME = "nama"

    @property
    def placeholder(self) -> str:
        """What stands in a text in its place."""
        return f"[{self.value}]"


@dataclass(frozen=True, slots=True)
class Mark:
    """Personal data at ``text[start:end]``. `sure`: its shape is right; not: it looks like it."""

    start: int
    end: int
    kind: Kind
    sure: bool = True
