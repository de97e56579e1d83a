# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The layout of code is clang-format's business, so nobody has to talk about it: every C++ file is as clang-format 14
# (Debian 12) leaves it. Mend with: clang-format -i FILE
import subprocess
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[2]
sources = [path for top in ("include", "src", "tests") for path in sorted((root / top).rglob("*.[ch]pp"))]
sys.exit(subprocess.run([sys.argv[1], "--style=file", "--dry-run", "--Werror", *sources], check=False).returncode)
