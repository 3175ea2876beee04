"""What the demo station says: announcements and sample news, in Indonesian, and how hours are spoken."""

from dataclasses import dataclass

UNITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
ZONES = {"WIB": "Waktu Indonesia Barat", "WITA": "Waktu Indonesia Tengah", "WIT": "Waktu Indonesia Timur"}


def number(n: int) -> str:
    """Write 0 to 59 in words. Raises ValueError outside."""
    if not 0 <= n < 60:
        raise ValueError(n)
    if n < 12:
        return UNITS[n]
    if n < 20:
        return f"{UNITS[n - 10]} belas"
    tens, rest = divmod(n, 10)
    return f"{UNITS[tens]} puluh" + (f" {UNITS[rest]}" if rest else "")


def time_signal(hour: int, zone: str) -> str:
    """Write how an announcer says a full hour; midnight is "dua puluh empat". `zone` may be empty."""
    name = ZONES.get(zone, zone)
    return f"Pukul {number(hour or 24)} tepat{', ' + name if name else ''}."


@dataclass(frozen=True, slots=True)
class Notice:
    """One announcement: what the card shows and what the voice says."""

    label: str
    title: str
    lines: tuple[str, ...]
    speech: str


NOTICES: dict[str, Notice] = {
    "layanan-112": Notice(
        "Info warga",
        "Gawat darurat? Hubungi 112",
        ("Bebas pulsa, 24 jam, dari telepon apa pun", "Ambulans, pemadam kebakaran, polisi, bencana",
         "Sebutkan nama, lokasi, dan kejadiannya dengan jelas"),
        "Dalam keadaan gawat darurat, hubungi satu satu dua. Layanan ini bebas pulsa, dua puluh empat jam, dari "
        "telepon apa pun. Sebutkan nama Anda, lokasi, dan apa yang terjadi dengan jelas. Jangan menutup telepon "
        "sebelum petugas selesai bertanya.",
    ),
    "menyampaikan-aduan": Notice(
        "Suara warga",
        "Cara menyampaikan aduan",
        ("Tulis apa yang terjadi, di mana, dan kapan", "Sertakan foto bila ada", "Simpan nomor aduan Anda",
         "Jawaban dinas dibacakan di siaran kami"),
        "Ada jalan rusak, lampu padam, atau sampah menumpuk? Sampaikan aduan Anda. Tulis apa yang terjadi, di "
        "mana, dan kapan. Sertakan foto bila ada. Simpan nomor aduan, lalu ikuti siaran kami. Jawaban dari "
        "dinas akan dibacakan oleh penyiar.",
    ),
    "jadwal-posyandu": Notice(
        "Info kesehatan",
        "Ayo ke posyandu",
        ("Setiap bulan, di balai RW masing-masing", "Bawa buku KIA dan balita Anda",
         "Timbang, ukur, imunisasi: gratis"),
        "Ibu dan Bapak, jangan lupa membawa balita ke posyandu. Posyandu buka setiap bulan di balai R W "
        "masing masing. Bawa buku K I A. Penimbangan, pengukuran, dan imunisasi tidak dipungut biaya.",
    ),
    "hemat-air": Notice(
        "Layanan masyarakat",
        "Hemat air, mulai dari rumah",
        ("Tutup keran saat menggosok gigi", "Siram tanaman pagi atau sore", "Perbaiki pipa yang bocor"),
        "Air bersih adalah milik kita bersama. Tutup keran saat menggosok gigi. Siram tanaman pada pagi atau sore "
        "hari. Segera perbaiki pipa yang bocor. Hemat air, mulai dari rumah kita.",
    ),
    "siaga-rob": Notice(
        "Siaga bencana",
        "Waspada banjir rob",
        ("Pantau informasi pasang air laut dari BMKG", "Pindahkan barang berharga ke tempat tinggi",
         "Matikan listrik bila air masuk rumah"),
        "Untuk warga pesisir, waspadai banjir rob. Pantau informasi pasang air laut dari B M K G. Pindahkan barang "
        "berharga ke tempat yang lebih tinggi, dan matikan listrik bila air mulai masuk ke rumah.",
    ),
    "pilah-sampah": Notice(
        "Layanan masyarakat",
        "Pilah sampah dari rumah",
        ("Organik: jadikan kompos", "Anorganik: setor ke bank sampah", "Berbahaya: jangan dicampur"),
        "Mari memilah sampah dari rumah. Sisa makanan dijadikan kompos. Plastik, kertas, dan logam disetor ke bank "
        "sampah. Baterai dan lampu bekas jangan dicampur. Lingkungan bersih, warga sehat.",
    ),
    "contoh-berita-pasar": Notice(
        "Contoh berita",
        "Pasar pagi kembali ramai",
        ("Materi contoh untuk mencoba siaran", "Gantilah dengan berita Anda sendiri"),
        "Ini adalah contoh berita. Pasar pagi kembali ramai sejak selesai diperbaiki. Para pedagang menata dagangan "
        "sebelum matahari terbit, dan pembeli datang dari desa desa sekitar. Demikian contoh berita ini.",
    ),
    "contoh-berita-batik": Notice(
        "Contoh berita",
        "Kelas membatik untuk pelajar",
        ("Materi contoh untuk mencoba siaran", "Mengenal motif kawung, parang, dan mega mendung"),
        "Ini adalah contoh berita. Para pelajar mengikuti kelas membatik pada akhir pekan. Mereka mengenal motif "
        "kawung, parang, dan mega mendung, lalu mencoba mencanting sendiri. Demikian contoh berita ini.",
    ),
    "contoh-berita-cuaca": Notice(
        "Contoh berita",
        "Mengenal prakiraan cuaca",
        ("Materi contoh untuk mencoba siaran", "Data resmi: BMKG"),
        "Ini adalah contoh berita cuaca. Sebelum melaut atau bepergian jauh, periksa prakiraan cuaca resmi dari "
        "B M K G. Angin kencang dan gelombang tinggi dapat datang dengan cepat. Demikian contoh berita ini.",
    ),
}  # fmt: skip
