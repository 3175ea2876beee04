"""Words of emergencies in Indonesian and Javanese, and the words beside them that say there is none now.

Data for :mod:`lppl.cases.triage.emergency`, written for this product. A term is one or several words in their order;
``/`` stands between words of which any will do. A ``~`` before a term of one word lets it be mistyped by one letter;
shorter words, and those one letter away from another word (*meledek*, *taburan*), are only taken as they are. After a
``*`` stands a root, of which every form is meant.
"""

from typing import NamedTuple

from lppl.cases.triage.word_list import listed


class Peril(NamedTuple):
    """One kind of emergency. `guarded`: whether fear, possibility and habit speak against it being now.

    For violence and suicide they do not: who writes *takut dibunuh* needs help as much.
    """

    indonesian: str
    english: str
    terms: tuple[str, ...]
    guarded: bool = True


def _terms(lines: str) -> tuple[str, ...]:
    """Return the terms of a text with one to a line or several between commas."""
    return tuple(term.strip() for line in lines.split("\n") for term in line.split(",") if term.strip())


PERILS = (
    Peril("kebakaran", "fire", _terms("""
        murub, mulad, ~kebakaran, ~terbakar, ~kobongan, kobong, kebakar, kobar, ~kobaran api,
        api/apine besar/gede/berkobar/merambat, api/apine membesar/menjalar/mengamuk/makin/menyala,
        api mulai membesar, rumah/pasar/toko/gudang/warung/kios/motor/mobil/kapal/pabrik/sekolah/kantor dibakar,
        membakar rumah/toko/warung/motor/mobil/diri/kantor,
        kirim/minta/butuh/perlu/panggil/panggilkan/kirimkan/datangkan/hubungi damkar/pemadam, dilalap api, jago merah,
        korsleting api/asap, api dari/keluar, keluar api, ada api, si jago,
        asap hitam/tebal/pekat rumah/gudang/pasar/toko/gedung/kapal/pabrik/kios/mobil,
        tolong/cepat/segera/mohon/kirim pemadam/damkar, geni gede/gedhe/murub/mulad
    """)),
    Peril("ledakan atau gas bocor", "explosion or gas leak", _terms("""
        meledak, ledakan, ~njeblug, mbledug, njebluk, mbledos, gas/elpiji/lpg/tabung bocor, bau gas,
        kebocoran/bocor amonia/amoniak/klorin/kimia, tangki/bensin/pertalite bocor/tumpah, aroma/mambu gas, *ledak,
        petasan tangan/meledak, kebocoran gas/elpiji/lpg, bocor gas/elpiji/lpg, bom
    """)),
    Peril("kecelakaan", "accident", _terms("""
        ~kecelakaan, laka lantas, laka, ~tabrakan, tabrak lari, ditabrak, tertabrak, ketabrak,
        nabrak orang/bocah/anak, tertimpa, ketiban, kejatuhan, tertimbun, ketimbun, terlindas, kelindas, tergilas,
        terseret, kecemplung, jatuh sungai/sumur/jurang/rel/tower, tercebur, kecebur, terjebak,
        kejebak lift/api/banjir, kecelakaan parah, menimpa rumah/orang/warga/pengendara/mobil/motor/anak/pejalan,
        terguling, ~terperosok, kejepit, terjepit, tergeletak, tidak bergerak, adu banteng/kambing, nyungsep,
        terpelanting, terpental, *serempet, keserempet, *tabrak, kejegur, nyebur, kecebyur, nyemplung, njegur,
        tersangkut, kesangkut, terkunci mobil/rumah/lift/kamar, tertancap, *seret, jatuh lantai/ketinggian/lantai,
        tersiram air/minyak/keras, melepuh, *tindih, ketimpa, kegencet, tergencet, ada korban jiwa, korban meninggal,
        masuk sungai/jurang/sumur/laut/jurang, terjun/loncat/nyemplung sungai/sumur,
        kapal/perahu/bus/bis/truk/mobil/angkot terbalik/karam/hilang/terguling, karam, diseret, menabrak, nabrak,
        orang/bocah/anak/warga/pekerja/korban jatuh, jatuh motor/tangga/atap/pohon/kamar/genteng, lompat sungai,
        rem blong, jatuh tidak bangun/sadar
    """)),
    Peril("tersengat listrik", "electric shock", _terms("""
        tersengat, kesengat, kesetrum, kesetrom, ~tersetrum, kestrum, tersambar petir/listrik, kesamber, nyetrum,
        nyengat orang/warga/anak/bocah, kabel putus/jatuh/menjuntai listrik/percik/memercik/keluar/api,
        memercikkan api, percikan, korslet, konslet, asap gardu/trafo/meteran, kabel listrik/pln putus/jatuh,
        listrik percik/memercik/korslet/konslet
    """)),
    Peril("orang tenggelam atau hanyut", "somebody drowning or swept away", _terms("""
        ~tenggelam, ~kelelep, klelep, hanyut, kintir, kentir, keli, kelep, terseret arus/ombak/banjir, mayat, jenazah
    """)),
    Peril("banjir bandang atau perlu evakuasi", "flash flood or rescue needed", _terms("""
        banjir bandang, tanggul jebol, jebol tanggul, minta/butuh/perlu/tolong/mohon/segera dievakuasi/evakuasi,
        butuh/minta/kirim perahu, terjebak banjir/air/rob,
        air/banjir/banjire/rob seleher/sedada/sepinggang/sepaha/sakdada/dada/dodo/leher/pinggang/gulu, air bah,
        di atap/wuwungan banjir, banjir/sepinggang/air di atap, tsunami
    """)),
    Peril("longsor, gempa atau bangunan roboh", "landslide, earthquake or collapse", _terms("""
        ~longsor, ~kelongsoran, ambrol, gempa, lindu, puting beliung, roboh, ambruk, runtuh,
        angin puting/ribut/kencang/puyuh/topan/lisus, kabel/kabelnya nyala/menyala api, lesus,
        ketinggian/banjir meter evakuasi/dievakuasi, belum dievakuasi
    """)),
    Peril("orang sakit gawat", "somebody gravely ill", _terms("""
        ~pingsan, ~semaput, kelenger, serangan jantung, henti jantung,
        sesak/seseg/sesek/susah/sulit/kesulitan napas/nafas/ambekan/ambekane/dada,
        susah/sulit/kesulitan bernapas/bernafas, ketelan, tertelan, kejang, kejet, gawat darurat, tidak bernyawa,
        darah banyak/terus/deras, jantung kumat/kambuh, orang mati/gantung, ular/ulo masuk/kobra, tidak sadar,
        tidak sadarkan, stroke, ~pendarahan, perdarahan, sekarat, kritis, ~keracunan, overdosis, ~melahirkan, mbabar,
        babaran, lahiran, ketuban, hamil/bumil sakit/pecah/mules/kontraksi/darah, digigit/dicakot ular/ulo,
        butuh/minta/kirim/panggil/kirimkan/panggilkan/perlu/tolong ambulans/ambulan/ambulance/ambulance,
        mulut berbusa, berlumuran darah, terluka, butuh/perlu/minta pertolongan, henti/berhenti napas/nafas/jantung,
        muntah darah, berdarah, berdarahdarah, luka parah/berat/bakar, patah tulang/kaki/tangan,
        tidak bernapas/bernafas/napas/nafas, demam tinggi kejang, tersedak, keselek, koma, darurat medis
    """)),
    Peril("kejahatan", "crime", _terms("""
        kebegal, kerampokan, ~perampokan, ~dirampok, ~penjambretan, ~penculikan, ada/ono/lagi maling, maling masuk,
        tangkap/kejar maling, tawuran, ~pembacokan, ~pengeroyokan, dikeroyok, bawa/nggowo celurit, *rampok, *begal,
        *jambret, *culik, *bacok, *tusuk, *tembak, *todong, *keroyok, *sandera,
        teriak/berteriak/menjerit/njerit/jeritan tolong, perkelahian, berkelahi, gelut, tukaran, bentrok, ricuh,
        kerusuhan, samurai, pedang, celurit, clurit, senjata api/tajam, sajam, pistol, diserang, bentrokan, dimassa,
        diamuk massa, bayi dibuang/ditemukan/menangis, menemukan/ditemukan/penemuan bayi, ngamuk/mengamuk,
        bawa/membawa/nggowo/gawa celurit/parang/golok/clurit/sajam/pisau/senjata, mengejar/ngejar warga/orang/anak,
        penyanderaan, disandera, anak/anakku/bocah/orang/lansia/nelayan/remaja/pendaki hilang, perang sarung
    """)),
    Peril("kekerasan", "violence", _terms("""
        ~kekerasan, kdrt, dipukuli, dipukul, digebuki, dihajar, ~penyiksaan, ~penganiayaan, ~pemerkosaan, ~perkosaan,
        ~pencabulan, ~pelecehan, dilecehkan, ~pembunuhan, *bunuh, *aniaya, *siksa, *perkosa, *cabul, dikurung,
        memukul, mukul, preman memalak, memukuli, mukuli, mukulin, menghajar, menggebuki, nggebuki, mencekik,
        diancam bunuh/dibunuh/pisau/golok/parang, dicekik, disekap
    """), guarded=False),
    Peril("bunuh diri", "suicide", _terms("""
        bunuh diri, bundir, gantung diri, nggantung, ngendat, nglalu, mengakhiri hidup, akhiri hidup,
        ingin/mau/pingin/pengen/pengin/kepingin mati, tidak mau/ingin/kuat hidup, lompat jembatan/gedung/menara,
        menyayat tangan, minum baygon/racun, mau/nekat/hendak/arep/ingin/akan lompat/terjun/loncat
    """), guarded=False),
    Peril("keadaan darurat", "emergency", _terms("""
        darurat, emergency, sos, gawat, nyawa, help me, tolong nyawa, korban berjatuhan
    """)),
)  # fmt: skip

BEFORE = listed(
    """
    rawan cegah mencegah pencegahan dicegah antisipasi mengantisipasi bahaya risiko resiko berisiko beresiko potensi
    berpotensi anti pasca paska bekas bukan hindari menghindari penanggulangan mitigasi simulasi sosialisasi pelatihan
    penyuluhan edukasi latihan asuransi santunan isu hoaks hoax berita film game cerita drama data jumlah angka
    statistik seminar workshop lomba bebas proteksi deteksi alarm pengaduan layanan undang perda tangguh siaga waspada
    rambu
    """
)
"""Right before a term (small words between them left out): there is none, or it is only spoken of."""
BEFORE_GUARDED = listed(
    """
    takut khawatir kuatir dikhawatirkan ditakutkan wedi hampir nyaris meh seandainya misal misalnya kalau jika apabila
    bila bisa dapat mampu mungkin jangan sampai agar supaya biar bikin serasa rasanya tidak belum biaya cuti
    petugas dinas mobil markas kantor regu pos banyak sering kerap rentan mudah gampang setelah sesudah sebelum usai
    menyebabkan mengakibatkan rata nomor
    """
)
"""The same, for perils that fear, possibility and habit speak against."""
FILLERS = listed(
    """
    terjadi ada jadi kena menjadi timbul lagi akan adanya terjadinya dan atau ancaman korban kasus tindak dari
    telepon pemadam api anak perempuan sampai seksual untuk terhadap
    """
)
AFTER: dict[str, frozenset[str]] = {
    "kebakaran": frozenset({"jenggot", "kumis", "hutan"}),
    "terbakar": frozenset({"cemburu", "emosi", "amarah", "api", "matahari", "semangat"}),
    "tenggelam": frozenset({"dalam", "oleh"}),
    "tertimpa": frozenset({"musibah", "tangga", "masalah", "sial", "rezeki"}),
    "ketiban": frozenset({"rejeki", "rezeki", "sampur", "sial", "pulung"}),
    "kejatuhan": frozenset({"cicak", "duit", "rezeki", "durian"}),
    "melahirkan": listed("generasi ide gagasan atlet pemimpin kebijakan karya perda seniman peraturan gratis nanti"),
    "meledak": frozenset({"penjualan", "harganya", "tawanya", "viral", "jumlahnya"}),
    "hanyut": frozenset({"dalam", "suasana", "perasaan"}),
    "terjebak": frozenset({"macet", "kemacetan", "nostalgia", "utang", "hutang", "pinjol", "hujan"}),
    "darurat": frozenset({"sampah", "narkoba", "judi", "bencana", "sipil", "kesehatan", "literasi", "nomor"}),
    "kekerasan": frozenset({"kepala", "hati"}),
    "*tembak": frozenset({"tarif", "harga", "gol"}),
    "*bunuh": frozenset({"nyamuk", "tikus", "karakter", "gulma", "hama"}),
    "*tusuk": frozenset({"sate", "gigi"}),
    "*tabrak": frozenset({"aturan", "hukum", "jadwal"}),
    "diserang": frozenset({"hama", "wereng", "ulat"}),
    "*ledak": frozenset({"penjualan", "harganya", "tawanya", "viral", "jumlahnya"}),
    "kritis": frozenset({"terhadap", "soal", "dan", "pada", "lahan", "berpikir"}),
    "koma": frozenset({"dan", "titik"}),
    "bom": frozenset({"waktu", "ikan"}),
    "menabrak": frozenset({"aturan", "hukum"}),
    "mengamuk": frozenset({"harga"}),
    "tabrakan": frozenset({"jadwal", "jadwalnya", "agenda"}),
}
"""Right after a term: a figure of speech, or something else."""
BEFORE_ONE: dict[str, frozenset[str]] = {
    "tenggelam": frozenset({"jalan", "jalannya", "sawah", "makam", "tambak", "matahari", "lapangan", "jembatan"}),
    "meledak": frozenset({"penjualan", "tawa", "harga", "jumlah", "penduduk"}),
    "tabrakan": frozenset({"jadwal", "agenda", "acara"}),
    "nabrak": frozenset({"jadwal", "aturan"}),
    "menabrak": frozenset({"jadwal", "aturan"}),
    "*ledak": frozenset({"penjualan", "tawa", "harga", "jumlah", "penduduk"}),
    "tersangkut": frozenset({"sampah", "layangan", "ranting", "dahan"}),
    "ketuban": frozenset({"tahu"}),
    "bentrok": frozenset({"jadwal", "acara", "jam"}),
    "bom": frozenset({"photo", "foto"}),
    "darurat": frozenset({"pintu", "tangga", "tombol", "lampu", "jalur", "nomor", "posko", "unit", "tenda", "dapur",
                          "jembatan", "bahu", "lajur", "instalasi", "sekolah", "pasar"}),
    "kritis": frozenset({"berpikir", "lahan", "pemikiran", "sikap", "warga", "pertanyaan"}),
    "roboh": frozenset({"pagar", "papan", "baliho", "reklame", "rambu", "spanduk", "pot"}),
    "ambrol": frozenset({"talud", "plafon", "jalan", "pagar", "drainase", "selokan", "aspal", "paving", "trotoar"}),
    "ambruk": frozenset({"pagar", "papan", "baliho", "reklame", "rambu", "atap", "spanduk"}),
    "runtuh": frozenset({"pagar", "plafon", "harga"}),
    "terguling": frozenset({"pot", "tong", "bak"}),
    "keli": frozenset({"sandal", "sampah"}),
    "kobar": frozenset({"semangat"}),
    "mayat": frozenset({"bunga"}),
    "jenazah": frozenset({"mobil", "rukti", "pemakaman", "kamar", "keranda", "ambulans", "perawatan", "sholat"}),
}  # fmt: skip
"""Shortly before a term: a figure of speech, or damage that nobody is in danger of."""

LONG_AGO = (
    "tahun lalu", "tahun kemarin", "bulan lalu", "bulan kemarin", "minggu lalu", "minggu kemarin", "pekan lalu",
    "beberapa bulan", "beberapa tahun", "zaman dahulu", "masa lalu", "lima tahun", "tahun silam", "waktu kecil",
)  # fmt: skip
HABIT = frozenset({"dulu", "dahulu", "pernah", "sering", "kerap", "marak", "biasanya", "konon", "mbiyen", "kapan"})
"""Somewhere in the sentence: not now, unless the sentence also says now."""
PREVENTION = listed(
    """
    sosialisasi pelatihan penyuluhan simulasi seminar lomba workshop evakuasinya apar hydrant hidran asuransi santunan
    pascabanjir pascabencana pascakebakaran pascalongsor pascagempa mitigasi pencegahan pencegahannya mencegah cegah
    antisipasi mengantisipasi edukasi webinar diklat gladi simulasinya kampanye syarat persyaratan prosedur
    penyintas trauma asuransinya jamkesda jampersal modus tips
    """
)
"""Somewhere in the sentence: it is spoken of, or guarded against."""
PREVENTION_PHRASES = ("jalur evakuasi", "alat pemadam", "titik kumpul", "pemadam ringan", "agar tidak",
                      "supaya tidak", "jangan sampai", "sebelum ada", "sebelum terjadi", "biar tidak", "nunggu ada",
                      "tunggu ada",
                      "menunggu ada", "tunggu korban", "tidak ada korban", "unit pelayanan",
                      "korban bencana")  # fmt: skip
NOW = listed(
    """
    sekarang barusan sedang tadi cepat cepetan lekas segera buruan help tolong tulung korban terluka luka parah
    """
)
NOW_PHRASES = ("saat ini", "detik ini", "baru saja", "malam ini", "pagi ini", "siang ini", "sore ini", "hari ini",
               "masih terjebak", "butuh ambulans", "kirim damkar", "masih menyala")  # fmt: skip
