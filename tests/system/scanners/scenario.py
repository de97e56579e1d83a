# SPDX-License-Identifier: AGPL-3.0-or-later
"""SIPVicious finds no server, no extension and no password, even where the password is among its guesses.

As it comes it says who it is, and is not answered. When it says that it is a telephone, it is: svwar cannot tell numbers
that exist from others, and svcrack tries too many passwords to be told which one is right. SIPVicious 0.3.3 has no exit
codes: what it prints is judged.
"""
import os
import subprocess

from harness.sipp import MD5_ONLY
from harness.skip import Skip
from harness.waiting import until

SCANNER = "127.0.0.66"
RIGHT = "belfry-bell-hundred"
FOLDER = "/usr/share/sipvicious"   # where Debian has its modules


def run(world):
    try:
        subprocess.run(["svmap", "--version"], capture_output=True, check=True, timeout=20)
    except FileNotFoundError:
        raise Skip("sipvicious is not installed") from None
    exchange = world.prepare_exchange(bridge=False, settings=settings())
    exchange.start()
    phone = world.account("100", world.peer(address="127.0.0.10"))
    assert phone.register().status == 200
    named(world, exchange)
    disguised(world, exchange)
    assert phone.register().status == 200
    assert exchange.status()["registrations"] == 1
    without_bans(world, exchange)


def settings(**guard):
    return {**MD5_ONLY, "guard": {"trusted-networks": [], **guard}}   # svcrack knows no other digest


def tool(world, exchange, name, *arguments):
    """What it prints, on both streams."""
    result = subprocess.run([name, "-b", SCANNER, *arguments], cwd=world.folder, capture_output=True, text=True, timeout=60)
    return result.stdout + result.stderr


def named(world, exchange):
    before = exchange.status()["guard"]["dropped_scanners"]
    port = str(exchange.port)
    found = tool(world, exchange, "svmap", "-p", port, "127.0.0.1")
    assert "127.0.0.1:" not in found, found
    for method in ("REGISTER", "INVITE", "OPTIONS"):
        found = tool(world, exchange, "svwar", "-p", port, "-e", "99-101", "-m", method, "127.0.0.1")
        assert "| 100" not in found, found
    cracked = tool(world, exchange, "svcrack", "-p", port, "-u", "100", "-d", guesses(world), "127.0.0.1")
    assert RIGHT not in cracked, cracked
    until(lambda: exchange.status()["guard"]["dropped_scanners"] >= before + 5, 3, "its messages were dropped")
    assert "security: scanner" in exchange.daemon.log()
    assert not exchange.ask("bans", "list")["bans"], "a forged sender would be banned"


def disguised(world, exchange):
    port = str(exchange.port)
    for method in ("REGISTER", "INVITE", "OPTIONS"):
        found = disguise(world, exchange, "svwar", "-p", port, "-e", "99-101", "-m", method, "127.0.0.1")
        assert "| 100" not in found, found
    cracked = crack(world, exchange)
    assert RIGHT not in cracked, cracked
    bans = exchange.ask("bans", "list")["bans"]
    assert any(ban["account"] == "100" for ban in bans), bans


def without_bans(world, exchange):
    """The same attack succeeds where bans are as good as switched off: it is they that stop it."""
    exchange.daemon.stop()
    exchange.settings = settings(**{"wrong-answers": 1000, "host-wrong-answers": 1000})
    exchange.write_config()
    exchange.start()
    for ban in exchange.ask("bans", "list")["bans"]:
        exchange.command("bans", "remove", ban["address"])
    cracked = crack(world, exchange)
    assert RIGHT in cracked, cracked


def crack(world, exchange):
    return disguise(world, exchange, "svcrack", "-p", str(exchange.port), "-u", "100", "-d", guesses(world), "127.0.0.1")


def guesses(world):
    path = os.path.join(world.folder, "guesses.txt")
    with open(path, "w") as file:
        file.writelines(f"{word}\n" for word in [f"not-the-password-{number}" for number in range(40)] + [RIGHT])
    return path


def disguise(world, exchange, name, *arguments):
    """The tool with another name for itself, in User-Agent and in From."""
    script = (f"import sys\nsys.path.insert(0, '{FOLDER}')\n"
              "import sipvicious.libs.svhelper as helper\n"
              "import sipvicious.%s as tool\n"
              "original = helper.makeRequest\n"
              "def renamed(*given, **named):\n"
              "    text = original(*given, **named)\n"
              "    return text.replace('friendly-scanner', 'telephone').replace('sipvicious', 'telephone')\n"
              "helper.makeRequest = tool.makeRequest = renamed\n"
              "sys.argv = ['%s'] + sys.argv[1:]\n"
              "tool.main()\n") % (name, name)
    result = subprocess.run(["/usr/bin/python3", "-c", script, "-b", SCANNER, *arguments], cwd=world.folder, capture_output=True,
                            text=True, timeout=60)
    return result.stdout + result.stderr
