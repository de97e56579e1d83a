# SPDX-License-Identifier: AGPL-3.0-or-later
"""sipsak, a program of others, gets its OPTIONS answered and registers, asks and unregisters with MD5."""
import re
import shutil
import subprocess

from harness import sipp
from harness.skip import Skip
from harness.waiting import until


def run(world):
    if not shutil.which("sipsak"):
        raise Skip("sipsak is not installed")
    exchange = world.start_exchange(bridge=False, settings=sipp.MD5_ONLY)
    options = sipsak(world, "-s", f"sip:{exchange.host_port}", "-vv")
    assert options.returncode == 0 and "200" in options.stdout, options
    contact = f"sip:2100@127.0.0.1:{world.free_port()}"
    registered = register(world, contact, 600)
    assert registered.returncode == 0, registered
    until(lambda: exchange.registered() == {"2100"}, 3, exchange.registrations)
    assert exchange.registrations()[0]["contact"] == contact, exchange.registrations()
    wrong = register(world, contact, 600, password="something-else")
    assert wrong.returncode != 0 and re.search(r"40[13]", wrong.stdout), wrong
    gone = register(world, contact, 0)
    assert gone.returncode == 0, gone
    assert not exchange.registrations()


def register(world, contact, expires, password="belfry-bell-accueil"):
    return sipsak(world, "-U", "-C", contact, "-x", str(expires), "-u", "accueil", "-a", password,
                  "-s", f"sip:2100@{world.exchange.host_port}", "-vvv")


def sipsak(world, *arguments):
    """With a host name given, for it gives up where the machine's own has no address."""
    return subprocess.run(["sipsak", "-H", "127.0.0.1", *arguments], capture_output=True, text=True, errors="replace", timeout=30,
                          cwd=world.folder)
