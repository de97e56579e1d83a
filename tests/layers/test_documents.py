# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The documents keep their promises as far as a program can tell: links lead somewhere, folders and files that are named
# exist, docs/rfc.md knows every RFC section that a test is tagged with, and each promise of docs/security.md has its tests.
import re
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s:]+)(?:#([^)\s]+))?\)")
NAMED = re.compile(r"`((?:src|include|config|tests|packaging|docs|cmake)/[\w./*-]*)")
TAG = re.compile(r"\[rfc(\d+)(?:-([\w.]+))?\]")
TEST_CASE = re.compile(r"TEST_CASE\(((?:\s*\"(?:[^\"\\]|\\.)*\")+)")


def anchors(text):
    """What headings can be linked to by, as the usual forges write it."""
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^#+ (.*)$", text, re.M)}


def places(document):
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
        yield f"{document.relative_to(ROOT)}:{number}", line


def test_names():
    """Of every test that a document may name: scenarios, fuzz programs, tests of this folder, "test cases"."""
    names = {path.parent.name for path in (ROOT / "tests/system").glob("*/scenario.py")}
    names |= {path.stem for path in (ROOT / "tests/fuzz").glob("fuzz_*.cpp")}
    layers = (ROOT / "tests/layers/CMakeLists.txt").read_text(encoding="utf-8")
    names |= {f"layers_{name}" for name in re.findall(r"beffroi_layer_test\((\w+) ", layers)}
    names |= {f"layers_unit_{path.stem}" for path in (ROOT / "packaging/systemd").glob("*.service")}
    for path in (ROOT / "tests").rglob("test_*.cpp"):
        for words in TEST_CASE.findall(path.read_text(encoding="utf-8")):
            names.add('"' + "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', words)) + '"')
    return names


class Documents(unittest.TestCase):
    def test_links_lead_somewhere(self):
        for document in DOCUMENTS:
            for place, line in places(document):
                for target, anchor in LINK.findall(line):
                    path = document.parent / target
                    self.assertTrue(path.exists(), f"{place}: there is no {target}")
                    if anchor:
                        self.assertIn(anchor, anchors(path.read_text(encoding="utf-8")), place)

    def test_what_is_named_exists(self):
        for document in DOCUMENTS:
            for place, line in places(document):
                for name in [each for each in NAMED.findall(line) if "N" not in each]:  # NAME, NNNN: of one's choice
                    self.assertTrue(list(ROOT.glob(name.rstrip("./"))), f"{place}: there is no {name}")

    def test_each_rfc_section_that_a_test_is_tagged_with_is_in_the_table(self):
        """A section is there if it stands there itself, or one that holds it: 17.2 holds 17.2.1."""
        told = set(re.findall(r"`\[(rfc\d+(?:-[\w.]+)?)\]`", (ROOT / "docs/rfc.md").read_text(encoding="utf-8")))
        for path in sorted((ROOT / "tests").rglob("*.cpp")):
            for number, section in TAG.findall(path.read_text(encoding="utf-8")):
                parts = section.split(".") if section else []
                holders = {f"rfc{number}", *(f"rfc{number}-{'.'.join(parts[:n])}" for n in range(1, len(parts) + 1))}
                wanted = holders - {f"rfc{number}"} if number == "3261" else holders
                self.assertTrue(told & wanted, f"{path.relative_to(ROOT)} is tagged rfc{number} {section}: not in docs/rfc.md")

    def test_scenarios_that_are_named_exist(self):
        for line in (ROOT / "docs/rfc.md").read_text(encoding="utf-8").splitlines():
            shown_by = line.rstrip(" |").rpartition("|")[2]
            for name in re.findall(r"`([a-z_]+)`", shown_by if line.startswith("| ") else ""):
                self.assertTrue((ROOT / "tests/system" / name / "scenario.py").exists(), f"there is no scenario {name}")

    def test_each_promise_is_shown_by_tests_that_exist(self):
        known, promises, table = test_names(), 0, False
        for place, line in places(ROOT / "docs/security.md"):
            table = line.startswith("|") and (table or line.startswith("| promise "))
            if not table or not line.startswith("| ") or line.startswith("| promise "):
                continue
            cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
            self.assertEqual(len(cells), 3, f"{place}: promise, threat, tests")
            named = re.findall(r"`([^`]+)`", cells[2])
            self.assertTrue(named, f"{place}: a promise that no test shows")
            for name in named:
                self.assertIn(name, known, f"{place}: there is no such test")
            promises += 1
        self.assertGreater(promises, 30)


if __name__ == "__main__":
    unittest.main()
