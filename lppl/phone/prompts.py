"""What is said to a caller: the words, and their sound, spoken once by espeak-ng and kept as files.

The sound is raw: 8 kHz, mono, signed 16 bit little-endian, whole frames of 20 ms. The code of a report is put together
from the sounds of its signs, so that nothing has to be made, and nothing can fail, while somebody is on the line.
"""

import array
import asyncio
import hashlib
import math
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from lppl import durable, process
from lppl.demo.making import QUIET, VOICE, Tools, speak
from lppl.errors import LpplError
from lppl.phone.audiosocket import BYTES_PER_S, FRAME_BYTES, RATE_HZ
from lppl.phone.hearing import level_dbfs
from lppl.phone.menu import Prompt

log = structlog.get_logger(__name__)

WORDS: Mapping[Prompt, str] = {
    Prompt.NOTICE: (
        "Selamat datang di layanan pengaduan warga. Percakapan ini direkam untuk menangani laporan Anda. "
        "Data pribadi Anda dilindungi, dan hanya dibuka kepada petugas yang menangani laporan ini."
    ),
    Prompt.MENU: (
        "Tekan satu untuk pengaduan. Tekan dua untuk aspirasi. Tekan tiga untuk permintaan informasi. "
        "Untuk keadaan darurat, tutup telepon ini dan hubungi satu satu dua. "
        "Tekan sembilan bila ini keadaan darurat."
    ),
    Prompt.EMERGENCY: (
        "Segera hubungi satu satu dua. Kami ulangi, segera hubungi satu satu dua. Petugas kami sedang diberi tahu. "
        "Bila Anda tidak dapat menghubungi satu satu dua, tetaplah di telepon ini. Percakapan ini direkam."
    ),
    Prompt.SPEAK: (
        "Silakan bicara setelah nada. Sebutkan nama Anda, tempat kejadian, dan laporan Anda. Tekan pagar bila selesai."
    ),
    Prompt.DISTURBED: "Maaf, rekaman sedang terganggu. Mohon hubungi kami dengan cara lain.",
    Prompt.CODE: "Terima kasih. Laporan Anda diterima dengan kode:",
    Prompt.LATER: (
        "Terima kasih. Rekaman Anda sudah tersimpan dan akan kami tangani. "
        "Maaf, kode laporan belum dapat diberikan saat ini."
    ),
    Prompt.NOT_TAKEN: "Maaf, laporan Anda belum dapat kami terima. Mohon hubungi kami dengan cara lain.",
}
AGAIN = "Kami ulangi:"
FAREWELL = "Simpanlah kode ini untuk menanyakan laporan Anda. Terima kasih."
SIGNS: Mapping[str, str] = {
    "0": "nol", "1": "satu", "2": "dua", "3": "tiga", "4": "empat", "5": "lima", "6": "enam", "7": "tujuh",
    "8": "delapan", "9": "sembilan", "A": "a", "B": "be", "C": "ce", "D": "de", "E": "e", "F": "ef", "G": "ge",
    "H": "ha", "I": "i", "J": "je", "K": "ka", "L": "el", "M": "em", "N": "en", "O": "o", "P": "pe", "Q": "ki",
    "R": "er", "S": "es", "T": "te", "U": "u", "V": "fe", "W": "we", "X": "eks", "Y": "ye", "Z": "zet",
}  # fmt: skip
"""How the signs of a code are called in Indonesian."""

LOUDNESS_DBFS = -20.0
"""Speech of this level is loud and clear on any phone."""
PEAK = 0.9
TONE_HZ, TONE_S = 1000, 0.4
SIGN_GAP_S, GROUP_GAP_S = 0.06, 0.4
END_S = 0.3
"""Quiet after each prompt, so that its last word has left the exchange when the call goes on or ends."""
MADE = 1
"""To be raised when the way from words to sound changes, so that kept sounds are made anew."""


def tone(hz: float, seconds: float, dbfs: float = LOUDNESS_DBFS) -> bytes:
    """Return a sine whose RMS level is `dbfs`, with 10 ms of fade at both ends; whole frames."""
    count = round(seconds * RATE_HZ)
    top = 32768 * 10 ** (dbfs / 20) * math.sqrt(2)
    fade = RATE_HZ // 100
    return _pcm(
        top * min(1.0, i / fade, (count - 1 - i) / fade) * math.sin(2 * math.pi * hz * i / RATE_HZ)
        for i in range(count)
    )  # fmt: skip


def quiet(seconds: float) -> bytes:
    """Return silence; whole frames."""
    return bytes(round(seconds * BYTES_PER_S / FRAME_BYTES) * FRAME_BYTES)


def levelled(pcm: bytes, dbfs: float = LOUDNESS_DBFS) -> bytes:
    """Return `pcm` at an RMS level of `dbfs`, or as near to it as no sample is cut; whole frames."""
    samples = array.array("h")
    samples.frombytes(pcm[: len(pcm) & ~1])
    if sys.byteorder == "big":
        samples.byteswap()
    top = max((abs(sample) for sample in samples), default=0)
    if not top:
        return _pcm(samples)
    gain = min(10 ** ((dbfs - level_dbfs(pcm, 1)) / 20), PEAK * 32767 / top)
    return _pcm(sample * gain for sample in samples)


def _pcm(values: Iterable[float]) -> bytes:
    samples = array.array("h", (round(value) for value in values))
    if sys.byteorder == "big":
        samples.byteswap()
    raw = samples.tobytes()
    return raw + bytes(-len(raw) % FRAME_BYTES)


@dataclass(frozen=True, slots=True)
class Prompts:
    """The sounds: of each prompt, of each sign of a code, and what surrounds a code. Raw, whole frames of 20 ms."""

    sounds: Mapping[Prompt, bytes]
    signs: Mapping[str, bytes]
    again: bytes = b""
    farewell: bytes = b""

    def sound(self, prompt: Prompt, code: str = "") -> bytes:
        """Return what is played for `prompt`; a `code` is spelled after it, twice."""
        if not code:
            return self.sounds[prompt]
        spelled = self.spelled(code)
        return self.sounds[prompt] + spelled + self.again + spelled + self.farewell

    def spelled(self, code: str) -> bytes:
        """Return `code` sign by sign, with a longer rest where it has a dash."""
        said = b""
        for sign in code.upper():
            said += self.signs[sign] + quiet(SIGN_GAP_S) if sign in self.signs else quiet(GROUP_GAP_S)
        return said


def substitutes() -> Prompts:
    """Return tones in place of all words, for a computer that cannot speak: one at each prompt and each sign."""
    note = tone(425, 0.5) + quiet(END_S)
    sounds = dict.fromkeys(WORDS, note) | {Prompt.SPEAK: note + tone(TONE_HZ, TONE_S)}
    return Prompts(sounds, dict.fromkeys(SIGNS, tone(425, 0.1)))


async def ready(folder: Path, tools: Tools | None = None) -> Prompts:
    """Return all sounds, those kept in `folder` or made now; tones, and a warning, where they cannot be made.

    The first time takes seconds: to be done before the line is opened. Raises nothing that an operator could not do
    without: a full disk only means that they are made anew at the next start.
    """
    tools = tools or Tools.find()
    if tools.espeak is None:
        log.warning("phone.prompts", told="espeak-ng tidak ada: penelepon hanya mendengar nada / no espeak-ng: tones")
        return substitutes()
    try:
        sounds = {prompt: await _spoken(folder, words, tools) + quiet(END_S) for prompt, words in WORDS.items()}
        signs = {sign: await _spoken(folder, name, tools) for sign, name in SIGNS.items()}
        again, farewell = await _spoken(folder, AGAIN, tools), await _spoken(folder, FAREWELL, tools)
    except (LpplError, OSError) as error:
        log.warning("phone.prompts", told="ucapan tidak dapat dibuat: nada / no speech: tones", error=str(error))
        return substitutes()
    sounds[Prompt.SPEAK] += tone(TONE_HZ, TONE_S)
    return Prompts(sounds, signs, again, farewell + quiet(END_S))


async def _spoken(folder: Path, words: str, tools: Tools) -> bytes:
    """Return `words` as sound, from its file or made now. Raises ProcessFailed, TimeoutError, OSError."""
    name = hashlib.sha256(repr((MADE, VOICE, words)).encode()).hexdigest()[:32]
    path = folder / f"{name}.s16"
    kept = await asyncio.to_thread(_kept, path)
    if kept:
        return kept
    with tempfile.TemporaryDirectory(prefix=".lppl-phone-") as bench:
        wav = Path(bench) / "said.wav"
        await speak(tools, words, wav)
        # below 200 Hz a phone carries nothing, and a small loudspeaker rattles
        shape = ["-af", "highpass=f=200", "-ar", str(RATE_HZ), "-ac", "1", "-f", "s16le", "-"]
        raw = await process.run([tools.ffmpeg, *QUIET, "-i", str(wav), *shape], idle=True, timeout=60)
    sound = await asyncio.to_thread(levelled, raw)
    try:
        await asyncio.to_thread(durable.write_file, path, sound)
    except OSError as error:
        log.warning("phone.prompts", told="ucapan tidak tersimpan / the sound is not kept", error=str(error))
    return sound


def _kept(path: Path) -> bytes:
    """Return the sound of a file; nothing when it is not there, not whole, or cannot be read."""
    try:
        sound = path.read_bytes()
    except OSError:
        return b""
    return sound if len(sound) % FRAME_BYTES == 0 else b""
