# SPDX-License-Identifier: AGPL-3.0-or-later
"""packaging/quickstart starts the example town, with passwords that work, and leaves nothing running when it should not.

It may be called twice, changes what it is told to change and keeps the passwords; a port that is taken is a clear error.
"""
import os
import socket
import subprocess
import types

from harness.ports import free_port
from harness.waiting import until

SCRIPT = os.path.join(os.path.dirname(__file__), "..", "..", "..", "packaging", "quickstart")
NOTHING_THERE = 69


def run(world):
    quickstart = Quickstart(world)
    quickstart.start()
    telephone_from_the_table(world, quickstart)
    pids, passwords = quickstart.pids(), quickstart.accounts()
    quickstart.start()
    assert quickstart.pids() == pids, "what runs already is left alone"
    quickstart.port = free_port()
    quickstart.start()
    assert quickstart.pids() != pids, "another port is another start"
    assert passwords_of(quickstart.accounts()) == passwords_of(passwords), "passwords stay"
    assert f"127.0.0.1:{quickstart.port}" in quickstart.beffroi("status"), "the new port is answered on"
    quickstart.stop()
    a_port_that_is_taken(quickstart)
    quickstart.stop()


def telephone_from_the_table(world, quickstart):
    """What the table says is all that a telephone needs."""
    account, password, server, domain, number = quickstart.accounts()[0]
    assert (account, number) == ("2001", "2001")
    world.domain = domain
    world.exchange = types.SimpleNamespace(host_port=server, address="127.0.0.1")
    phone = world.phone(account, password=password, number=number)
    phone.register()
    call = phone.call("8099")
    call.wait("running")
    phone.hears([phone.tone], seconds=20)
    call.hang_up()
    call.wait_end()
    phone.unregister()


def a_port_that_is_taken(quickstart):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        quickstart.port = other.getsockname()[1]
        result = quickstart.call()
    assert result.returncode == NOTHING_THERE, result
    assert f"port {quickstart.port} of 127.0.0.1 is taken" in result.stderr, result.stderr
    assert not quickstart.pids(), "a start that fails leaves nothing running"


def passwords_of(accounts):
    return {account: password for account, password, *_ in accounts}


class Quickstart:
    def __init__(self, world):
        self._build = os.path.dirname(os.path.dirname(world.programs["beffroid"]))
        self.town = os.path.join(world.folder, "town")
        self.port = free_port()
        world.keep(self)

    def call(self, *options):
        command = [SCRIPT, "--programs", self._build, "--town", self.town, *options]
        if not options:
            command += ["--address", "127.0.0.1", "--port", str(self.port)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def start(self):
        result = self.call()
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def stop(self):
        result = self.call("--stop")
        assert result.returncode == 0, result.stdout + result.stderr
        until(lambda: not self.pids(), 5, "both daemons have ended")

    def close(self):
        if os.path.isdir(self.town):
            self.stop()

    def accounts(self):
        path = os.path.join(self.town, "accounts.txt")
        assert os.stat(path).st_mode & 0o077 == 0, "passwords are for their owner only"
        with open(path) as file:
            heading, *rows = [line.split() for line in file]
        assert heading == ["ACCOUNT", "PASSWORD", "SERVER", "DOMAIN", "NUMBER"] and len(rows) == 179, (heading, len(rows))
        return rows

    def pids(self):
        """Of the daemons that run with this town's configuration."""
        config, found = os.path.join(self.town, "beffroi.toml"), {}
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{entry}/cmdline") as file:
                    words = file.read().split("\0")
            except OSError:
                continue
            if config in words and os.path.basename(words[0]) in ("beffroid", "beffroi-bridge"):
                found[os.path.basename(words[0])] = int(entry)
        return found

    def beffroi(self, *arguments):
        return subprocess.run([os.path.join(self._build, "bin", "beffroi"), "--config", os.path.join(self.town, "beffroi.toml"),
                               *arguments], capture_output=True, text=True, timeout=20).stdout
