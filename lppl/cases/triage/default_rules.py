"""Keyword rules as a city may begin with; the station changes them to its own agencies and words.

Agencies bear the short names that are usual in Central Java. Written for this product; no other source.
"""

from lppl.cases.triage.rules import Rule
from lppl.cases.values import CaseClass


def _rule(category: str, agency: str, words: str, case_class: CaseClass | None = None) -> Rule:
    """Return a rule for a category, its words between commas."""
    return Rule(tuple(" ".join(w.split()) for w in words.split(",") if w.strip()), category, agency, case_class)


DEFAULT_RULES: tuple[Rule, ...] = (
    _rule("Jalan dan jembatan", "DPUPR", """
        jalan berlubang, jalan rusak, jalan ambles, jalan amblas, aspal, pengaspalan, tambal jalan, paving, jembatan
        rusak, jembatan ambrol, jalan bergelombang, gorong-gorong, jalan becek, perbaikan jalan, bahu jalan, jalan
        retak, jalan licin
    """),
    _rule("Saluran air dan drainase", "DPUPR", """
        selokan, drainase, saluran mampet, saluran tersumbat, got mampet, normalisasi sungai, sedimentasi, pintu
        air, pompa air, talud, irigasi, pengerukan
    """),
    _rule("Banjir dan rob", "BPBD", "banjir, rob, genangan, tergenang, kebanjiran, air pasang, pengungsian, tanggul"),
    _rule("Banjir dan rob", "DPUPR", "tanggul, pompa banjir, pompa rob, rumah pompa"),
    _rule("Bencana", "BPBD", "longsor, puting beliung, gempa, angin kencang, bencana, logistik bencana, rumah roboh"),
    _rule("Persampahan", "DLH", """
        sampah, TPS, TPA, tong sampah, bak sampah, kontainer sampah, pengangkutan sampah, bank sampah, sampah
        menumpuk
    """),
    _rule("Pencemaran lingkungan", "DLH", """
        limbah, pencemaran, sungai hitam, air sungai bau, polusi, asap pabrik, limbah batik, IPAL, bau menyengat,
        sungai tercemar, bising pabrik
    """),
    _rule("Taman dan pohon", "DLH", """
        pohon tumbang, pangkas pohon, pohon rindang, taman kota, ruang terbuka hijau, RTH
    """),
    _rule("Penerangan jalan", "Dishub", """
        lampu jalan, PJU, penerangan jalan, lampu penerangan, jalan gelap, lampu padam, lampu taman
    """),
    _rule("Perumahan dan permukiman", "Dinperkim", """
        RTLH, rumah tidak layak huni, rusunawa, bedah rumah, sanitasi, jamban, makam, pemakaman, permukiman kumuh,
        septic tank
    """),
    _rule("Air bersih", "Perumda Air Minum", """
        PDAM, air PDAM, air ledeng, air mati, air keruh, air tidak mengalir, meteran air, tagihan air, pipa bocor,
        perumda, air bersih, pamsimas
    """),
    _rule("Listrik", "PLN", """
        listrik padam, mati lampu, PLN, meteran listrik, tiang listrik, kabel listrik, token listrik
    """),
    _rule("Kependudukan", "Disdukcapil", """
        KTP, e-KTP, KK, kartu keluarga, akta, akta kelahiran, akta kematian, KIA, disdukcapil, pindah domisili,
        blangko, surat pindah, NIK, perekaman
    """),
    _rule("Kesehatan", "Dinkes", """
        puskesmas, BPJS, rumah sakit, posyandu, imunisasi, vaksin, vaksinasi, obat, dokter, perawat, bidan, demam
        berdarah, DBD, fogging, nyamuk, stunting, gizi, RSUD, ambulans, kader kesehatan
    """),
    _rule("Pendidikan", "Dindik", """
        sekolah, PPDB, SPMB, zonasi, guru, murid, siswa, seragam, kepala sekolah, SD, SMP, PAUD, beasiswa, ijazah,
        KIP, komite sekolah, uang gedung, buku pelajaran
    """),
    _rule("Lalu lintas dan parkir", "Dishub", """
        parkir, tukang parkir, juru parkir, jukir, parkir liar, lalu lintas, macet, kemacetan, lampu merah, traffic
        light, rambu, marka, zebra cross, angkot, terminal, truk parkir, uji KIR, polisi tidur, odong-odong, bus,
        halte
    """),
    _rule("Ketertiban umum", "Satpol PP", """
        PKL, pedagang kaki lima, ketertiban, pengamen, pengemis, gelandangan, anak punk, miras, minuman keras,
        karaoke, reklame liar, baliho liar, trotoar dipakai, bangunan liar, knalpot, kos mesum, tempat hiburan,
        penertiban, balap liar
    """),
    _rule("Bantuan sosial", "Dinsos", """
        bansos, PKH, BPNT, sembako, bantuan sosial, BLT, DTKS, DTSEN, KIS, lansia terlantar, disabilitas, ODGJ,
        orang terlantar, bantuan tunai, desil, yatim, santunan, beras bantuan
    """),
    _rule("Perdagangan dan pasar", "Dindagkop", """
        pasar kotor, pasar sepi, kios, lapak, harga sembako, harga beras, minyak goreng, elpiji langka, gas melon,
        tera, UMKM, koperasi, retribusi pasar, pedagang pasar
    """),
    _rule("Perizinan", "DPMPTSP", "izin, perizinan, NIB, IMB, PBG, izin usaha, OSS, SLF, izin bangunan"),
    _rule("Pajak daerah", "BPKAD", "PBB, pajak bumi, SPPT, BPHTB, pajak daerah, pajak restoran, pajak hotel"),
    _rule("Tenaga kerja", "Dinperinaker", """
        lowongan, upah, UMK, THR, PHK, kartu kuning, AK1, pesangon, magang, pelatihan kerja, jobfair, perusahaan
        tidak membayar
    """),
    _rule("Pertanian dan perikanan", "Dinperpa", """
        nelayan, tambak, TPI, pupuk, sawah, petani, ternak, solar nelayan, hama, penyakit hewan, rabies, pelelangan
        ikan, kartu tani
    """),
    _rule("Pariwisata, olahraga dan kebudayaan", "Dinparbudpora", """
        wisata, museum, stadion, lapangan olahraga, kolam renang, cagar budaya, festival, seni, gedung olahraga, GOR
    """),
    _rule("Informasi dan jaringan", "Diskominfo", """
        wifi, internet, website, aplikasi pemerintah, siaran, radio, CCTV, kabel internet, sinyal, hoaks, tiang
        internet, kabel semrawut
    """),
    _rule("Pelayanan kelurahan dan kecamatan", "Kecamatan", """
        kantor kelurahan, lurah, camat, pelayanan kelurahan, perangkat kelurahan, ketua RT, ketua RW, musrenbang,
        surat pengantar
    """),
    _rule("Pengawasan aparatur", "Inspektorat", """
        pungli, pungutan liar, calo, percaloan, suap, disuap, menyuap, gratifikasi, korupsi, jual beli jabatan,
        penyalahgunaan wewenang, uang pelicin, minta uang, potongan bansos, pemotongan bantuan, mark up, pemerasan,
        penyelewengan, diselewengkan, ASN bolos, PNS bolos, nepotisme
    """, CaseClass.SUPERVISION),
    _rule("", "", """
        usul, mengusulkan, sebaiknya, saran, menyarankan, alangkah baiknya, semoga, harapan kami, berharap, mohon
        dibangun, mohon dipasang, mohon diadakan, mohon disediakan, mohon dibuatkan, aspirasi, ide, masukan, mohon
        ditambah, kalau bisa, akan lebih baik, minta dibuatkan
    """, CaseClass.ASPIRATION),
    _rule("", "", """
        minta informasi, mohon informasi, mohon info, minta info, bagaimana cara, apa syarat, syarat, persyaratan,
        kapan jadwal, jadwal, berapa biaya, di mana alamat, apakah bisa, mau tanya, ingin bertanya, izin bertanya,
        tanya, menanyakan, info, prosedur, jam buka, jam pelayanan, nomor telepon, bagaimana prosedur, kapan dibuka,
        berapa lama
    """, CaseClass.REQUEST),
    _rule("", "", """
        PPID, UU 14 2008, keterbukaan informasi publik, salinan dokumen, permohonan informasi publik, salinan APBD,
        dokumen anggaran, salinan kontrak, informasi publik
    """, CaseClass.PPID),
    _rule("", "", """
        rusak, mati, padam, tidak berfungsi, mengganggu, keluhan, mengeluh, meresahkan, resah, lapor, melaporkan,
        menumpuk, mampet, bocor, lambat, belum diperbaiki, belum ditangani, berlubang, tidak ramah, segera
        diperbaiki, kecewa, kotor, bau, macet, banjir, terlantar, mangkrak
    """, CaseClass.PLAIN),
)  # fmt: skip
"""For a station that has none of its own yet."""
