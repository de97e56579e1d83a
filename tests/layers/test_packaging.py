# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What packaging/ says fits what the programs and scripts do: folders and groups of the units, the list of packages,
# the version. A mistake here shows on a town's machine and nowhere else.
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"


def text_of(path):
    return (ROOT / path).read_text(encoding="utf-8")


def unit(name):
    """key → values of a unit file, whatever the section."""
    values = {}
    for line in text_of(f"packaging/systemd/{name}.service").splitlines():
        if not line.startswith(("#", "[")) and "=" in line:
            key, _, value = line.partition("=")
            values.setdefault(key, []).append(value)
    return values


def fallback(path, key):
    """The fallback of a text option, from its one declaration."""
    found = re.search(rf'\.key = "{re.escape(key)}",\s*\.fallback = "([^"]*)"', text_of(path))
    assert found, f"{key} is not declared in {path}"
    return found[1]


class Units(unittest.TestCase):
    def test_a_daemon_owns_the_folders_that_its_options_name(self):
        self.assertEqual(fallback("src/directory/store_options.hpp", "store.path"),
                         f"/var/lib/{unit('beffroid')['StateDirectory'][0]}/beffroi.db")
        for name, key in (("beffroid", "admin.socket"), ("beffroi-bridge", "admin.bridge-socket")):
            folder = unit(name)["RuntimeDirectory"][0]
            self.assertEqual(fallback("src/admin/admin_options.hpp", key), f"/run/{folder}/control.sock")

    def test_users_and_groups_exist(self):
        made = re.findall(r"^[ug]\s+(\S+)", text_of("packaging/sysusers.d/beffroi.conf"), re.M)
        for name in ("beffroid", "beffroi-bridge"):
            for key in ("User", "Group", "SupplementaryGroups"):
                self.assertIn(unit(name)[key][0], made, f"{key}= of {name}")

    def test_the_configuration_is_read_by_both_daemons_and_the_bridge_is_in_no_group_of_the_exchange(self):
        groups = set(re.findall(r"^[dz]\s+\S+\s+\d+ root (\S+)$", text_of("packaging/tmpfiles.d/beffroi.conf"), re.M))
        self.assertEqual(len(groups), 1)
        for name in ("beffroid", "beffroi-bridge"):
            self.assertEqual(set(unit(name)["SupplementaryGroups"]), groups)
        self.assertNotIn(unit("beffroid")["Group"][0], groups)
        self.assertNotRegex(text_of("packaging/sysusers.d/beffroi.conf"), r"m\s+beffroi-bridge\s+beffroi\n")

    def test_secrets_and_privileges_are_kept_from_and_by_the_units(self):
        """The exposure that systemd-analyze rates (layers_unit_…) says nothing of cores, modes and command lines."""
        for name in ("beffroid", "beffroi-bridge"):
            values = unit(name)
            self.assertEqual(values["LimitCORE"], ["0"], name)
            self.assertEqual(values["UMask"], ["0077"], name)
            self.assertEqual((values["CapabilityBoundingSet"], values["AmbientCapabilities"]), ([""], [""]), name)
            self.assertEqual(values["NoNewPrivileges"], ["yes"], name)
            self.assertNotIn(values["User"][0], ("root", "0", "nobody"), name)
            self.assertNotIn("Environment", values, name)
            self.assertEqual(values["ExecStart"], [f"/usr/bin/{name} --config /etc/beffroi/beffroi.toml"], name)
        self.assertEqual(unit("beffroid")["StateDirectoryMode"], ["0700"])

    def test_a_wrong_configuration_is_not_tried_again(self):
        code = re.search(r"kExitConfig = (\d+)", text_of("src/app/daemon.hpp"))[1]
        for name in ("beffroid", "beffroi-bridge"):
            self.assertEqual(unit(name)["RestartPreventExitStatus"], [code])
            self.assertEqual((unit(name)["Restart"], unit(name)["Type"]), (["always"], ["notify"]))


class BansForNft(unittest.TestCase):
    RULES = PACKAGING / "nftables" / "beffroi-bans.nft"

    def load(self, bans, nft):
        """The loader with a script in the place of nft, which has $LOADED, $BANS and the file it is given as $FILE."""
        folder = os.path.dirname(bans)
        with open(os.path.join(folder, "nft"), "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nfor FILE; do :; done\n{nft}\n')
        os.chmod(os.path.join(folder, "nft"), 0o755)
        return subprocess.run([PACKAGING / "nftables" / "beffroi-bans-load", bans, self.RULES], capture_output=True, text=True,
                              timeout=30, check=False, env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "BANS": bans,
                                                            "LOADED": os.path.join(folder, "loaded")})

    def test_a_list_that_changes_while_it_is_loaded_is_loaded_again(self):
        with tempfile.TemporaryDirectory() as folder:
            bans = os.path.join(folder, "bans.nft")
            Path(bans).write_text("flush set inet beffroi banned_v4\n", encoding="utf-8")
            Path(bans + ".new").write_text("flush set inet beffroi banned_v6\n", encoding="utf-8")
            done = self.load(bans, 'cat "$FILE" >> "$LOADED"; if [ -e "$BANS.new" ]; then mv "$BANS.new" "$BANS"; fi')
            self.assertEqual(done.returncode, 0, done.stderr)
            # What is replaced between the first nft, for the rules, and the second belongs to the next turn.
            self.assertEqual(re.findall(r"(?m)^flush set .*", Path(folder, "loaded").read_text(encoding="utf-8")),
                             ["flush set inet beffroi banned_v4", "flush set inet beffroi banned_v6"])

    def test_what_nft_refuses_or_is_no_list_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            bans = os.path.join(folder, "bans.nft")
            Path(bans).write_text("flush set inet beffroi banned_v4\n", encoding="utf-8")
            self.assertNotEqual(self.load(bans, "exit 1").returncode, 0)
            Path(bans).write_text("flush ruleset\n", encoding="utf-8")
            self.assertEqual(self.load(bans, 'touch "$LOADED"').returncode, 1)
            self.assertFalse(os.path.exists(os.path.join(folder, "loaded")))

    def test_no_rule_drops_who_is_spared(self):
        drops = re.findall(r"(?m)^.* drop$", self.RULES.read_text(encoding="utf-8"))
        self.assertEqual([re.findall(r"(ip6?) saddr (.*?@\w+)", rule) for rule in drops],
                         [[("ip", "!= @spared_v4"), ("ip", "@banned_v4")], [("ip6", "!= @spared_v6"), ("ip6", "@banned_v6")]])

    def test_the_units_take_a_change_every_second(self):
        self.assertEqual(unit("beffroi-bans")["StartLimitIntervalSec"], ["0"])
        path = text_of("packaging/systemd/beffroi-bans.path")
        self.assertIn("\nBefore=beffroid.service\n", path, "the path is watched before the first list is written")
        watched = re.search(r"(?m)^PathChanged=(.*)$", path)[1]
        self.assertEqual(unit("beffroi-bans")["ExecStart"][0].split()[1], watched)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "there is no systemd-analyze")
    def test_systemd_understands_the_units(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("beffroi-bans.path", "beffroi-bans.service", "beffroid.service"):
                text = re.sub(r"(?m)^ExecStart=.*", "ExecStart=/bin/true", text_of(f"packaging/systemd/{name}"))
                Path(folder, name).write_text(text, encoding="utf-8")
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", f"{folder}/beffroi-bans.path",
                                   f"{folder}/beffroi-bans.service"], capture_output=True, text=True, timeout=60, check=False)
            told = [line for line in done.stderr.splitlines() if "beffroi" in line]
            self.assertEqual(told, [])


class Packages(unittest.TestCase):
    def sections(self):
        """section → its packages."""
        found = {}
        for line in text_of("packaging/dependencies.txt").splitlines():
            line = re.sub(r"#.*", "", line).strip()
            if line.startswith("["):
                section = found.setdefault(line.strip("[]"), [])
            elif line:
                section.append(line)
        return found

    def test_every_package_stands_once_in_a_section_and_says_why(self):
        for section, packages in self.sections().items():
            self.assertEqual(sorted(packages), sorted(set(packages)), section)
        for line in text_of("packaging/dependencies.txt").splitlines():
            self.assertRegex(line, r"^(#.*|\[[a-z-]+\]|[a-z0-9.+-]+ +# \S.*|)$")

    def test_the_scripts_install_sections_that_exist(self):
        installed = re.search(r"dependencies install ([a-z -]+?) \|\|", text_of("tests/run"))[1].split()
        self.assertEqual({*installed, "bench"}, set(self.sections()), "tests/run installs all but what benchmarks compare with")
        wanted = re.search(r"sections=\((.*?)\).*sections\+=\((.*?)\)", text_of("packaging/quickstart"), re.S)
        self.assertLessEqual({*wanted[1].split(), *wanted[2].split()}, set(self.sections()))


class Catalogue(unittest.TestCase):
    def test_the_version_is_the_programs(self):
        version = re.search(r"project\(beffroi VERSION (\S+)", text_of("CMakeLists.txt"))[1]
        self.assertRegex(text_of("publiccode.yml"), rf'(?m)^softwareVersion: "{re.escape(version)}"$')
        self.assertIn(f"## [{version}]", text_of("docs/changelog.md"))


if __name__ == "__main__":
    unittest.main()
