"""What labelled sounds on this machine are, read off the names that their makers gave them.

Names that do not say it, or say two things, are left out.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

HYDROGEN = Path("/usr/share/hydrogen/data/drumkits")
LMMS = Path("/usr/share/lmms/samples")
SONIC_PI = Path("/usr/share/sonic-pi/samples")
KLETTRES = Path("/usr/share/klettres")

FITTED = {
    # GMRockKit has the recordings of The Black Pearl.
    "The Black Pearl 1.0", "GMRockKit", "ElectricEmpireKit", "Millo_MultiLayered2", "Gimme A Hand 1.0", "HardElectro1", "VariBreaks",
    "sonic-pi", "klettres/fr", "klettres/cs", "klettres/ml"}
"""Kits that the thresholds of the rules were set on; the others are unseen."""

CALIBRATED = {
    "BJA_Pacific", "ForzeeStereo", "Millo-Drums_v.1", "rumpf_kit_z01_h2", "lmms",
    *(f"klettres/{language}" for language in ("ar", "de", "en_GB", "he", "it", "nb", "nl", "ru", "uk"))}
"""Of the unseen ones, those that the confidence was fitted on."""

DRUM_NAMES = [
    # The order matters: "pedal hat" before "hat", "snare drum" before "drum".
    (r"semi|swish|choke|half|roll|flam|brush|free$|side o?hh|phaser", None),
    (r"clap", "clap"),
    (r"cow ?bell|conga|bongo|clave|wood|tamb|shaker|maraca|cabasa|guiro|agogo|triangle|djembe|cajon|snap|"
     r"tabla|click|side ?stick|rim ?click|stick|waterglass|kenkeni|dununba|sangban|timbale", "percussion"),
    (r"hi-?hat.*(open)|(open|opened).*(hat|hh)|hat.?op|\bohh|ohh_|hh ?open|open ?hat|hat [0-9] op|hihat_open", "open-hat"),
    (r"hi-?hat.*(closed|pedal|foot)|(closed?|pedal|foot).*(hat|hh)|hat.?(cl|foot|pedal)|\bchh|closehihat|hh ?(closed|pedal)|"
     r"hat [0-9] (cl|pd)|hihatfoot", "closed-hat"),
    (r"kick|bass ?drum|\bbd", "kick"),
    (r"snare|\bsn\b", "snare"),
    (r"\btom", "tom"),
    (r"crash|ride|splash|china|cymbal", "cymbal"),
]

LMMS_NAMES = [
    ("drums/(kick|bassdrum)", "kick"), ("drums/(snare|nasty_snare)", "snare"), ("drums/clap", "clap"),
    ("drums/hihat_(closed|foot)", "closed-hat"), ("drums/hihat_opened", "open-hat"), ("drums/tom", "tom"),
    ("drums/(crash|ride)", "cymbal"), ("drums/(shaker|rim|sidestick|wood|clav)", "percussion"),
    ("basses/(bass|rave_bass)", "bass"), ("instruments/bassslap", "bass"), ("bassloops/.*bass", "bass"),
    ("instruments/", "melodic"), ("latin/", "melodic"), ("stringsnpads/.*(strings|pad)", "melodic"),
    ("effects/(explode|filter_sweep|scratch|warp|start|stop)", "fx"), ("misc/(applause|raving_crowd)", "fx"),
    ("beats/(909beat|break|electro_beat|house_loop|jungle)", "drums"),
]

SONIC_PI_NAMES = [
    ("bd_", "kick"), ("drum_(bass|heavy_kick)", "kick"), ("elec_(hollow|soft)_kick", "kick"),
    ("drum_snare", "snare"), ("sn_", "snare"), ("elec_(hi_|lo_|mid_|filt_)?snare", "snare"),
    ("drum_cymbal_(closed|pedal)", "closed-hat"), ("drum_cymbal_open", "open-hat"),
    ("drum_(cymbal|splash)_(hard|soft)|elec_cymbal", "cymbal"), ("drum_tom|elec_fuzz_tom", "tom"),
    ("drum_cowbell|tabla_|perc_(bell|snap)|elec_(wood|triangle)", "percussion"), ("bass_(?!hit|drop)", "bass"),
    ("guit_|ambi_(piano|glass_rub|glass_hum)|elec_(bell|chime|ping|beep)", "melodic"),
    ("perc_(swash|swoosh)|vinyl_|ambi_(dark_woosh|swoosh|lunar_land)|misc_cineboom", "fx"),
    ("loop_(amen|breakbeat|industrial|tabla|perc|mehackit|safari)", "drums"),
]


@dataclass(frozen=True)
class Labelled:
    file: Path
    kit: str
    role: str

    @property
    def is_fitted(self) -> bool:
        return self.kit in FITTED

    @property
    def is_unseen(self) -> bool:
        """Neither thresholds nor confidence were fitted on it."""
        return self.kit not in FITTED | CALIBRATED


def all_labels() -> list[Labelled]:
    """Those that are on this machine, each recording once: some kits share theirs."""
    found = [*_hydrogen(), *_named(LMMS, "lmms", LMMS_NAMES), *_named(SONIC_PI, "sonic-pi", SONIC_PI_NAMES), *_voices()]
    # What is in a fitted kit too is not unseen: the last one of a recording stays.
    found.sort(key=lambda label: label.is_fitted)
    return list({hashlib.sha256(label.file.read_bytes()).digest(): label for label in found}.values())


def _hydrogen() -> Iterator[Labelled]:
    for description in sorted(HYDROGEN.glob("*/drumkit.xml")):
        kit = description.parent
        for name, files in _instruments(description):
            for file in files:
                # What the instrument is called; a number or a nameless pad says nothing, its file may.
                role = drum_role(name) if re.search("[a-z]{3}|hh", name, re.I) else drum_role(Path(file).stem)
                if kit.name == "belofilms_GuitarStrums":
                    role = "melodic"
                if role and (kit / file).exists() and "empty" not in file:
                    yield Labelled(kit / file, kit.name, role)


def _instruments(description: Path) -> Iterator[tuple[str, list[str]]]:
    # Some kits write a namespace, some none.
    root = ElementTree.fromstring(re.sub(r'\sxmlns(:\w+)?="[^"]*"|xsi:\w+="[^"]*"', "", description.read_text("utf-8", "replace")))
    for instrument in root.iter("instrument"):
        yield instrument.findtext("name") or "", [node.text or "" for node in instrument.iter("filename")]


def drum_role(name: str) -> str | None:
    # What is in brackets names the maker of the drum.
    words = re.sub(r"\(.*?\)", "", name.lower().replace("_", " ")).strip()
    return next((role for pattern, role in DRUM_NAMES if re.search(pattern, words)), None)


def _named(folder: Path, kit: str, names: list[tuple[str, str]]) -> Iterator[Labelled]:
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder).as_posix()
        role = next((role for pattern, role in names if re.match(pattern, relative)), None)
        # Some of lmms's are Vorbis in WAV, which nobody but libsndfile reads.
        if file.is_file() and role and file.read_bytes()[:4] != (b"RIFF" if file.suffix == ".ogg" else b""):
            yield Labelled(file, kit, role)


def _voices() -> Iterator[Labelled]:
    """Spoken syllables and letters, the first forty of each language."""
    for language in sorted(KLETTRES.glob("*")):
        files = [*sorted(language.glob("syllab/*.ogg"))[:30], *sorted(language.glob("alpha/*.ogg"))[:10]]
        yield from (Labelled(file, f"klettres/{language.name}", "vocal") for file in files)
