"""Towns of Indonesia with coordinates and time zone, to choose from when a station is set up; any other can be typed.

Coordinates are those of the town's centre to a hundredth of a degree: prayer times then differ by seconds. Zones follow
Keppres 41/1987.
"""

from dataclasses import dataclass

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"


@dataclass(frozen=True, slots=True)
class Town:
    """A town: degrees north and east, IANA time zone."""

    name: str
    latitude: float
    longitude: float
    zone: str


_WIB = (
    "Ambarawa -7.26 110.40;Banda Aceh 5.55 95.32;Bandar Lampung -5.43 105.26;Bandung -6.92 107.61;"
    "Bangkalan -7.03 112.75;Banjarnegara -7.40 109.69;Bantul -7.89 110.33;Banyuwangi -8.22 114.37;"
    "Batam 1.13 104.05;Batang -6.91 109.73;Bekasi -6.24 106.99;Bengkulu -3.80 102.27;Blitar -8.10 112.16;"
    "Blora -6.97 111.42;Bogor -6.60 106.80;Bojonegoro -7.15 111.88;Boyolali -7.53 110.60;Brebes -6.87 109.04;"
    "Bukittinggi -0.31 100.37;Ciamis -7.33 108.35;Cianjur -6.82 107.14;Cilacap -7.73 109.02;Cirebon -6.73 108.55;"
    "Demak -6.89 110.64;Depok -6.40 106.82;Dumai 1.67 101.45;Garut -7.21 107.90;Gresik -7.16 112.65;"
    "Indramayu -6.33 108.32;Jakarta -6.18 106.83;Jambi -1.61 103.61;Jember -8.17 113.70;Jepara -6.59 110.67;"
    "Jombang -7.55 112.23;Karanganyar -7.60 110.95;Karawang -6.30 107.31;Kebumen -7.67 109.65;"
    "Kediri -7.82 112.01;Kendal -6.92 110.20;Klaten -7.71 110.61;Kudus -6.80 110.84;Kuningan -6.98 108.48;"
    "Lamongan -7.12 112.41;Lhokseumawe 5.18 97.15;Lumajang -8.13 113.22;Madiun -7.63 111.52;"
    "Magelang -7.48 110.22;Majalengka -6.84 108.23;Malang -7.98 112.63;Medan 3.59 98.67;Metro -5.11 105.31;"
    "Mojokerto -7.47 112.43;Nganjuk -7.60 111.90;Ngawi -7.40 111.45;Pacitan -8.20 111.09;Padang -0.95 100.35;"
    "Palangka Raya -2.21 113.92;Palembang -2.99 104.76;Pamekasan -7.16 113.48;Pangkalpinang -2.13 106.11;"
    "Pasuruan -7.65 112.91;Pati -6.75 111.04;Payakumbuh -0.22 100.63;Pekalongan -6.888 109.675;"
    "Pekanbaru 0.53 101.45;Pemalang -6.89 109.38;Ponorogo -7.87 111.46;Pontianak -0.03 109.33;"
    "Probolinggo -7.75 113.22;Purbalingga -7.39 109.36;Purwakarta -6.56 107.44;Purwodadi -7.09 110.91;"
    "Purwokerto -7.42 109.24;Purworejo -7.71 110.01;Rembang -6.71 111.34;Salatiga -7.33 110.50;"
    "Sampang -7.19 113.24;Semarang -6.97 110.42;Serang -6.12 106.15;Sidoarjo -7.45 112.72;Singkawang 0.91 108.98;"
    "Situbondo -7.71 114.01;Slawi -6.98 109.14;Sleman -7.72 110.36;Sragen -7.43 111.02;Subang -6.57 107.76;"
    "Sukabumi -6.93 106.93;Sukoharjo -7.68 110.84;Sumedang -6.86 107.92;Sumenep -7.01 113.86;"
    "Surabaya -7.26 112.75;Surakarta -7.57 110.83;Tangerang -6.18 106.63;Tanjungpinang 0.92 104.45;"
    "Tasikmalaya -7.33 108.22;Tegal -6.87 109.14;Temanggung -7.32 110.17;Trenggalek -8.05 111.71;"
    "Tuban -6.90 112.06;Tulungagung -8.07 111.90;Wonogiri -7.81 110.93;Wonosari -7.97 110.60;"
    "Wonosobo -7.36 109.90;Yogyakarta -7.80 110.37"
)
_WITA = (
    "Balikpapan -1.27 116.83;Banjarbaru -3.44 114.83;Banjarmasin -3.32 114.59;Bau-Bau -5.47 122.60;"
    "Bima -8.46 118.73;Bontang 0.13 117.50;Bulukumba -5.55 120.19;Denpasar -8.66 115.22;Ende -8.84 121.66;"
    "Gorontalo 0.54 123.06;Kendari -3.99 122.51;Kupang -10.17 123.61;Makassar -5.14 119.43;Mamuju -2.67 118.89;"
    "Manado 1.49 124.84;Mataram -8.58 116.12;Palopo -2.99 120.20;Palu -0.90 119.87;Parepare -4.01 119.63;"
    "Samarinda -0.50 117.15;Singaraja -8.11 115.09;Sumbawa Besar -8.50 117.42;Tarakan 3.30 117.63;"
    "Tomohon 1.32 124.84"
)
_WIT = (
    "Ambon -3.70 128.18;Biak -1.18 136.08;Jayapura -2.53 140.72;Manokwari -0.86 134.06;Merauke -8.50 140.40;"
    "Nabire -3.37 135.50;Sorong -0.88 131.26;Ternate 0.79 127.38;Tidore 0.68 127.40;Timika -4.55 136.89;"
    "Tual -5.64 132.75;Wamena -4.10 138.94"
)


def _read(text: str, zone: str) -> list[Town]:
    rows = (row.rsplit(" ", 2) for row in text.split(";"))
    return [Town(name, float(latitude), float(longitude), zone) for name, latitude, longitude in rows]


TOWNS = tuple(sorted([*_read(_WIB, WIB), *_read(_WITA, WITA), *_read(_WIT, WIT)], key=lambda town: town.name))
