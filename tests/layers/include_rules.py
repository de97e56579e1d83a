# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Who may include whom: the diagram of docs/architecture.md as data, and the check that src/ and include/ keep to it.
# A mistake here is a design that erodes without anyone having decided so.
import re
from pathlib import Path

FEATURES = {"services", "admin", "proxy", "events", "registrar", "auth", "guard", "routing", "lines", "gateway"}
ADAPTERS = {"edge", "sip", "bridge", "directory"}
KNOWLEDGE = {"country", "calendar"}  # what a country and its calendar say, without I/O but their data files
VOCABULARY = "beffroi"  # include/beffroi
BELOW_FEATURES = ADAPTERS | KNOWLEDGE | {"config", "base", VOCABULARY}

# folder → the folders that it may include besides itself
MAY_INCLUDE = {
    VOCABULARY: set(),
    "base": {VOCABULARY},
    "config": {"base", VOCABULARY},
    **{folder: {"config", "base", VOCABULARY} for folder in ADAPTERS | KNOWLEDGE},
    "directory": KNOWLEDGE | {"config", "base", VOCABULARY},
    **{feature: BELOW_FEATURES for feature in FEATURES},
    "app": FEATURES | BELOW_FEATURES,
}

# start of an include in angle brackets → patterns of the files that may have it
CONFINED = {
    "belle-sip/": ["src/sip/*", "src/bridge/*"],
    "mediastreamer2/": ["src/bridge/*"],
    "ortp/": ["src/bridge/*"],
    "bctoolbox/": ["src/base/*", "src/edge/*", "src/bridge/*"],
    "soci/": ["src/directory/*", "src/*/*_store.cpp"],
    "sqlite3.h": ["src/directory/*", "src/*/*_store.cpp"],
    "toml++/": ["src/config/*", "src/directory/*", "src/country/*"],
    "toml.hpp": ["src/config/*", "src/directory/*", "src/country/*"],
    "date/": ["src/calendar/*"],
    "spdlog/": ["src/base/log.cpp"],
    "fmt/": ["src/base/log.cpp"],
    "ares.h": ["src/edge/*"],
    "CLI/": ["src/app/*"],
    "nlohmann/": ["src/admin/*", "src/app/*"],
    "microhttpd.h": ["src/admin/*"],
    "systemd/sd-journal.h": ["src/base/log.cpp"],
    "systemd/": ["src/app/*", "src/base/*"],
    "openssl/": ["src/edge/tls/*"],
    "sodium.h": ["src/base/*", "src/auth/*", "src/guard/*", "src/proxy/*", "src/directory/*", "src/lines/*", "src/app/*"],
    "linphone": [],
    "catch2/": [],
}
SYSTEM_FOLDERS = ("sys/", "netinet/", "arpa/", "net/", "linux/")

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
MODULE = re.compile(r"beffroi_module\(\s*(\w+)(.*?)\)", re.DOTALL)
KEYWORDS = {"SOURCES", "USES", "LIBRARIES", "PUBLIC_LIBRARIES"}


def sources(root: Path):
    for top in ("include", "src"):
        yield from sorted(path for path in (root / top).rglob("*") if path.suffix in {".hpp", ".cpp", ".h", ".c"})


def folder_of(relative: Path) -> str:
    return relative.parts[1] if len(relative.parts) > 2 else ""


def includes(path: Path):
    """(line number, own include or None, library include or None) of each include of a file."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if found := INCLUDE.match(line):
            yield number, found[1], found[2]


def used_folders(root: Path) -> dict:
    """folder → the USES of its beffroi_module(); app/ has several, one for each program."""
    uses = {}
    for lists in sorted((root / "src").glob("*/CMakeLists.txt")):
        text = re.sub(r"#.*", "", lists.read_text(encoding="utf-8"))
        modules = MODULE.findall(text)
        own, used, keyword = {name for name, _ in modules}, set(), ""
        for _, rest in modules:
            for word in rest.split():
                if word in KEYWORDS:
                    keyword = word
                elif keyword == "USES" and word not in own:
                    used.add(word)
        if modules:
            uses[lists.parent.name] = used
    return uses


def check_own(folder: str, included: str, uses: dict):
    target = included.split("/")[0]
    if "/" not in included or included.startswith("."):
        return f'"{included}" must be written from the top: "{folder}/{Path(included).name}"'
    if target == folder:
        return None
    if target not in MAY_INCLUDE:
        return f'"{included}" is of no folder of the diagram'
    if target not in MAY_INCLUDE[folder]:
        return f"{folder} may not include {target} (docs/architecture.md: folders)"
    if folder in uses and target != VOCABULARY and target not in uses[folder]:
        return f"{folder} includes {target}, but src/{folder}/CMakeLists.txt does not say USES {target}"
    return None


def check_library(relative: Path, included: str):
    for start in sorted(CONFINED, key=len, reverse=True):
        if included.startswith(start):
            patterns = CONFINED[start]
            if any(relative.match(pattern) for pattern in patterns):
                return None
            return f"<{included}> is confined to {', '.join(patterns) or 'tests/'}"
    if "/" in included and not included.startswith(SYSTEM_FOLDERS):
        return f"<{included}> is a library that tests/layers/include_rules.py does not know: say who may include it"
    return None


def problems(root: Path):
    """One line of text for each include or link that the diagram forbids."""
    uses = used_folders(root)
    for folder, used in uses.items():
        for target in sorted(used - MAY_INCLUDE.get(folder, set())):
            yield f"src/{folder}/CMakeLists.txt: {folder} may not use {target} (docs/architecture.md: folders)"
    for path in sources(root):
        relative = path.relative_to(root)
        folder = folder_of(relative)
        if folder not in MAY_INCLUDE:
            yield f"{relative}: the folder {folder or relative.parent} is not in the diagram of docs/architecture.md"
            continue
        for line, own, library in includes(path):
            problem = check_own(folder, own, uses) if own else check_library(relative, library)
            if problem:
                yield f"{relative}:{line}: {problem}"
