# SPDX-License-Identifier: AGPL-3.0-or-later
"""The real daemons in a folder of their own: configuration, plan, start, stop, crash, and what the command line says."""
import json
import os
import subprocess
import threading
import tomllib

from .ports import MediaPorts, free_port
from .process import Process
from .waiting import until

RESTART_AFTER = 0.5   # seconds; RestartSec= of beffroi-bridge.service


def toml_value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml_value(each) for each in value) + "]"
    return str(value) if isinstance(value, int) else json.dumps(value)


class Exchange:
    """beffroid and, unless `bridge` is False, beffroi-bridge."""

    def __init__(self, programs, folder, plan, settings=None, address="127.0.0.1", bridge=True, transports=("udp", "tcp"),
                 media_slots=64, also=()):
        """`also`: further addresses, of which it listens on the same port. By TLS, among `transports`, on another."""
        self.programs, self.folder, self.plan = programs, folder, plan
        self.address, self.with_bridge, self.transports = address, bridge, transports
        self.also = also
        self.settings = settings or {}
        self.data = os.path.join(folder, "data")
        os.makedirs(self.data, exist_ok=True)
        self.config_path = os.path.join(folder, "beffroi.toml")
        self.media = MediaPorts(media_slots) if bridge else None
        self.port, self.tls_port, self.bridge_port = free_port(address), free_port(address), free_port()
        with open(plan, "rb") as file:
            self.realm = tomllib.load(file)["town"]["realm"]
        self.daemon = self.bridge = None
        self.enter = []   # what both daemons and the command are started behind, as SmallDisk.enter
        self._supervisor = None
        self._has_plan = False
        self.write_config()

    # Configuration --------------------------------------------------------------------------------------------------

    @property
    def host_port(self):
        return self.at(self.address)

    def at(self, address, port=None):
        return f"[{address}]:{port or self.port}" if ":" in address else f"{address}:{port or self.port}"

    @property
    def tls_host_port(self):
        return self.at(self.address, self.tls_port)

    @property
    def server(self):
        """The socket address for a SipPeer."""
        return (self.address, self.port)

    @property
    def bridge_address(self):
        return f"127.0.0.1:{self.bridge_port}"

    def write_config(self):
        sections = {
            "sip": {"domains": [self.realm], "realm": self.realm},
            "edge": {"listen": self._listeners()},
            "store": {"path": os.path.join(self.data, "beffroi.db")},
            "directory": {"countries": self.countries},
            "admin": {"socket": os.path.join(self.folder, "exchange.sock"),
                      "bridge-socket": os.path.join(self.folder, "bridge.sock")},
            "bridge": {"sip-address": self.bridge_address},
            "routing": {"say-refusals": False},   # scenarios about what is said switch it on
            "log": {"level": os.environ.get("BEFFROI_TEST_LOG_LEVEL", "info"), "target": "stderr"},
        }
        if self.with_bridge:
            sections["bridge"] |= {"exchange": ["127.0.0.1"], "media-address": "127.0.0.1",
                                   "prompts": self._share("prompts", "fr"), "media-ports": f"{self.media.first}-{self.media.last}"}
        for section, options in self.settings.items():
            sections.setdefault(section, {}).update(options)
        with open(self.config_path, "w") as file:
            for section, options in sections.items():
                file.write(f"[{section}]\n")
                file.writelines(f"{key} = {toml_value(value)}\n" for key, value in options.items())

    @property
    def countries(self):
        return self._share("countries")

    def _share(self, *names):
        """Beside the programs' bin/, as cmake builds and installs it."""
        return os.path.join(os.path.dirname(self.programs["beffroid"]), "..", "share", "beffroi", *names)

    def _listeners(self):
        listeners = [f"{transport}:{self.at(address, self.tls_port if transport == 'tls' else None)}"
                     for address in (self.address, *self.also) for transport in self.transports]
        if ":" in self.address:
            listeners += [f"udp:127.0.0.1:{free_port()}"]
        return listeners

    # Life -----------------------------------------------------------------------------------------------------------

    def apply_plan(self, plan=None, *options):
        """Puts the plan into the database of a stopped exchange."""
        result = self.command("plan", "apply", plan or self.plan, "--offline", *options)
        assert result.returncode == 0, f"the plan was refused:\n{result.stdout}{result.stderr}"
        self._has_plan = True
        return result

    def start(self):
        """Starts what is not running, on other ports if someone took ours in between; returns beffroid's start time."""
        if not self._has_plan:
            self.apply_plan()
        if self.with_bridge and not (self.bridge and self.bridge.running()):
            self.start_bridge()
        for attempt in range(3):
            try:
                return self.start_daemon()
            except AssertionError as error:
                if "in use" not in str(error) or attempt == 2:
                    raise
                self.port, self.tls_port = free_port(self.address), free_port(self.address)
                self.write_config()

    def start_daemon(self, limits=None, wait=True):
        self.daemon = Process("beffroid", [*self.enter, self.programs["beffroid"], "--config", self.config_path], self.folder,
                              limits=limits)
        return self.daemon.wait_ready(15) if wait else None

    def start_bridge(self):
        self.bridge = Process("beffroi-bridge", [*self.enter, self.programs["beffroi-bridge"], "--config", self.config_path],
                              self.folder)
        return self.bridge.wait_ready(15)

    def supervise_bridge(self):
        """From now on the bridge is started again when it ends, as systemd does."""
        stop = threading.Event()

        def watch():
            while not stop.wait(0.01):
                if not self.bridge.running():
                    stop.wait(RESTART_AFTER)
                    self.bridge = Process("beffroi-bridge",
                                          [self.programs["beffroi-bridge"], "--config", self.config_path], self.folder)
        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        self._supervisor = (stop, thread)

    def close(self):
        """Ends both. A daemon that ends by itself, or not with 0, is an error of the test's subject."""
        if self._supervisor:
            stop, thread = self._supervisor
            stop.set()
            thread.join(5)
        wrong = []
        for process in (self.daemon, self.bridge):
            if process is None:
                continue
            running = process.running()
            try:
                code = process.stop()
            except AssertionError as error:
                wrong.append(str(error))
                continue
            if running and code != 0:
                wrong.append(f"{process.name} ended with {code} after SIGTERM")
        if self.media:
            self.media.close()
        assert not wrong, "; ".join(wrong)

    # Questions ------------------------------------------------------------------------------------------------------

    def command(self, *arguments, seconds=20):
        """`beffroi` with this configuration; the result of subprocess.run."""
        return subprocess.run([*self.enter, self.programs["beffroi"], "--config", self.config_path, *arguments], cwd=self.folder,
                              capture_output=True, text=True, timeout=seconds)

    def ask(self, *arguments):
        """`beffroi --json …`, read."""
        result = self.command("--json", *arguments)
        assert result.returncode == 0, f"beffroi {' '.join(arguments)}: {result.stdout}{result.stderr}"
        return json.loads(result.stdout)

    def registrations(self):
        return self.ask("registrations")["registrations"]

    def registered(self):
        """The numbers that have a phone."""
        return {entry["extension"] for entry in self.registrations()}

    def calls(self):
        return self.ask("calls")["calls"]

    def rooms(self):
        return self.ask("rooms")["rooms"]

    def status(self):
        return self.ask("status")

    def wait_answers(self, peer, seconds=5):
        """OPTIONS is answered."""
        return until(lambda: peer.options(f"sip:{self.realm}", seconds).status, seconds, "the exchange answers OPTIONS")
