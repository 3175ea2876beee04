"""The numbers that a rule book starts from, as a station would write them in its document, each with its source.

Data only; what the words mean: `scheduler.rules.book`.
"""

from types import MappingProxyType
from typing import Any

_LAW, _SPS = "2002-12-28", "2012-03-01"
_HOUSE = "Aturan stasiun, bukan undang-undang [M]"
_CLASSES = "SPS (Peraturan KPI 02/P/KPI/03/2012), penggolongan program siaran"

_REGIONAL = ("ms", "jv", "su", "mad", "ban", "sas", "bjn", "min", "ace", "bbc", "btk", "bug", "mak", "gor", "nij")
_OTHER = ("ar", "zxx", "und", "mul")
"""Arabic (worship); without words, undetermined, several languages."""

DEFAULTS: MappingProxyType[str, list[dict[str, Any]]] = MappingProxyType(
    {
        "age_hours": [
            {"age": "P", "hours": ["07.00-09.00", "15.00-18.00"], "since": _SPS, "source": f"{_CLASSES}: P [V]"},
            {"age": "A", "hours": ["05.00-18.00"], "since": _SPS, "source": f"{_CLASSES}: A [M]"},
            {"age": "R", "hours": ["05.00-22.00"], "since": _SPS, "source": f"{_CLASSES}: R [M]"},
            {"age": "D", "hours": ["22.00-03.00"], "since": _SPS, "source": f"{_CLASSES}: D [V]"},
            {"age": "SU", "hours": None, "since": _SPS, "source": f"{_CLASSES}: SU [V]"},
        ],
        "product_hours": [
            {
                "product": "rokok",
                "hours": ["21.30-05.00"],
                "since": _SPS,
                "source": "SPS (Peraturan KPI 02/P/KPI/03/2012) Pasal 59: iklan rokok [V]",
            },
            {
                "product": "dewasa",
                "hours": ["22.00-03.00"],
                "since": _SPS,
                "source": "SPS (Peraturan KPI 02/P/KPI/03/2012): iklan produk dewasa [V]",
            },
        ],
        "commercial_share": [
            {"percent": 15, "since": _LAW, "source": "UU 32/2002 Pasal 46 ayat (8): lembaga penyiaran publik [V]"}
        ],
        "ilm_share": [
            {"percent": 30, "since": _LAW, "source": "UU 32/2002 Pasal 46 ayat (9): lembaga penyiaran publik [V]"}
        ],
        "local_share": [{"percent": None, "since": _LAW, "source": "Muatan lokal: dilaporkan, batas belum diisi [M]"}],
        "languages": [
            {
                "allowed": ["id", *_REGIONAL, *_OTHER],
                "indonesian_percent": None,
                "since": _LAW,
                "source": "UU 32/2002 Pasal 37-39: bahasa siaran [V]; daftar bahasa [M]",
            }
        ],
        "repetition": [{"hours": 3, "shortest_s": 600, "since": _LAW, "source": _HOUSE}],
        "censorship": [{"since": _LAW, "source": "UU 32/2002 Pasal 47: film wajib memperoleh tanda lulus sensor [V]"}],
        "label": [
            {
                "since": _SPS,
                "source": "Pedoman Perilaku Penyiaran 2012 Pasal 21 ayat (3): label sepanjang acara [V]",
            }
        ],
        "azan": [
            {
                "since": _SPS,
                "source": "Surat edaran KPI tentang siaran Ramadan (tiap tahun): azan tidak disisipi iklan [V]",
            }
        ],
        "sahur": [
            {
                "hours": ["02.00-04.30"],
                "classes": ["SU", "P", "A"],
                "since": _SPS,
                "source": "Imbauan KPI/KPID tentang siaran Ramadan: sahur aman untuk semua umur [V]; jam [M]",
            }
        ],
        "grid": [{"since": _LAW, "source": _HOUSE}],
    }
)
