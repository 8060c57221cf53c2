"""Sounds on this machine, and copies of them that were changed in known ways."""

import random
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from answers import ask_waxwing
from role_labels import HYDROGEN, LMMS, SONIC_PI

SET_ON_KITS = {
    # GMRockKit has the recordings of The Black Pearl.
    "Audiophob", "ColomboAcousticDrumkit", "ForzeeStereo", "HardElectro1", "Millo_MultiLayered2", "The Black Pearl 1.0",
    "GMRockKit", "circAfrique v4"}
"""Drum kits that weights and thresholds of likeness were set on, besides all of lmms and sonic-pi."""

KINDS = {"wav", "aiff", "flac", "ogg"}
SEED = 5
Item = TypeVar("Item")


@dataclass(frozen=True)
class Sound:
    file: Path
    kit: str
    seconds: float
    rate: int
    is_loop: bool

    @property
    def is_unseen(self) -> bool:
        return self.kit not in SET_ON_KITS | {"lmms", "sonic-pi"}


def all_sounds() -> list[Sound]:
    """Those of hydrogen, lmms and sonic-pi, but for silence."""
    kits = {HYDROGEN: None, LMMS: "lmms", SONIC_PI: "sonic-pi"}
    files = {
        file: kit or file.relative_to(HYDROGEN).parts[0]
        for folder, kit in kits.items() for file in sorted(folder.rglob("*"))
        # Some of lmms's are Vorbis in WAV, which nobody but libsndfile reads.
        if file.suffix[1:] in KINDS and file.read_bytes()[:4] != (b"RIFF" if file.suffix == ".ogg" else b"")}
    records = ask_waxwing(list(files))
    return [
        Sound(file, kit, record["duration"], record["sample_rate"], record["kind"] == "loop")
        for file, kit in files.items() if (record := records[str(file)])["sample_peak_dbfs"] is not None]


def sample(items: list[Item], count: int) -> list[Item]:
    """The same ones at every run."""
    return random.Random(SEED).sample(items, min(count, len(items)))


CHANGES = [
    "+6 dB", "−6 dB", "MP3 128 kbit/s", "Opus 96 kbit/s", "another sample rate", "100 ms of silence before it",
    "fade-out over 50 ms", "silence, −6 dB, fade-out and MP3", "fade-in over 50 ms", "first 100 ms cut off"]


def change(sound: Sound, name: str) -> tuple[str, list[str]] | None:
    """Ending of the copy and ffmpeg's options; nothing where too little would be left."""
    fade_out = f"afade=t=out:st={max(0, sound.seconds - 0.05)}:d=0.05"
    filters = {
        "+6 dB": "volume=6dB", "−6 dB": "volume=-6dB", "100 ms of silence before it": "adelay=100:all=1",
        "fade-out over 50 ms": fade_out, "fade-in over 50 ms": "afade=t=in:d=0.05",
        "first 100 ms cut off": "atrim=start=0.1,asetpts=PTS-STARTPTS",
        "silence, −6 dB, fade-out and MP3": f"{fade_out},adelay=100:all=1,volume=-6dB"}
    if sound.seconds < 0.15 and ("fade" in name or "cut" in name):
        return None
    if "MP3" in name:
        return "mp3", [*(["-af", filters[name]] if name in filters else []), "-b:a", "128k"]
    if "Opus" in name:
        return "opus", ["-ar", "48000", "-c:a", "libopus", "-b:a", "96k"]
    # In floats nothing clips.
    shape = ["-af", filters[name]] if name in filters else ["-ar", "48000" if sound.rate == 44_100 else "44100"]
    return "wav", [*shape, "-c:a", "pcm_f32le"]


def make_copies(sounds: list[Sound], folder: Path) -> dict[str, dict[Path, Sound]]:
    """Copies in files, and what they are copies of, by the name of the change."""
    copies: dict[str, dict[Path, Sound]] = {name: {} for name in CHANGES}
    for number, sound in enumerate(sounds):
        command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-threads", "1", "-i", str(sound.file)]
        for place, name in enumerate(CHANGES):
            if made := change(sound, name):
                file = folder / f"{number}-{place}.{made[0]}"
                copies[name][file] = sound
                command += ["-map", "0:a", *made[1], str(file)]
        subprocess.run(command, check=True)
    return copies
