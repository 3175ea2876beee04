"""The schedule files of the demo station, as a station's own staff could write them."""

TV = """\
# Pola acara {tv} (contoh). Ubah dengan penyunting teks apa pun; berlaku segera setelah disimpan.
# Weekly schedule of {tv} (sample). Edit with any text editor; it takes effect once saved.

filler = ["folder:filler/tv"]

# Tepat setiap jam: jam studio. / Exactly on every hour: the studio clock.
[[at]]
programme = "Jam {tv}"
every = "jam"
item = "tv/jam/jam-{{hh}}.mp4"
hard = true

[[block]]
programme = "Semesta Malam"
start = "00.00"
end = "04.30"
rotation = ["tv/suasana", "tv/info"]

[[block]]
programme = "Selamat Pagi {place}"
start = "04.30"
end = "09.00"
rotation = ["tv/info", "tv/berita", "tv/bumper"]

[[block]]
programme = "Ruang Warga"
start = "09.00"
end = "12.00"
rotation = ["tv/info", "tv/warga", "tv/suasana"]

[[block]]
programme = "Kabar Siang"
days = ["senin-jumat"]
start = "12.00"
end = "13.00"
hard = true
rotation = ["tv/berita", "tv/info"]

[[block]]
programme = "Akhir Pekan"
days = ["sabtu", "minggu"]
start = "12.00"
end = "13.00"
rotation = ["tv/warga", "tv/suasana"]

[[block]]
programme = "Jelajah {place}"
start = "13.00"
end = "17.00"
rotation = ["tv/warga", "tv/suasana", "tv/info", "tv/uji"]

[[block]]
programme = "Kabar Kota"
start = "17.00"
end = "18.00"
hard = true
rotation = ["tv/berita", "tv/info"]

[[block]]
programme = "Layar Keluarga"
start = "18.00"
end = "22.00"
rotation = ["tv/berita", "tv/info", "tv/warga", "tv/suasana", "tv/bumper"]

[[block]]
programme = "Gamelan Malam"
start = "22.00"
end = "24.00"
rotation = ["tv/suasana", "tv/bumper"]
"""

RADIO = """\
# Pola acara {radio} (contoh). / Weekly schedule of {radio} (sample).

filler = ["folder:filler/radio"]

# Tepat setiap jam: penanda waktu. / Exactly on every hour: the time signal.
[[at]]
programme = "Penanda Waktu"
every = "jam"
item = "radio/jam/jam-{{hh}}.mp3"
hard = true

[[block]]
programme = "Tembang Malam"
start = "00.00"
end = "05.00"
rotation = ["radio/musik"]

[[block]]
programme = "Selamat Pagi {place}"
start = "05.00"
end = "09.00"
rotation = ["radio/musik", "radio/info", "radio/jingle"]

[[block]]
programme = "Musik dan Info Warga"
start = "09.00"
end = "15.00"
rotation = ["radio/musik", "radio/info", "radio/jingle"]

[[block]]
programme = "Sore Santai"
start = "15.00"
end = "19.00"
rotation = ["radio/musik", "radio/jingle"]

[[block]]
programme = "Gamelan Malam"
start = "19.00"
end = "24.00"
rotation = ["radio/musik", "radio/info"]
"""


def texts(tv: str, radio: str, place: str) -> dict[str, str]:
    """Return the schedule files by name, with the station's own words in them."""
    words = {
        key: value.replace("\\", "").replace('"', "'")
        for key, value in (("tv", tv), ("radio", radio), ("place", place))
    }
    return {"tv.toml": TV.format(**words), "radio.toml": RADIO.format(**words)}
