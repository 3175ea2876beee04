"""Numbers that belong to somebody: NIK, family card, phone, account; and the numbers that only look like them.

Works on groups of digits with what stands between them, not on one large pattern: who writes ``0812 34-56.78 90`` and
who sends a million digits are both read in one go. Digits of any script count.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lppl.cases.triage.personal_kinds import Kind, Mark

_GROUP = re.compile(r"(?:(?<![^\W\d_])[oO](?=8\d))?\d+")
"""Digits in a row; the letter O before ``8`` is somebody's nought."""
_BETWEEN = re.compile(r"[ .\-/()_\u00a0\u2007-\u2015\u200b\u202f\u2060\ufeff]{1,3}")
_SHIELDS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\brp\.?[ ]?\d[\d.,]{0,24}",
        # 15.000.000; a number that begins with 0 or is +62 8… in groups is a phone's
        r"(?<![\d.,+])(?<!\) )(?<!0\d\d[ -])(?<!0\d\d\d[ -])(?!0|62\.8\d\d\.(?!000))"
        r"\d{1,3}(?:\.\d{3}){1,5}(?:,\d{1,2})?(?![\d]|[.,]\d)",
        # coordinates of the archipelago: 11° S to 6° N, 95° to 141° E
        r"(?<![\d.])(?:-(?:1[01]|\d)|[0-6]|9[5-9]|1[0-3]\d|14[01])\.\d{4,15}(?![\d]|[.]\d)",
        r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])([-/. ])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d(?!\d)",
        r"(?<!\d)(?:19|20)\d\d([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)",
        r"(?<![\d.:])(?:[01]?\d|2[0-3])[.:][0-5]\d(?:[.:][0-5]\d)?(?![\d]|[.:\-]\d)",
        r"(?<![\d.:])(?:[01]?\d|2[0-3])[.:][0-5]\d ?(?:-|–|s\.?/?d\.?|sampai) ?(?:[01]?\d|2[0-3])[.:][0-5]\d"
        r"(?![\d]|[.:\-]\d)",
        # LPR-2026-000123, ADU/2026/05/0012
        r"\b[a-z]{2,6}[-/](?:19|20)\d\d(?:[-/]\d{1,10}){1,3}(?!\d)",
        r"(?<!\d)(?<!\d[ -])(?:19|20)\d\d(?:[ /-](?:19|20)\d\d){1,5}(?!\d)",
    )
)
"""Amounts, coordinates, dates, times, tickets, years: digits within them are nobody's number."""
_FEWEST = 6
"""Digits that any number has which is somebody's."""
_NEARBY = 40
_NIK_CUE = re.compile(r"\b(?:n\.?i\.?k|ktp|induk kependudukan)\b[^\d\n\]]{0,24}$", re.IGNORECASE)
_KK_CUE = re.compile(r"\b(?:k\.?k|kartu keluarga)\b[^\d\n\]]{0,24}$", re.IGNORECASE)
_PHONE_CUE = re.compile(
    r"\b(?:hp|wa|whatsapp|telp|tlp|telepon|telpon|ponsel|kontak|hubungi|call|cp|nomor saya|no saya)\b[^\d\n\]]{0,16}$",
    re.IGNORECASE,
)
_BANKS = r"bri|bca|bni|btn|bsi|mandiri|bank jateng|bank [a-z]{2,12}|bpd|cimb|danamon|permata|muamalat|seabank|jago"
_BANK_CUE = re.compile(rf"\b(?:{_BANKS})\b[^\d\n\]]{{0,24}}$", re.IGNORECASE)
_ACCOUNT_CUE = re.compile(
    r"\b(?:no\.?rek|norek|rek|rekening|acc|account|virtual account|va)\b[^\d\n\]]{0,32}$", re.IGNORECASE
)
_ACCOUNT_AFTER = re.compile(rf"[ ,]{{0,2}}\(?(?:{_BANKS})\b", re.IGNORECASE)
_PROVINCES = frozenset(
    (*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77), 81, 82, *range(91, 97))
)
_YEARS = range(1900, 2100)
_NIK_SHAPES = {(16,), (4, 4, 4, 4), (6, 6, 4), (2, 2, 2, 6, 4), (6, 10), (12, 4), (8, 8), (2, 2, 2, 2, 2, 2, 4)}


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits in a row at ``[start:end)``. `joined`: to the group before, by signs that numbers are written with."""

    start: int
    end: int
    digits: str
    joined: bool


def number_marks(text: str) -> Iterator[Mark]:
    """Yield the numbers in a text that belong to somebody, in their order; none overlaps another."""
    groups = _groups(text)
    i = 0
    while i < len(groups):
        mark, after = _read(text, groups, i)
        if mark is not None:
            yield mark
        i = after


def _groups(text: str) -> Sequence[_Group]:
    """Return the digits of a text in groups, without those that a shield covers."""
    shields = sorted((m.start(), m.end()) for shield in _SHIELDS for m in shield.finditer(text))
    found: list[_Group] = []
    last, shield = -1, 0
    for m in _GROUP.finditer(text):
        while shield < len(shields) and shields[shield][1] <= m.start():
            shield += 1
        if any(start < m.end() and end > m.start() for start, end in shields[shield : shield + len(_SHIELDS)]):
            last = -1
            continue
        digits = "".join(str(unicodedata.digit(c, 0)) for c in m[0])
        joined = last >= 0 and m.start() - last <= 3 and _BETWEEN.fullmatch(text, last, m.start()) is not None
        found.append(_Group(m.start(), m.end(), digits, joined))
        last = m.end()
    return found


def _read(text: str, groups: Sequence[_Group], i: int) -> tuple[Mark | None, int]:
    """Return what begins with a group, and the group to go on with."""
    if sum(len(g.digits) for g in _run(groups, i)) < _FEWEST:
        return None, i + 1
    before = text[max(0, groups[i].start - _NEARBY) : groups[i].start]
    for read in (_identity, _phone, _account, _short_phone):
        found = read(text, groups, i, before)
        if found is not None:
            kind, count, sure = found
            start = groups[i].start
            if kind is Kind.PHONE:
                start = _opening(text, start)
            return Mark(start, groups[i + count - 1].end, kind, sure), i + count
    return None, i + 1


def _run(groups: Sequence[_Group], i: int) -> Iterator[_Group]:
    """Yield a group and the few after it that are joined to it."""
    yield groups[i]
    for group in groups[i + 1 : i + _FEWEST]:
        if not group.joined:
            return
        yield group


def _opening(text: str, start: int) -> int:
    """Return where a phone number begins with its ``+`` or ``(``."""
    while start and text[start - 1] in "+(":
        start -= 1
    return start


_Found = tuple[Kind, int, bool] | None
"""A kind, how many groups it takes, and whether its shape is right; None when it is not that."""


def _taken(groups: Sequence[_Group], i: int, lengths: range) -> Iterator[tuple[int, str]]:
    """Yield how many groups from one on hold how many digits, for the lengths wanted."""
    digits = ""
    for count in range(1, 18):
        if i + count > len(groups) or (count > 1 and not groups[i + count - 1].joined):
            return
        digits += groups[i + count - 1].digits
        if len(digits) >= lengths.stop:
            return
        if len(digits) in lengths:
            yield count, digits


def _identity(text: str, groups: Sequence[_Group], i: int, before: str) -> _Found:
    """Return a NIK or the number of a family card (*kartu keluarga*): 16 digits alike.

    A NIK is area (6), birth as ddmmyy with women's day + 40, serial (4). What has 16 digits but not that shape is
    marked as well, as not sure; after the word for it also what is some digits short or long: people mistype.
    """
    family = _KK_CUE.search(before) is not None
    named = family or _NIK_CUE.search(before) is not None
    kind = Kind.KK if family else Kind.NIK
    for count, digits in _taken(groups, i, range(16, 17)):
        shape = tuple(len(g.digits) for g in groups[i : i + count])
        sure = is_nik(digits)
        # digit by digit, or in any groups: then its shape must be right
        if named or sure or (shape in _NIK_SHAPES and not _all_years(groups[i : i + count])):
            return kind, count, sure
    if named:
        for count, digits in reversed(tuple(_taken(groups, i, range(12, 21)))):
            if not digits.startswith("08"):
                return kind, count, False
    return None


def _all_years(groups: Sequence[_Group]) -> bool:
    return all(len(g.digits) == 4 and int(g.digits) in _YEARS for g in groups)


def is_nik(digits: str) -> bool:
    """Tell whether 16 digits have the shape of a NIK: a province that exists, and a date of birth.

    Provinces: the 38 codes of the Ministry of Home Affairs since 2022. The number of a family card fits as well.
    """
    if len(digits) != 16 or not digits.isdigit():
        return False
    day, month = int(digits[6:8]) % 40, int(digits[8:10])
    area = int(digits[:2]) in _PROVINCES and digits[2:4] != "00" and digits[4:6] != "00"
    return area and 1 <= day <= 31 and int(digits[6:8]) <= 71 and 1 <= month <= 12 and digits[12:] != "0000"


def _phone(text: str, groups: Sequence[_Group], i: int, before: str) -> _Found:
    """Return a phone number that shows itself: ``08…``, ``+62…``, ``62…``, an area code in brackets, ``+65…``."""
    first = groups[i].digits
    plus = before.endswith(("+", "+("))
    if not (plus or first.startswith(("0", "62"))):
        return None
    best = None
    for count, digits in _taken(groups, i, range(9, 16)):
        if _is_phone(digits, plus) and _goes_on(groups[i : i + count], best):
            best = count
    return None if best is None else (Kind.PHONE, best, True)


def _goes_on(groups: Sequence[_Group], best: int | None) -> bool:
    """Tell whether the last group still belongs to a number: a whole number followed by a count is two things."""
    if best is None:
        return True
    lengths = [len(g.digits) for g in groups]
    alone = best == 1 and lengths[0] >= 9
    return not alone and (lengths[-1] >= 2 or max(lengths[:-1]) == 1)


def _is_phone(digits: str, plus: bool) -> bool:
    """Tell whether digits, spaces left out, are a phone number as people here write them."""
    if plus and not digits.startswith("62"):
        return digits[0] != "0" and 9 <= len(digits) <= 15
    national = digits.removeprefix("62").removeprefix("0") if digits.startswith("62") else digits.removeprefix("0")
    if national.startswith("8"):
        # mobile: 8 and 8 to 11 digits more; 62 in front alone is only taken with all of them
        return 9 <= len(national) <= 12 and (digits.startswith("0") or len(digits) >= 11)
    # landline: area code of 2 or 3 digits (21, 285) and 6 to 8 of its own
    lengths = range(9, 12) if not digits.startswith("0") else range(8, 12)
    return national[:1] in tuple("2345679") and len(national) in lengths and (plus or digits.startswith("0"))


def _account(text: str, groups: Sequence[_Group], i: int, before: str) -> _Found:
    """Return an account's number: 8 to 20 digits after the word for it, 10 or more beside a bank's name."""
    cue = _ACCOUNT_CUE.search(before) is not None
    bank = _BANK_CUE.search(before) is not None
    longest = None
    for count, digits in _taken(groups, i, range(8, 21)):
        named = len(digits) >= 10 and (bank or _ACCOUNT_AFTER.match(text, groups[i + count - 1].end) is not None)
        if cue or named:
            longest = count
    return None if longest is None else (Kind.ACCOUNT, longest, True)


def _short_phone(text: str, groups: Sequence[_Group], i: int, before: str) -> _Found:
    """Return a number without nought or area code, after the word for a phone: ``wa 8123456789``, ``telp 421234``."""
    if _PHONE_CUE.search(before) is None:
        return None
    counts = [count for count, digits in _taken(groups, i, range(6, 14)) if digits[0] != "0" or len(digits) > 8]
    return (Kind.PHONE, counts[-1], False) if counts else None
