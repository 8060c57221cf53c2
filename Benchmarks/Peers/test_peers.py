"""The rules by which answers are scored: `python3 -m unittest discover Benchmarks/Peers`. Needs no peer."""

import tempfile
import unittest
from pathlib import Path

import bench
import copies
import key
import likeness
import tempo
from role_labels import Labelled
from table import Section, Table


class TempoScores(unittest.TestCase):
    def test_acc1_lets_4_percent_pass_and_no_more(self) -> None:
        self.assertEqual(tempo.scores([(100, 104), (100, 96), (100, 104.1), (100, None)])[0], "50.0")

    def test_acc2_lets_the_octave_and_the_third_pass_but_not_two_thirds(self) -> None:
        pairs = [(120, 60), (120, 240), (120, 40), (120, 360), (120, 80)]
        self.assertEqual(tempo.scores(pairs)[:2], ["0.0", "80.0"])

    def test_no_answer_is_counted_and_wrong(self) -> None:
        self.assertEqual(tempo.scores([(120, None), (120, 120.5)]), ["50.0", "50.0", "50.0", "50.0"])


class KeyScores(unittest.TestCase):
    def test_mirex_scores_near_misses(self) -> None:
        said = {"C major": 1, "G major": 0.5, "A minor": 0.3, "C minor": 0.2, "F major": 0, "E minor": 0}
        for text, score in said.items():
            self.assertEqual(key.mirex(key.parse("C major"), key.parse(text)), score, text)
        self.assertEqual(key.mirex(key.parse("A minor"), key.parse("C major")), 0.3)
        self.assertEqual(key.mirex(key.parse("A minor"), None), 0)

    def test_sharps_and_flats_name_the_same_key(self) -> None:
        self.assertEqual(key.parse("Eb minor"), key.parse("D# minor"))
        self.assertIsNone(key.parse("none"))

    def test_keys_that_are_missed_and_invented_are_counted_apart(self) -> None:
        clips = [key.Clip(Path("a"), (0, "major"), "songs"), key.Clip(Path("b"), None, "drums")]
        scores = key.scores([(clips[0], None), (clips[1], (0, "major"))], ["songs"])
        self.assertEqual(scores, ["0.0", "0.0", "0.0", "100.0", "100.0"])


class LikenessScores(unittest.TestCase):
    def test_what_is_too_short_to_cut_has_no_such_copy(self) -> None:
        sounds = [copies.Sound(Path("a"), "kit", seconds, 44_100, False) for seconds in (0.1, 0.2)]
        self.assertEqual([copies.change(sound, "first 100 ms cut off") is None for sound in sounds], [True, False])

    def test_another_rate_is_another_one(self) -> None:
        for rate, other in ((44_100, "48000"), (48_000, "44100"), (96_000, "44100")):
            sound = copies.Sound(Path("a"), "kit", 1, rate, False)
            self.assertIn(other, copies.change(sound, "another sample rate")[1])

    def test_sounds_of_the_query_s_kit_do_not_count(self) -> None:
        hits = [Labelled(Path(name), kit, "kick") for name, kit in (("a", "1"), ("b", "1"), ("c", "2"), ("d", "3"))]
        vectors = {"a": [0, 0], "b": [0, 0], "c": [5, 0], "d": [0, 9]}
        self.assertEqual(likeness.nearest(hits[0], hits, vectors, [1, 1]), [Path("c"), Path("d")])
        self.assertEqual(likeness.nearest(hits[0], hits, vectors, [1, 10]), [Path("d"), Path("c")])


class Page(unittest.TestCase):
    def test_only_what_stands_between_the_marks_is_replaced(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "page.md"
            page.write_text("before\n<!-- tempo -->\nold\n<!-- /tempo -->\nafter\n")
            bench.put(Section("tempo", "Tempo", [Table(["a"], [["1"]])]), "today.", page)
            self.assertEqual(
                page.read_text(), "before\n<!-- tempo -->\n| a |\n| --- |\n| 1 |\n\ntoday.\n<!-- /tempo -->\nafter\n")


if __name__ == "__main__":
    unittest.main()
