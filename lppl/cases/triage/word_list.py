"""Words of everyday Indonesian and Javanese as they are typed: short forms, words without weight, roots.

Data for :mod:`lppl.cases.triage.words`, written for this product; spellings as in KBBI, short forms as in messages.
"""


def _table(lines: str) -> dict[str, str]:
    """Return {short form: word} of lines ``word: form form …``."""
    found: dict[str, str] = {}
    for line in lines.strip().splitlines():
        word, _, forms = line.partition(":")
        found.update(dict.fromkeys(forms.split(), word.strip()))
    return found


def listed(words: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(words.split())


SLANG = _table("""
jalan: jl jln jlan jaln dalan ndalan margi
gang: gg
yang: yg yng ingkang sing seng
tidak: gak ga nggak ngga enggak gk tdk tak kagak ora ra mboten boten ndak nda tdak tidk gaada
belum: blm belom blum blom dereng durung
sudah: sdh udah udh dah sampun wis uwis wes
tolong: tlg tlong tulung tolonglah tolongin
dari: dr dri saking
dengan: dgn dg dngn kalih karo
karena: krn karna krena soale merga amarga
sangat: bgt banget bngt sngt
untuk: utk tuk buat kagem kanggo
saya: sy aku gue gw ane kulo kula
kami: kmi awakdewe
kalau: klo kalo kl klu nek yen menawi
bagaimana: gmn gimana bgmn pripun piye kepriye
mohon: mhn mohn nyuwun suwun
minta: mnta njaluk
ada: ono ana wonten onok
rumah: rmh omah griyo umah griya
air: banyu toya
sampai: sampe smp smpai nganti
sekarang: skrg skrng skg saiki sakniki sakmeniki skrang
sering: srg sring kerep
banyak: byk bnyk bnyak akeh kathah
orang: org wong tiyang
lubang: lobang jeglongan bolong jeglong
gelap: peteng
rusak: rsk rusk risak bubrah
depan: dpn ngarep
belakang: blkg mburi
dekat: dkt deket cedhak cedak
sudah lama: suwe
petugas: ptgs
pemerintah: pemrintah
kelurahan: kel klurahan
kecamatan: kec
nomor: no nmr nomer
telepon: telp tlp telpon tlpn
sama: sm sami
juga: jg
saja: aja sj ae wae mawon
jangan: jgn ojo
mau: mo pengen pingin arep badhe
bisa: bs iso saged
bapak: bpk pak
ibu: bu
warga: wrg
anak: ank bocah lare
kebakaran: kbakaran kebakaram
sepeda: spd pit
motor: mtr
puskesmas: pkm
hari: hr
hilang: ilang
bulan: bln wulan
tahun: thn th taun
minggu: mgg
pagi: isuk esuk enjing
malam: mlm bengi dalu
kemarin: kmrn kmarin wingi kemaren
segera: sgr sgera enggal
terima kasih: trims makasih mksh tks thx suwun
mati: pejah
hujan: ujan udan jawah
selokan: got kalen
pohon: wit
listrik: lstrik setrum strum
harga: rego regi
jembatan: jmbtan kreteg
sungai: lepen
""")

STOP_WORDS = listed(
    """
    yang di ke dari dan atau dengan untuk pada dalam ini itu adalah ialah akan telah sudah belum sedang masih juga saja
    lagi pun oleh karena sebab agar supaya bahwa jika kalau bila apabila maka tetapi tapi namun saya kami kita anda kamu
    dia ia mereka nya para si sang ada tidak bukan jangan sangat sekali lebih paling amat bapak ibu pak bu mas mbak
    tolong mohon minta segera halo hallo assalamualaikum wr wb selamat pagi siang sore malam terima kasih min admin
    bisa dapat mau ingin harus perlu sampai hingga sejak saat ketika seperti sebagai antara tentang terhadap hal apa
    siapa kapan mana kenapa mengapa bagaimana dong sih kok deh lho loh ya iya yah nih tuh kan gitu begitu begini
    sini situ sana disini disana setiap tiap semua seluruh beberapa banyak sering serta pula sama kepada mengenai
    hari sekarang kemarin nanti tadi baru sudahlah bro gan kak dik om tante lah kah toh to opo iki kuwi niki niku
    """
)
"""Plain forms (short forms resolved) that say nothing about what a text is about."""

ROOTS = listed(
    """
    adu ajar alir ambil aman angkut antar antre antri asap atap atur bahaya baik bakar bandang banjir bantu bangun
    batal bayar beda begal beli berita berkas bersih biaya bising bocor bongkar buang buka bunuh buruk butuh camat
    cemar cegah celaka cepat cuci culik curi daftar dagang darurat debu desa didik didih drainase duga dukung elpiji
    evakuasi gali ganggu ganti gangguan gelandang gelap genang guna guru hambat hanyut harap hilang hias hidup hujan
    ibu informasi isi izin ijin jaga jalan jambret jamin janji jatuh jebol jelas jembatan jual judi kandang kabel kali
    kelola keluh kemas kendara kerja keras kering kirim kosong kotor kumpul kunci kurang lahir lajur laku lalu lampu
    lambat langgar lapor larang layan ledak lengkap lepas limbah lingkung listrik longsor lubang lulus lurah luap macet
    mahal main makan maling mampet masalah masuk mati mesin milik minta mobil mohon motor nikah nilai obat olah orang
    padam pakai paksa palsu panas pandu panggil pangkas parkir pasang pasar patah pecah pegawai pelihara pemadam penuh
    peras periksa pilih pindah pingsan pinjam pipa pohon polisi potong pukul pulih pungut pungli punya putus
    racun rampok rapat raperda rasa rawat rehab rekam rem renovasi resah resmi rob roboh rokok rumah rusak sakit salah
    salur sambung sampah sampai saran sarana sapu sebar sedia sekolah selesai selidik selokan semen sempit serang serap
    serobot siaran siap simpan sistem sosialisasi subsidi suap sumbat sumbang surat syarat tabrak tagih tahan takut
    tambah tambal tampung tanam tangan tangga tanggap tangkap tanya tarif tarik tata tawur tebang tegur telat temu
    tempat tendang tenggelam tera terang tertib tetap tiang tikus timbun timpa timbul tindak tingkat tinggal tipu titip
    tolak tolong trotoar tugas tuju tukang tulis tumbang tumpah tumpuk tunggu tunggak turun tusuk tutup ubah uji ukur
    undang ungsi upah urus usir usul usulan utama wabah warga warung wajib zonasi peserta peta perempuan pelajar
    pelan perahu perlu perut peduli pejabat bekas beras berat besar beda beban becak belakang belok benar bersama depan
    sekitar selama serta seragam sepeda kelapa kelas keluar kelurahan kecamatan kebun kecil kering keramaian kepala
    keluarga kertas ketua terminal ternak telur tengah tepi teras pengajian peron permukiman petani dinas diskon diri
    disiplin meja melati mereka merah menara mesjid masjid musim ikan makam taman halaman lapangan bandengan papan
    iuran bantuan asuransi kasus kesehatan tarian aspirasi imunisasi vaksinasi polusi irigasi sanitasi
    bacok tembak aniaya siksa perkosa cabul
    todong keroyok sandera serempet seret tindih
    wahana wisata zona perumahan pasangan ruangan bagian acara ramai sungai pantai pegawai pakaian
    """
)
"""Roots that affixes are taken down to, and whole words that only look as if they had affixes."""
