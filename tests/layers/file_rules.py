# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What every file of the project has (its licence, and why it exists) and what none has (promises to do something
# later, waiting by sleeping, names that say nothing): the rules of docs/contributing.md that a program can check.
import os
import re
from pathlib import Path

LICENCE = "SPDX-License-Identifier: AGPL-3.0-or-later"
CODE = {".cpp", ".hpp", ".c", ".h"}
COMMENTED = CODE | {".cmake", ".py", ".toml", ".service", ".socket", ".conf", ".yml", ".sql", ".sh"}
COMMENTED_NAMES = {"CMakeLists.txt", "dependencies.txt", ".clang-tidy"}
SKIPPED_FOLDERS = {".git", "build", ".cache", "__pycache__"}
EMPTY_NAMES = re.compile(r"(^|[_.-])(utils?|common|helpers?|misc)($|[_.-])")

# (what is forbidden, in which suffixes, why). Written so that this file does not contain what it looks for.
FORBIDDEN = [
    (re.compile(r"\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b"), None, "a promise for later: do it, or open an issue"),
    (re.compile(r"[^\w](/hom[e]/|/roo[t]/|/wor[k]/|/mn[t]/|/tmp/buil[d])\w*"), None, "a path of somebody's machine"),
    (re.compile(r"\b(sleep_fo[r]|sleep_unti[l]|uslee[p]|nanoslee[p])\b|\bslee[p]\(\d"), CODE,
     "waiting by sleeping: wait for what is to happen"),
    (re.compile(r"#include <(forma[t]|range[s])>|std::(view[s]|ranges::view[s])::"), CODE,
     "clang 14 cannot compile it with Debian 12's standard library"),
    (re.compile(r"^\s*using namespace std\s*;"), CODE, "names of std are written out"),
    (re.compile(r"\b(class|struct) I[A-Z][a-z]\w*"), CODE, "an interface is named for what it offers, without I"),
]
# Values are bound with soci::use(). Tests may ask as they like.
STATEMENT_OF_TEXT = re.compile(r'"[^"]*\b(SELECT|INSERT|UPDATE|DELETE|WHERE|VALUES)\b[^"]*"\s*\+|'
                               r'\+\s*"[^"]*\b(WHERE|VALUES|AND|OR)\b')


def files(root: Path):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
        for name in sorted(names):
            path = Path(folder, name)
            if name != ".git" and not path.is_symlink():  # a file in a git worktree
                yield path


def opening(lines):
    """The comment that a file opens with, without comment signs; a line `#!…` before it does not count."""
    if lines and lines[0].startswith("#!"):
        lines = lines[1:]
    for line in lines:
        found = re.match(r"^(//|#|--)(?:$| (.*))", line)
        if not found:
            return
        yield found[2] or ""


def why_is_beside(path: Path) -> bool:
    """A source file is explained by the header of its name, a test by the file that it tests."""
    return path.suffix in {".cpp", ".c"} and (path.name.startswith("test_") or path.with_suffix(".hpp").exists())


def is_commented(path: Path, first_line: str) -> bool:
    return path.suffix in COMMENTED or path.name in COMMENTED_NAMES or first_line.startswith("#!")


def opening_problem(path: Path, lines):
    comment = list(opening(lines))
    if not comment or comment[0] != LICENCE:
        return f"must open with '{LICENCE}'"
    explains = path.suffix in CODE or lines[0].startswith("#!")
    if explains and not why_is_beside(path) and not (len(comment) > 2 and comment[1] == "" and comment[2]):
        return "must say after its licence, and an empty comment line, why it exists"
    if path.suffix in {".hpp", ".h"} and "#pragma once" not in lines:
        return "must have #pragma once"
    return None


def problems(root: Path):
    """One line of text for each rule that a file breaks."""
    for path in files(root):
        relative = path.relative_to(root)
        if EMPTY_NAMES.search(relative.name) or EMPTY_NAMES.search(relative.parent.name):
            yield f"{relative}: a name that says nothing: what is the concept?"
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        if relative.name == "LICENSE" or not lines:
            continue
        if is_commented(path, lines[0]) and (problem := opening_problem(path, lines)):
            yield f"{relative}:1: {problem}"
        for number, line in enumerate(lines, 1):
            for pattern, suffixes, why in FORBIDDEN:
                if (suffixes is None or path.suffix in suffixes) and (found := pattern.search(line)):
                    yield f"{relative}:{number}: '{found[0].strip()}': {why}"
            if relative.parts[0] == "src" and path.suffix in CODE and STATEMENT_OF_TEXT.search(line):
                yield f"{relative}:{number}: a statement put together of text: bind its values"
