"""What is read as an emergency, by a table of sentences as citizens write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.cases.triage.emergency import emergency
from lppl.cases.triage.words import tokens
from lppl.intake.values import TEXT_LENGTH

EMERGENCIES = """
Tolong ada kebakaran di Pasar Banjarsari sekarang!
kebakaran rumah warga di jalan kurinci gg 5
KEBAKARAAAAN di medono tolooong
ada kebakran di gudang batik dkt stasiun
Kbakaran di Jenggot gang 3, api sudah besar
omahe tanggaku kobongan, tulung pak
ono kobongan nang pasar grogolan
Rumah tetangga saya terbakar
motor terbakar di spbu
api membesar di belakang pabrik kain
Kirim damkar ke jl jlamprang secepatnya
kami butuh pemadam di kelurahan klego
ada yang membakar rumah di gang 7
korsleting, keluar api dari tiang listrik
tabung gas meledak di warung makan
gas bocor di dapur, bau menyengat
elpiji 3 kg bocor, warga panik
Ada bau gas menyengat dari rumah kosong
Kecelakaan parah di perempatan Ponolawen, ada korban
kecelakan motor vs truk di pantura depan terminal
laka lantas di jembatan loji
tabrakan beruntun di exit tol setono
Tabrak lari di jalan sriwijaya, korban tergeletak
wong ketabrak sepur nang perlintasan
anak saya tertabrak mobil di depan sekolah
pengendara motor tertimpa pohon di jalan veteran
pohon tumbang menimpa mobil, ada orang di dalamnya
pekerja ketiban tembok di proyek
Ada orang tertimbun tanah galian
kakek terperosok ke selokan dan tidak bisa bangun
orang terjebak di lift mall
anak kecebur sumur di gang mawar
truk terguling di jalan tol, sopirnya kejepit
Tukang bangunan tersengat listrik
bocah kesetrum tiang lampu jalan saat rob
ada yang kesetrom di kios
Kabel listrik putus menjuntai ke jalan, memercikkan api
orang tenggelam di pantai pasir kencana
bocah klelep neng kali loji
dua anak hanyut di sungai banger
ada yang tenglelam di kolam renang tirta sari
bocah kentir nang kali
Ditemukan mayat mengapung di sungai
banjir bandang datang dari arah selatan
Tanggul sungai bremi jebol, air masuk rumah
kami terjebak banjir di lantai dua, minta evakuasi
mohon segera dievakuasi ibu saya lumpuh, air sudah masuk rumah
air sudah sedada, butuh perahu karet
tanah longsor menutup rumah warga
longsor di tebing belakang mushola
rumah roboh, ada nenek di dalam
bangunan sekolah ambruk saat jam pelajaran
Gempa terasa keras, plafon jatuh
angin puting beliung di krapyak
bapak saya pingsan di alun-alun
mbah kulo semaput, pripun niki
Ayah kena serangan jantung, ambulans tidak datang
ibu saya sesak nafas dan rumah sakit penuh
ada orang kejang di trotoar depan bank
korban tidak sadarkan diri di pinggir jalan
istri mau melahirkan tapi ambulan tidak ada
tetangga pendarahan habis jatuh
butuh ambulan segera di panjang wetan
satu keluarga keracunan makanan di hajatan
anak dicakot ulo
orang muntah darah di masjid
ada perampokan di toko emas
rumah saya dirampok tadi malam
Dibegal di jalan gajah mada, motor dibawa lari
ada begal bawa celurit di jalan sunyi
penculikan anak di depan SD
keponakan saya diculik orang tidak dikenal
maling masuk rumah tetangga, sekarang dikepung warga
tawuran pelajar di depan stadion
ada yang dibacok di warung kopi
anak hilang sejak sore di pantai
suami saya melakukan kekerasan setiap malam
KDRT di kontrakan sebelah, istrinya menjerit
anak dipukuli ayahnya sampai berdarah
Saya takut dibunuh suami saya
siswi menjadi korban pelecehan gurunya
teman saya mau bunuh diri
ada orang gantung diri di pohon
pemuda mau lompat dari jembatan
saya sudah tidak kuat hidup lagi
rasane pengen mati wae
DARURAT!!! tolong warga RT 03
k3bakaran di gang 4
Kebakarn rumah jl. veteran no. 12 tlg
warga panik, pasar terbkar
sering rusak, sekarang tiang listriknya kebakaran
Tahun lalu banjir bandang. Sekarang ada banjir bandang lagi
tadi pagi ada kecelakaan di lampu merah gamer
tolong kirimkan ambulance
ya allah pasar kebakar kabeh
Pak, rumah Bu Siti habis dilalap api
asap hitam tebal keluar dari rumah kosong
mobil masuk sungai, sopir blm keluar
ada anak jatuh ke sumur
orang kesurupan ngamuk bawa parang
bayi dibuang di tempat sampah masih hidup
listrik nyetrum orang di sawah
maling motor tertangkap dimassa
suami mukulin istri di rumah sebelah
jatuh dari motor kepala berdarah
kapal nelayan terbalik di laut
ada orang nekat mau terjun dari menara
kereta nabrak motor di perlintasan
anak kecil diseret anjing
tolong pemadam ke gang 5 cepat
anakku ilang nang pasar
gudang kapuk geni gede
ana wong mati nang kali
darah banyak sekali keluar dari kepala korban
rem blong truk nyelonong ke rumah warga
mahasiswa ditemukan tak bernyawa di kos
ibu saya jantungnya kumat pak tolong
bapak jatuh dari genteng patah kaki
bayi biru tidak nafas
perampok bersenjata di minimarket
preman memalak dan memukul pedagang
ada yang mau membunuh saya
anak tetangga dikurung dan tidak dikasih makan
rumah warga hanyut terbawa arus
atap rumah terbang kena angin kencang
pohon besar roboh kena orang
mobil terseret kereta
ada org minum racun serangga
tetanggaku nglalu
geger wong gantung
tolong mas ada ular masuk rumah
tiba2 ayah saya jatuh dan tidak bangun
perempuan berteriak minta tolong dari dalam rumah
banjir sudah 2 meter lansia belum dievakuasi
di perempatan kuripan ada motor adu banteng, 2 orang tergeletak
toko plastik dilahap si jago merah
warga mencium bau gas, takut meledak
bapak2 jatuh dari atap masjid tdk bergerak
pak tolong istri saya perutnya sakit hamil 9 bulan air ketuban keluar
ada anak tersangkut di pagar besi kepalanya
orang ngamuk bawa pedang di pasar
lansia hilang sejak kemarin namanya mbah darmi
banjir sudah masuk sepinggang kami di atap
ada perkelahian antar geng pakai samurai
tiang listrik roboh kabelnya nyala api
kulo kerampokan den
pemotor tertabrak kereta api
warga keracunan es kelapa
perempuan di rumah sebelah teriak teriak dipukuli suaminya
kapal tenggelam di muara
saya pengen bunuh diri aja
bocah kejegur sumur
ada ledakan keras di pabrik
bayi ditemukan di kardus masih hidup
sopir truk pingsan di terminal
ana wong kecelakaan ning pantura
pohon tumbang menimpa pengendara
angin puyuh rusak rumah rumah
si mbah sesek ambekane
kakak saya overdosis obat
gudang terbakar habis
jambret!! tas saya dirampas
truk rem blong tabrak warung
orang tua saya serangan jntung
rumah warga rt 5 disambar petir terus terbakar
pak ini ada mobil nyemplung kali loji
anak saya umur 3 tahun ketelan koin susah nafas
ada mayat di bawah jembatan
korban kecelakaan masih tergeletak belum ada ambulan
rampok masuk konter hp pakai pistol
seorang wanita dibegal di jalan seruni
maling motor bonyok dihajar massa
warga kampung kami terisolir banjir butuh evakuasi lansia sakit
dapur warung kobong pak
kompor mbledug
gas melon njeblug
saya dipukul suami terus
cucu saya dicabuli
siswa SMP mau lompat dari lantai 3
ibu melahirkan di jalan
nelayan hilang di laut sudah 2 hari
bapak saya terkena stroke
ada orang kejang kejang di pasar
orang gila membawa pisau mengejar warga
sumur longsor penggali tertimbun
bocah keracunan jajanan
jembatan gantung putus ada orang jatuh
tulungi pak banjire wis sak dada
asap keluar dari gardu pln, ada percikan
tolong pak ada rumah kebakaran di gang 8 landungsari
ayah saya jatuh dari pohon kelapa tidak bisa gerak
ada bus masuk jurang
kakek kesetrum pompa air
tetangga saya dicekik suaminya
anak tenggelam di embung
penumpang angkot dijambret
truk tangki bocor bensin tumpah banyak
mbak saya mau lahiran, bidan tdk ada
ada kebocoran amoniak di pabrik es
wong kejet kejet ning ndalan
gudang mebel murub
seorang remaja minum racun tikus
gerombolan bermotor bawa samurai
tembok roboh menimpa anak
ibu saya digigit ular
ada orang nyebur ke laut blm muncul
atap pasar runtuh
motor sama becak tabrakan
anak hilang di alun alun baju merah
""".strip().splitlines()

OTHERS = """
Jalan berlubang di depan pasar sudah sebulan
wilayah kami rawan kebakaran, mohon dipasang hidran
kapan ada sosialisasi pencegahan kebakaran di kelurahan?
Simulasi kebakaran di sekolah berjalan lancar
mohon jalur evakuasi banjir bandang diperjelas
bantuan pasca banjir belum kami terima
Kecelakaan tahun lalu di jalan ini belum ada tindak lanjut
pelatihan penanggulangan kebakaran untuk ibu PKK
kebakaran pasar tahun 2018 kapan dibangun kembali
tempat itu rawan kecelakaan karena gelap
Daerah rawan longsor belum dipasang rambu
usul pengadaan alat pemadam kebakaran di tiap RT
jangan sampai terjadi kebakaran karena kabel semrawut
supaya tidak ada kecelakaan mohon dipasang polisi tidur
warga khawatir terjadi longsor
takut kebakaran karena kabel semrawut
bisa menyebabkan kecelakaan kalau malam
hampir kecelakaan karena lubang besar
Sering kecelakaan di tikungan ini, mohon cermin cembung
dulu pernah ada begal di jalan ini
lampu jalan mati, rawan begal
banyak begal kalau malam, mohon penerangan
pegawainya langsung kebakaran jenggot waktu ditanya
matahari tenggelam di pantai indah sekali
jalan tenggelam oleh rob tiap sore
tertimpa musibah, mohon bantuan sosial
biaya melahirkan di puskesmas berapa?
apakah cuti melahirkan dijamin perda
syarat akta untuk anak yang lahir di rumah
penjualan batik meledak di pameran
banjir pesanan batik tapi jalan rusak
kami terjebak macet di jalan hayam wuruk
seminar anti kekerasan terhadap perempuan
penyuluhan pencegahan bunuh diri di sekolah
sosialisasi bahaya narkoba dan kekerasan
sampah menumpuk di TPS Medono
Air PDAM mati tiga hari
lampu merah di ponolawen padam
mohon jadwal imunisasi di puskesmas
KTP saya belum jadi sejak bulan lalu
pungutan liar di parkiran pasar
petugas loket tidak ramah
asap pembakaran sampah mengganggu
orang membakar sampah tiap sore
sate bakar di alun-alun enak
dibakar saja sampahnya kata pak RT
Kantor dinas pemadam kebakaran alamatnya di mana?
nomor telepon pemadam kebakaran berapa
saluran tersumbat, kalau hujan banjir setinggi mata kaki
rob masuk rumah setiap pasang
selokan mampet dan bau
pohon di taman terlalu rindang, mohon dipangkas
Pohon tumbang menutup jalan, belum dibersihkan
suara bising dari kafe sampai jam 2
kucing liar banyak di pasar
guru di SD sering terlambat
terima kasih, jalannya sudah diperbaiki
usul dibuatkan taman bermain
bagaimana cara mengurus BPJS
apa syarat PKH
beasiswa kapan cair
saya hanyut dalam suasana konser
pemimpin melahirkan kebijakan baru
harga cabai meledak
jadwal tabrakan dengan acara lain
rambu tanda bahaya hilang
jembatan darurat belum diganti
pintu darurat gedung terkunci
lampu darurat di puskesmas rusak
nomor darurat kota berapa ya
asuransi kecelakaan untuk nelayan bagaimana
santunan kematian belum cair
korban bencana tahun lalu belum dapat bantuan
film perjuangan diputar di alun-alun
tidak ada korban, hanya macet
PPDB zonasi tidak adil
trotoar dipakai PKL
minta data jumlah kebakaran untuk skripsi
cegah kebakaran dengan rawat kabel
kalau ada kebakaran harus lapor ke mana
mati lampu sejak subuh
drainase ambrol di jalan seruni
pagar taman roboh
apakah bansos bulan ini sudah turun
mobil dinas parkir sembarangan
warga resah karena limbah batik
Sungai berwarna hitam dan berbau
motor knalpot brong tiap malam
wifi alun-alun tidak bisa dipakai
tiang reklame miring
mau usul lomba antar kampung
Kasus tahun lalu: penjambretan di jalan Merdeka
jalan gelap rawan penjambretan
pasca longsor belum ada perbaikan talud
titik kumpul bencana tidak ada rambunya
bekas kebakaran belum dibersihkan
asap rokok di angkot
kerja bakti hari minggu
kebersihan pasar kurang
tiang listrik PLN miring hampir roboh
mohon penebangan pohon rawan tumbang
Jalan ini sudah memakan korban
anak saya tidak diterima zonasi
jukir galak memaksa bayar
kucing mati di jalan
tambal ban pinggir jalan bikin macet
speed bump terlalu tinggi bikin motor jatuh
truk galian tanah kotor kemana mana
bau amis pabrik ikan
Lansia belum divaksin
antrean rumah sakit panjang
jadwal pemadaman listrik tidak jelas
bongkar pasang paving tidak rapi
mohon dibuatkan jembatan penyeberangan
lubang menganga di jalan provinsi
banyak pengemis di lampu merah
pelayanan kelurahan lambat
harga beras naik terus
mohon perbaikan jalan rusak di pringrejo
trayek angkot tidak ada lagi
pemotongan dana PIP oleh sekolah
tagihan PDAM naik dua kali lipat
rambu larangan parkir dicabut orang
mau tanya syarat nikah di KUA
pedagang jual makanan kadaluarsa
genangan di depan stasiun tiap hujan
lampu stadion mati sehingga olahraga malam terganggu
minta tong sampah di gang kami
air sungai berwarna merah karena limbah
guru ngaji belum terima insentif
bantuan beras kualitas jelek
antrian di samsat kacau
aspirasi: adakan lomba kicau burung
banyak anak putus sekolah
mohon pasang CCTV di alun-alun
kartu BPJS saya kok tidak aktif
tembok sekolah retak-retak
banyak coretan vandalisme di halte
tukang parkir menembak tarif 5000
pohon mati di taman
orang tua murid keberatan iuran
jembatan penyeberangan kotor
surat kematian ayah saya belum jadi
musik hajatan sampai larut malam
kebakaran tahun kemarin apakah sudah ada bantuan
lubang galian kabel tidak ditutup
selokan penuh ular katanya
penutupan jalan tanpa pemberitahuan
kenapa jalan sudirman ditutup
tolong aspal jalan kampung kami
masih banyak jentik nyamuk
kegiatan posyandu bagus
mohon sumur bor
kalo bisa taman dikasih lampu
petugas tidak sopan
lampu sein bus kota mati
drainase tidak jalan
trotoar tidak ramah difabel
tempat sampah pilah kurang
rumah tidak layak huni belum dapat bantuan
sungai meluap tiap hujan deras
suara petasan mengganggu
tetangga bakar sampah plastik
warung remang remang meresahkan
pembangunan drainase mangkrak
jam layanan dukcapil tidak sesuai
harga gas melon naik
polisi tidur kurang tinggi
terminal sepi
jalan licin karena tumpahan solar
ganti lampu hias
orang tua tunggal butuh bantuan
uang parkir tidak jelas
""".strip().splitlines()


@pytest.mark.parametrize("sentence", EMERGENCIES)
def test_no_emergency_of_the_table_is_missed(sentence: str) -> None:
    assert emergency(sentence)


def test_under_a_tenth_of_the_others_are_false_alarms() -> None:
    assert len(EMERGENCIES) + len(OTHERS) >= 120
    wrong = [s for s in OTHERS if emergency(s)]
    assert len(wrong) < len(OTHERS) / 10, wrong


def test_reasons_quote_words_and_say_why_in_both_languages() -> None:
    text = "Halo. Elpiji 3 kg bocor di rumah 08123456789 kami"
    (reason,) = emergency(text)
    assert reason.word == "Elpiji bocor"
    assert text[reason.start : reason.end] == "Elpiji 3 kg bocor"
    assert "ledakan atau gas bocor" in reason.indonesian
    assert "explosion or gas leak" in reason.english


def test_each_word_is_told_once_and_the_longer_term_wins() -> None:
    assert [r.word for r in emergency("terjebak banjir, banjir bandang, kebakaran")] == [
        "terjebak banjir",
        "banjir bandang",
        "kebakaran",
    ]


def test_one_sentence_excuses_no_other() -> None:
    assert [r.word for r in emergency("Ikut simulasi kebakaran. Lalu ada orang pingsan.")] == ["pingsan"]


@pytest.mark.parametrize("other", ["meledek", "taburan bunga", "menimpali", "bandingan", "gandengan tangan"])
def test_words_one_letter_away_are_no_emergency(other: str) -> None:
    assert emergency(other) == ()


@given(st.text() | st.lists(st.sampled_from(EMERGENCIES + OTHERS)).map(" ".join))
def test_any_text_gives_reasons_that_lie_within_it(text: str) -> None:
    for reason in emergency(text):
        assert 0 <= reason.start < reason.end <= len(text)
        assert reason.word
        assert text[reason.start : reason.end].startswith(reason.word.split()[0])


@pytest.mark.parametrize("hostile", ["kebakaran " * 100_000, "a" * 1_000_000, "gas " * 250_000, "." * 1_000_000])
def test_only_the_first_characters_of_a_very_long_text_are_read(hostile: str) -> None:
    assert all(t.end <= TEXT_LENGTH for t in tokens(hostile))
    assert all(r.end <= TEXT_LENGTH for r in emergency(hostile))
