"""The kelurahan of Kota Pekalongan, as an example of the table that a station keeps and edits.

Source: 27 kelurahan in 4 kecamatan since Peraturan Daerah Kota Pekalongan Nomor 8 Tahun 2013 (Penggabungan Kelurahan);
names and kecamatan as the city's website gives them (Rancangan Awal RPJMD 2016-2021, gambaran geografis). Aliases are
the 47 kelurahan of before. No coordinates: the station adds those of its own maps.
"""

from lppl.cases.triage.places import Kelurahan

BARAT, TIMUR, SELATAN, UTARA = "Pekalongan Barat", "Pekalongan Timur", "Pekalongan Selatan", "Pekalongan Utara"

KELURAHAN: tuple[Kelurahan, ...] = (
    Kelurahan("Medono", BARAT),
    Kelurahan("Podosugih", BARAT),
    Kelurahan("Sapuro Kebulen", BARAT, ("Sapuro", "Kebulen")),
    Kelurahan("Bendan Kergon", BARAT, ("Bendan", "Kergon")),
    Kelurahan("Pasirkratonkramat", BARAT, ("Pasirsari", "Kraton Kidul", "Kramatsari")),
    Kelurahan("Tirto", BARAT),
    Kelurahan("Pringrejo", BARAT, ("Pringlangu", "Tegalrejo", "Bumirejo")),
    Kelurahan("Noyontaansari", TIMUR, ("Noyontaan", "Landungsari")),
    Kelurahan("Kauman", TIMUR, ("Keputran", "Sampangan", "Sugihwaras")),
    Kelurahan("Poncol", TIMUR),
    Kelurahan("Klego", TIMUR),
    Kelurahan("Gamer", TIMUR, everyday=("Gamer",)),
    Kelurahan("Setono", TIMUR, ("Karangmalang", "Dekoro")),
    Kelurahan("Kali Baros", TIMUR, ("Baros", "Sokorejo")),
    Kelurahan("Banyurip", SELATAN, ("Banyurip Alit", "Banyurip Ageng")),
    Kelurahan("Buaran Kradenan", SELATAN, ("Buaran", "Kradenan")),
    Kelurahan("Jenggot", SELATAN, everyday=("Jenggot",)),
    Kelurahan("Kuripan Kertoharjo", SELATAN, ("Kuripan Kidul", "Kertoharjo")),
    Kelurahan("Kuripan Yosorejo", SELATAN, ("Kuripan Lor", "Yosorejo")),
    Kelurahan("Sokoduwet", SELATAN, ("Soko", "Duwet"), everyday=("Duwet",)),
    Kelurahan("Bandengan", UTARA),
    Kelurahan("Degayu", UTARA),
    Kelurahan("Krapyak", UTARA, ("Krapyak Lor", "Krapyak Kidul"), everyday=("Krapyak",)),
    Kelurahan("Kandang Panjang", UTARA),
    Kelurahan("Panjang Baru", UTARA, everyday=("Panjang Baru",)),
    Kelurahan("Panjang Wetan", UTARA),
    Kelurahan("Padukuhan Kraton", UTARA, ("Dukuh", "Kraton Lor", "Pabean"), everyday=("Dukuh", "Pabean")),
)
