"""Keyword rules propose class, category and agency, and say by which words."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.cases.triage.default_rules import DEFAULT_RULES
from lppl.cases.triage.rules import Rule, RulesInvalid, read_rules, suggestions, written_rules
from lppl.cases.triage.values import Field
from lppl.cases.values import CaseClass
from lppl.intake.values import TEXT_LENGTH

CITY = """
Jalan berlubang di depan pasar Grogolan | Jalan dan jembatan | DPUPR
jln ambles sudah 2 minggu, aspalnya hancur | Jalan dan jembatan | DPUPR
sampahnya menumpuk tdk diangkut | Persampahan | DLH
TPS penuh, sampah berserakan | Persampahan | DLH
limbah batik dibuang ke sungai | Pencemaran lingkungan | DLH
Lampu jalan padam di jalan Patriot | Penerangan jalan | Dishub
PJU mati sebulan | Penerangan jalan | Dishub
rob masuk rumah, genangan tinggi | Banjir dan rob | BPBD
selokan tersumbat dan bau | Saluran air dan drainase | DPUPR
air PDAM keruh | Air bersih | Perumda Air Minum
KTP hilang, perekaman ulang di mana | Kependudukan | Disdukcapil
akta kelahiran belum jadi | Kependudukan | Disdukcapil
antrean puskesmas lama, BPJS ditolak | Kesehatan | Dinkes
PPDB zonasi SMP tidak adil | Pendidikan | Dindik
parkir liar bikin macet | Lalu lintas dan parkir | Dishub
PKL memenuhi trotoar | Ketertiban umum | Satpol PP
bansos PKH tidak tepat sasaran | Bantuan sosial | Dinsos
ada pungli di loket, calonya banyak | Pengawasan aparatur | Inspektorat
wifi alun-alun mati | Informasi dan jaringan | Diskominfo
nelayan tidak dapat solar | Pertanian dan perikanan | Dinperpa
THR belum dibayar, upah di bawah UMK | Tenaga kerja | Dinperinaker
izin usaha OSS macet | Perizinan | DPMPTSP
""".strip().splitlines()


def _best(text: str, field: Field) -> str:
    return next((s.value for s in suggestions(text, DEFAULT_RULES) if s.field is field), "")


@pytest.mark.parametrize("row", CITY)
def test_a_citys_matters_find_their_agency(row: str) -> None:
    text, category, agency = (column.strip() for column in row.split("|"))
    assert (_best(text, Field.CATEGORY), _best(text, Field.AGENCY)) == (category, agency)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Usul dibangun taman bermain, sebaiknya dekat sekolah", CaseClass.ASPIRATION),
        ("Mohon dipasang cermin di tikungan, semoga aman", CaseClass.ASPIRATION),
        ("Bagaimana cara mengurus akta dan apa syaratnya?", CaseClass.REQUEST),
        ("minta informasi jam buka perpustakaan", CaseClass.REQUEST),
        ("ada pungutan liar oleh petugas, minta uang", CaseClass.SUPERVISION),
        ("jalan rusak dan lampu mati", CaseClass.PLAIN),
        ("permohonan informasi publik: salinan dokumen APBD lewat PPID", CaseClass.PPID),
        ("halo selamat pagi", ""),
    ],
)
def test_classes(text: str, expected: CaseClass | str) -> None:
    assert _best(text, Field.CLASS) == expected


def test_reasons_say_which_words_stood_where() -> None:
    text = "Pak, jalan di depan pasar berlubang parah."
    rules = (Rule(("jalan berlubang", "aspal"), "Jalan", "DPUPR", CaseClass.PLAIN),)
    found = suggestions(text, rules)
    assert [(s.field, s.value) for s in found] == [
        (Field.CLASS, "tidak-berkadar-pengawasan"),
        (Field.CATEGORY, "Jalan"),
        (Field.AGENCY, "DPUPR"),
    ]
    (reason,) = found[1].reasons
    assert reason.word == "jalan berlubang"
    assert text[reason.start : reason.end] == "jalan di depan pasar berlubang"
    assert reason.indonesian == "kata “jalan berlubang” → Jalan"
    assert reason.english == 'the word "jalan berlubang" → Jalan'
    assert CaseClass.PLAIN.english in found[0].reasons[0].english


def test_more_words_score_higher_and_rivals_lower() -> None:
    rules = (Rule(("sampah", "tumpuk"), "Sampah"), Rule(("lampu",), "Lampu"))
    one = suggestions("sampah", rules)[0].score
    two = suggestions("sampah menumpuk", rules)[0].score
    rivals = suggestions("sampah di bawah lampu", rules)
    assert 0 < one < two < 1
    assert [s.score for s in rivals] == [rivals[0].score] * 2
    assert rivals[0].score < one
    assert suggestions("sampah sampah sampah", rules)[0].score == one


def test_rules_survive_json() -> None:
    kept = json.loads(json.dumps(written_rules(DEFAULT_RULES)))
    assert read_rules(kept) == DEFAULT_RULES


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ({}, 1),
        ([7], 1),
        ([{}], 2),
        ([{"words": ["a"]}], 1),
        ([{"words": [], "agency": "X"}], 1),
        ([{"words": ["?!", 5], "agency": "X"}], 2),
        ([{"words": ["a"], "class": "raja"}], 1),
        ([{"words": ["a"], "class": 5}], 2),
        ([{"words": ["a"], "category": 5, "agency": "x" * 81}], 2),
        ([{"words": ["a" * 81], "agency": "X"}, {"words": ["a"], "agency": "  "}], 2),
        ([{"words": ["a"], "agency": "X"}] * 501, 1),
    ],
)
def test_all_mistakes_of_rules_are_told_at_once(written: Any, count: int) -> None:
    with pytest.raises(RulesInvalid) as caught:
        read_rules(written)
    assert len(caught.value.mistakes) == count


@given(st.text())
def test_any_text_gives_scores_between_0_and_1_and_spans_within_it(text: str) -> None:
    for suggestion in suggestions(text, DEFAULT_RULES):
        assert 0 < suggestion.score < 1
        assert suggestion.reasons
        assert all(0 <= r.start < r.end <= len(text) for r in suggestion.reasons)


def test_only_the_first_characters_of_a_very_long_text_are_read() -> None:
    found = suggestions("jalan sampah " * 100_000, DEFAULT_RULES)
    assert all(r.end <= TEXT_LENGTH for s in found for r in s.reasons)
