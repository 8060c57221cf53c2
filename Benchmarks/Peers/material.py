"""Makes the files that speed and memory are measured on; all are made up, so anybody can make the same.

    python material.py FOLDER BENCHMARKS_PROGRAM

song30.wav and song180.wav come from the benchmarks program, song180.mp3 is the second at 160 kbit/s, second.wav is a
one-shot of one second, one-shots/ holds 1,000 drum hits and plucked notes of 0.1 to 1.5 s.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile

RATE = 44_100


def songs(folder: Path, benchmarks: str) -> None:
    for seconds in (30, 180):
        subprocess.run([benchmarks, "song", str(seconds), str(folder / f"song{seconds}.wav")], check=True)
    samples, rate = soundfile.read(folder / "song180.wav", dtype="float32")
    # Half of the scale is 160 kbit/s in libsndfile's terms.
    soundfile.write(
        folder / "song180.mp3", samples, rate, format="MP3", bitrate_mode="CONSTANT", compression_level=0.5)


def one_shots(folder: Path, count: int) -> None:
    folder.mkdir()
    random = np.random.default_rng(1)
    for index in range(count):
        seconds = float(random.uniform(0.1, 1.5))
        soundfile.write(folder / f"{index:04d}.wav", one_shot(random, index % 4, seconds), RATE, "PCM_16")


def one_shot(random: np.random.Generator, kind: int, seconds: float) -> np.ndarray:
    """Kick, snare, hat or plucked note, in turn."""
    time = np.arange(int(seconds * RATE)) / RATE
    noise = random.standard_normal(time.size)
    pitch = 440 * 2 ** (random.integers(-24, 25) / 12)
    harmonics = np.arange(1, 9)[:, None]
    sounds = [
        lambda: np.sin(2 * np.pi * (50 * time - 3 * np.exp(-25 * time))) * np.exp(-8 * time),
        lambda: 0.5 * noise * np.exp(-20 * time) + 0.5 * np.sin(2 * np.pi * 190 * time) * np.exp(-25 * time),
        lambda: 0.4 * np.diff(noise, prepend=0) * np.exp(-40 * time),
        lambda: (np.sin(2 * np.pi * pitch * harmonics * time) / harmonics**2).sum(0) * np.exp(-4 * time),
    ]
    sound = sounds[kind]()
    return 0.8 * sound / np.abs(sound).max()


def make(folder: Path, benchmarks: str) -> None:
    songs(folder, benchmarks)
    one_shots(folder / "one-shots", 1_000)
    soundfile.write(folder / "second.wav", one_shot(np.random.default_rng(2), 3, 1.0), RATE, "PCM_16")


if __name__ == "__main__":
    make(Path(sys.argv[1]), sys.argv[2])
