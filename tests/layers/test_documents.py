# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The documents keep their promises as far as a program can tell: links lead somewhere, folders and files that are named
# exist, and docs/rfc.md knows every RFC section that a test is tagged with.
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


def anchors(text):
    """What headings can be linked to by, as the usual forges write it."""
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^#+ (.*)$", text, re.M)}


def places(document):
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
        yield f"{document.relative_to(ROOT)}:{number}", line


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
                for name in NAMED.findall(line):
                    self.assertTrue(list(ROOT.glob(name.rstrip("./"))), f"{place}: there is no {name}")

    def test_each_rfc_section_that_a_test_is_tagged_with_is_in_the_table(self):
        text = (ROOT / "docs/rfc.md").read_text(encoding="utf-8")
        told = {tag for tag in re.findall(r"`\[(rfc\d+(?:-[\w.]+)?)\]`", text)}
        used = {}
        for path in sorted((ROOT / "tests").rglob("*.cpp")):
            for number, section in TAG.findall(path.read_text(encoding="utf-8")):
                used.setdefault(f"rfc{number}" + (f"-{section}" if section else ""), path.relative_to(ROOT))
        for tag, path in sorted(used.items()):
            self.assertIn(tag, told, f"{path} is tagged [{tag}]; docs/rfc.md does not say what that shows")
        self.assertEqual(told - set(used), set(), "docs/rfc.md names tags that no test has")


if __name__ == "__main__":
    unittest.main()
