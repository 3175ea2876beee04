"""Personal data in words: e-mail, addresses, names, plates, phone numbers that are spelled out.

Read word by word from a cue (*Jl.*, *nama saya*, *Pak*): a name without any is not found.
"""

import re
from collections.abc import Iterator, Sequence

from lppl.cases.triage.personal_kinds import Kind, Mark
from lppl.cases.triage.word_list import STOP_WORDS, listed

_AT = re.compile(r" ?(?:@|＠|[\[(] ?(?:at|et|@) ?[\])]) ?", re.IGNORECASE)
_LOCAL = re.compile(r"[\w.+%'-]")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:(?:\.|[\[(] ?(?:dot|titik) ?[\])])[\w-]{1,63}){1,6}", re.IGNORECASE)
_MAILERS = re.compile(
    r"(?:gmail|yahoo|ymail|hotmail|outlook|icloud|proton|rocketmail)(?:[. ](?:com|co|id|me)){0,2}\b", re.I
)
_LOCAL_LENGTH = 64
_PLATE = re.compile(r"(?<![^\W_])([A-Z]{1,2})[ -]?(\d{1,4})[ -]?([A-Z]{1,3})(?![^\W_])")
_PLATE_ANY_CASE = re.compile(_PLATE.pattern, re.IGNORECASE)
_PLATE_CUE = re.compile(r"\b(?:plat|pelat|nopol|no\.? ?pol|nomor polisi|nomer plat)\b[^\d\n\]]{0,16}$", re.IGNORECASE)
_PLATES = listed(
    """
    A B D E F G H K L M N P R S T W Z AA AB AD AE AG BA BB BD BE BG BH BK BL BM BN BP DA DB DC DD DE DG DH DK DL DM DN
    DP DR DS DT DW EA EB ED KB KH KT KU PA PB PG PS PT
    """
)
_NO_PLATE = listed("RT RW KM KG M CM MM AM PM WIB WITA WIT HR TH KK JL NO GG L ML MG SD SMP SMA TK")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_RT_RW = re.compile(
    r"(?<![^\W_])rt[ .:]{0,3}\d{1,3}(?: ?[/,.-]? ?rw[ .:]{0,3}\d{1,3})?(?![^\W_])"
    r"|(?<![^\W_])rt ?/ ?rw[ .:]{0,3}\d{1,3} ?[/-] ?\d{1,3}(?!\d)"
    r"|(?<![^\W_])rw[ .:]{0,3}\d{1,3} ?[/,.-]? ?rt[ .:]{0,3}\d{1,3}(?![^\W_])",
    re.IGNORECASE,
)
_STREETS = listed(
    "jl jln jalan gg gang ds desa dk dukuh dusun kampung kp perum perumahan perumnas griya komplek kompleks"
)
_NUMBER_WORDS = listed("no nomor nomer nmr nr blok blk kav kavling")
_UNITS = listed(
    """
    m meter km cm hari minggu bulan tahun jam menit kali orang titik lubang rumah kk persen ton unit warga tiang lampu
    juta ribu rb jt pohon truk motor mobil x
    """
)
_ADDRESS_WORDS = 9
_TITLES = listed(
    "pak bu bapak ibu bpk sdr sdri saudara saudari mas mbak mbah kyai kiai ustadz ustad ustadzah haji hj gus"
)
_OFFICES = listed(
    """
    walikota wali wakil lurah camat rt rw kepala ketua bupati gubernur presiden dinas kades kadin kadis sekda menteri
    polisi guru dokter bidan petugas satpam admin kota pertiwi kandung mertua guru hakim jaksa sekretaris direktur
    pimpinan penyiar operator yth yang dan di ke tolong mohon saya kami tidak sudah hamil rumah negara dewan anggota
    plt pj kasi kabid kapolres kapolsek danramil imam modin muda tua besar bos sopir tukang
    """
)
_NAME_CUE = re.compile(
    r"(?<![^\W_])(?:nama (?:saya|lengkap|pelapor|kulo|aku|sy)|a\.? ?n\.|a/n|atas nama|nama|perkenalkan saya"
    r"|saya bernama)(?: adalah| ialah| yaitu)?[ :]{1,4}",
    re.IGNORECASE,
)
_DIGIT_WORDS = listed("nol kosong satu dua tiga empat lima enam tujuh delapan sembilan")


def word_marks(text: str) -> Iterator[Mark]:
    """Yield personal data in words; marks may overlap each other and those of numbers."""
    yield from _emails(text)
    words = tuple(_WORD.finditer(text))
    yield from _spelled(text, words)
    yield from _plates(text)
    yield from _addresses(text, words)
    yield from _names(text, words)


def _emails(text: str) -> Iterator[Mark]:
    """Yield e-mail addresses, from each sign for *at* outwards."""
    last = 0
    for at in _AT.finditer(text):
        start = at.start()
        while start > last and at.start() - start < _LOCAL_LENGTH and _LOCAL.match(text, start - 1):
            start -= 1
        spaced = len(at[0]) > 1
        domain = (_MAILERS if spaced and "@" in at[0] else _DOMAIN).match(text, at.end())
        domain = domain or _MAILERS.match(text, at.end())
        if start < at.start() and domain is not None and domain.end() > last:
            yield Mark(start, domain.end(), Kind.EMAIL)
            last = domain.end()


def _spelled(text: str, words: Sequence[re.Match[str]]) -> Iterator[Mark]:
    """Yield phone numbers that a caller's words were taken down as: *nol delapan satu dua …*, nine words or more."""
    run: list[re.Match[str]] = []
    for word in (*words, None):
        if word is not None and word[0].casefold() in _DIGIT_WORDS:
            run.append(word)
            continue
        if len(run) >= 9:
            yield Mark(run[0].start(), run[-1].end(), Kind.PHONE, sure=False)
        run = []


def _plates(text: str) -> Iterator[Mark]:
    """Yield number plates: an area's letters, up to four digits, up to three letters; small letters after a cue."""
    for m in _PLATE_ANY_CASE.finditer(text):
        area, suffix = m[1].upper(), m[3].upper()
        if area not in _PLATES or suffix in _NO_PLATE:
            continue
        if m[0] == m[0].upper() or _PLATE_CUE.search(text, max(0, m.start() - 32), m.start()):
            yield Mark(m.start(), m.end(), Kind.PLATE)


def _addresses(text: str, words: Sequence[re.Match[str]]) -> Iterator[Mark]:
    """Yield exact addresses: a street with a number of a house, a block of an estate, RT and RW."""
    for m in _RT_RW.finditer(text):
        yield Mark(m.start(), m.end(), Kind.ADDRESS)
    for i, word in enumerate(words):
        if word[0].casefold() in _STREETS:
            end = _house(text, words, i)
            if end:
                yield Mark(word.start(), end, Kind.ADDRESS)


def _house(text: str, words: Sequence[re.Match[str]], i: int) -> int:
    """Return where the address ends that begins with a street's cue; 0 when no house is named."""
    end = 0
    for k in range(i + 1, min(len(words), i + 1 + _ADDRESS_WORDS)):
        between = text[words[k - 1].end() : words[k].start()]
        if len(between) > 3 or "\n" in between or any(c in between for c in "!?;"):
            break
        folded, number = words[k][0].casefold(), words[k][0][0].isdigit()
        named = words[k - 1][0].casefold() in _NUMBER_WORDS
        told = named and (number or (len(folded) <= 3 and words[k - 1][0].casefold().startswith("bl")))
        plain = number and k > i + 1 and words[k - 1][0][0].isupper() and not _counts(words, k)
        if told or plain:
            end = words[k].end()
        elif (end and folded not in _NUMBER_WORDS) or folded in STOP_WORDS:
            break
    return end


def _counts(words: Sequence[re.Match[str]], k: int) -> bool:
    """Tell whether a number counts something: *Jalan Veteran 5 meter dari …*."""
    return k + 1 < len(words) and words[k + 1][0].casefold() in _UNITS


def _names(text: str, words: Sequence[re.Match[str]]) -> Iterator[Mark]:
    """Yield names: after *nama saya* and *a.n.* in any case, after *Pak*, *Bu*, *Sdr* where written with capitals."""
    cues = {m.end() for m in _NAME_CUE.finditer(text)}
    for i, word in enumerate(words):
        asked = word.start() in cues
        titled = i > 0 and words[i - 1][0].casefold() in _TITLES and _close(text, words, i)
        if not (asked or titled) or not word[0].isalpha() or not _may_be_name(word[0], capital=not asked):
            continue
        last = i
        capital = word[0][0].isupper()
        while last + 1 < len(words) and last - i < 3 and _close(text, words, last + 1):
            if not _may_be_name(words[last + 1][0], capital):
                break
            last += 1
        yield Mark(word.start(), words[last].end(), Kind.NAME, sure=capital)


def _close(text: str, words: Sequence[re.Match[str]], i: int) -> bool:
    """Tell whether a word follows the one before by a space, or a dot and a space after a short form."""
    between = text[words[i - 1].end() : words[i].start()]
    return between == " " or (between in (". ", ".") and len(words[i - 1][0]) <= 3)


def _may_be_name(word: str, capital: bool) -> bool:
    """Tell whether a word may be part of a name."""
    folded = word.casefold()
    if folded in _OFFICES or folded in STOP_WORDS or folded in _STREETS or folded in _TITLES or not word.isalpha():
        return False
    return (word[0].isupper() or not capital) and (len(word) > 1 or word.isupper())
