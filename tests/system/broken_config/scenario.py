# SPDX-License-Identifier: AGPL-3.0-or-later
"""A configuration file with mistakes: exit code 78 and file, line, column and advice on standard error.

Nothing is touched, --check finds the same without starting anything, and the exchange that runs already goes on. It also
opens the certificates that are named: what is wrong with one, and that it ends soon, is said where its option stands.
"""
import subprocess

from harness.certificates import Authority

EXIT_CONFIG = 78
MISTAKES = [
    ("unknown key", '[store]\npth = "x.db"\n', 'broken.toml:2:1', "path"),
    ("unknown section", '[stoer]\npath = "x.db"\n', "broken.toml:1", "store"),
    ("wrong type", '[registrar]\nmin-expires = true\n', "broken.toml:2:15", "min-expires"),
    ("out of bounds", '[registrar]\nmaximum-contacts = 5000\n', "broken.toml:2:20", "maximum-contacts"),
    ("bad address", '[edge]\nlisten = ["udp:nowhere"]\n', "broken.toml:2", "listen"),
    ("syntax", '[edge\n', "broken.toml:1", ""),
]


def run(world):
    exchange = world.start_exchange(bridge=False)
    for name, text, place, word in MISTAKES:
        path = world.write_plan(text, "broken.toml")
        for program, arguments in (("beffroid", []), ("beffroid", ["--check"]), ("beffroi-bridge", []),
                                   ("beffroi-bridge", ["--check"]), ("beffroi", ["status"])):
            result = start(world, program, path, *arguments)
            assert result.returncode == EXIT_CONFIG, (name, program, arguments, result)
            assert place in result.stderr and word in result.stderr, (name, program, arguments, result)
    missing = start(world, "beffroid", f"{world.folder}/none.toml")
    assert missing.returncode == EXIT_CONFIG and "none.toml" in missing.stderr, missing
    right = start(world, "beffroid", exchange.config_path, "--check")
    assert right.returncode == 0, right
    certificates(world, exchange)
    countries(world)
    assert world.account("accueil").register().status == 200


def countries(world):
    path = world.write_plan(f'[sip]\ndomains = ["{world.domain}"]\n[directory]\ncountries = "{world.folder}/none"\n', "countries.toml")
    result = start(world, "beffroid", path, "--check")
    assert result.returncode == EXIT_CONFIG and f"{world.folder}/none: has no file of a country" in result.stderr, result


def certificates(world, exchange):
    authority = Authority(world.folder)
    good = authority.issue("good", f"DNS:{world.domain}")
    soon = authority.issue("soon", f"DNS:sip.{world.domain}", days=5)
    foreign = authority.issue("foreign", "DNS:elsewhere.example")
    cases = [(good, 0, ""), (soon, 0, "ends in 4 days"), (foreign, EXIT_CONFIG, "is of one of sip.domains"),
             ((good[0], soon[1]), EXIT_CONFIG, "does not belong to the certificate"),
             ((f"{world.folder}/none.pem", good[1]), EXIT_CONFIG, "none.pem: No such file")]
    for (certificate, key), code, words in cases:
        path = world.write_plan(f'[sip]\ndomains = ["{world.domain}"]\n[tls]\ncertificates = ["{certificate}:{key}"]\n'
                                f'[directory]\ncountries = "{exchange.countries}"\n', "tls.toml")
        result = start(world, "beffroid", path, "--check")
        assert result.returncode == code, result
        assert ("no mistake found" in result.stdout) == (code == 0), result
        if words:
            place = "tls.toml:4:16: " + ("warning: " if code == 0 else "") + "tls.certificates: "
            assert place in result.stderr and words in result.stderr, result
        else:
            assert result.stderr == "", result


def start(world, program, path, *arguments):
    return subprocess.run([world.programs[program], "--config", path, *arguments], capture_output=True, text=True,
                          timeout=10, cwd=world.folder)
