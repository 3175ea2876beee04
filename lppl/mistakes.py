"""What pydantic finds wrong, as sentences for people: files of settings, forms and the API say the same."""

import re
from collections.abc import Mapping

from pydantic_core import ErrorDetails

_SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("harus diisi", "is required"),
    "string_type": ("harus teks", "must be text"),
    "string_too_short": ("tidak boleh kosong", "must not be empty"),
    "string_too_long": ("paling panjang {max_length} huruf", "at most {max_length} characters"),
    "string_pattern_mismatch": ("hanya boleh berisi {pattern}", "must match {pattern}"),
    "int_type": ("harus bilangan bulat", "must be a whole number"),
    "int_parsing": ("harus bilangan bulat", "must be a whole number"),
    "int_parsing_size": ("bilangannya terlalu besar", "the number is too large"),
    "int_from_float": ("harus bilangan bulat", "must be a whole number"),
    "float_type": ("harus bilangan", "must be a number"),
    "float_parsing": ("harus bilangan", "must be a number"),
    "finite_number": ("harus bilangan biasa", "must be a finite number"),
    "bool_type": ("harus true atau false (1 atau 0)", "must be true or false (1 or 0)"),
    "bool_parsing": ("harus true atau false (1 atau 0)", "must be true or false (1 or 0)"),
    "greater_than_equal": ("paling kecil {ge}", "at least {ge}"),
    "less_than_equal": ("paling besar {le}", "at most {le}"),
    "multiple_of": ("harus kelipatan {multiple_of}", "must be a multiple of {multiple_of}"),
    "enum": ("harus salah satu dari {expected}", "must be one of {expected}"),
    "literal_error": ("harus salah satu dari {expected}", "must be one of {expected}"),
    "tuple_type": ("harus daftar", "must be a list"),
    "too_short": ("paling sedikit {min_length} isi", "at least {min_length} entries"),
    "too_long": ("paling banyak {max_length} isi", "at most {max_length} entries"),
    "model_type": ("harus berisi kunci dan nilai", "must hold keys and values"),
    "path_type": ("harus jalur berkas atau folder", "must be a path"),
    "list_type": ("harus daftar", "must be a list"),
    "dict_type": ("harus berisi kunci dan nilai", "must hold keys and values"),
    "model_attributes_type": ("harus berisi kunci dan nilai", "must hold keys and values"),
    "extra_forbidden": ("tidak dikenal", "is not known"),
    "json_invalid": ("bukan JSON yang benar", "is not valid JSON"),
    "date_from_datetime_parsing": ("harus tanggal, contoh 2026-11-22", "must be a date such as 2026-11-22"),
    "date_parsing": ("harus tanggal, contoh 2026-11-22", "must be a date such as 2026-11-22"),
    "date_type": ("harus tanggal, contoh 2026-11-22", "must be a date such as 2026-11-22"),
    "datetime_parsing": (
        "harus waktu, contoh 2026-11-22T19:00:00+07:00",
        "must be a time such as 2026-11-22T19:00:00Z",
    ),
    "datetime_from_date_parsing": ("harus waktu, contoh 2026-11-22T19:00:00+07:00", "must be a time with a zone"),
    "timezone_aware": ("harus menyebut zona waktu, contoh +07:00", "must have a time zone"),
    "greater_than": ("harus lebih dari {gt}", "must be more than {gt}"),
    "less_than": ("harus kurang dari {lt}", "must be less than {lt}"),
    "union_tag_invalid": ("harus salah satu dari {expected_tags}", "must be one of {expected_tags}"),
    "union_tag_not_found": ("harus menyebut jenisnya ({discriminator})", "must name its kind ({discriminator})"),
}


_SHORT_NAME = re.compile(r"\^(\[a-z0-9\])?\[a-z0-9([._-]*)\]\{\d+,(\d+)\}\$")
"""Patterns of short names: small letters, digits, and some signs."""


def _short_name(pattern: str) -> tuple[str, str] | None:
    """Return what a pattern of short names allows, in words; None for any other pattern."""
    found = _SHORT_NAME.fullmatch(pattern)
    if found is None:
        return None
    signs = " ".join(found[2])
    indonesian = f"huruf kecil, angka dan {signs}" if signs else "huruf kecil dan angka"
    english = f"small letters, digits and {signs}" if signs else "small letters and digits"
    most = int(found[3]) + bool(found[1])
    return (
        f"hanya boleh berisi {indonesian}, paling panjang {most}, tanpa spasi",
        f"may only hold {english}, at most {most}, without spaces",
    )


def said(error: ErrorDetails) -> tuple[str, str]:
    """Return what is wrong, Indonesian and English, without naming the place; the value itself is never shown."""
    kind = error["type"]
    context = {k: str(v).replace(" or ", ", ") for k, v in error.get("ctx", {}).items()}
    if kind == "string_pattern_mismatch" and (words := _short_name(context["pattern"])) is not None:
        return words
    if kind in _SENTENCES:
        indonesian, english = (s.format_map(context) for s in _SENTENCES[kind])
        return indonesian, english
    if kind in ("lppl", "value_error"):
        indonesian, _, english = error["msg"].removeprefix("Value error, ").partition(" / ")
        return indonesian, english or indonesian
    return "nilai tidak dapat dipakai", error["msg"]
