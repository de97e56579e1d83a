# SPDX-License-Identifier: AGPL-3.0-or-later
"""One program under test: started with a log file, told from others by its pid, ready when it says so by sd_notify."""
import os
import select
import signal
import socket
import subprocess
import time

from .waiting import until

_TICKS = os.sysconf("SC_CLK_TCK")


class Readiness:
    """The socket that systemd would give to a service; tells what the service sent."""

    def __init__(self, path):
        self.path = path
        if os.path.exists(path):
            os.unlink(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(path)
        os.chmod(path, 0o666)   # the service may have another user
        self._socket.setblocking(False)
        self.received = []

    def read(self, seconds=0):
        if select.select([self._socket], [], [], seconds)[0]:
            try:
                self.received += self._socket.recv(4096).decode().splitlines()
            except BlockingIOError:
                pass
        return self.received

    def close(self):
        self._socket.close()


class Process:
    def __init__(self, name, command, folder, environment=None, limits=None):
        """`limits`: called in the child before it becomes the program, for resource limits."""
        self.name, self.command = name, [str(part) for part in command]
        self.log_path = os.path.join(folder, f"{name}.log")
        self.readiness = Readiness(os.path.join(folder, f"{name}.notify"))
        self.started = time.monotonic()
        with open(self.log_path, "ab") as log:
            log.write(f"--- {' '.join(self.command)}\n".encode())
            log.flush()
            self._child = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, preexec_fn=limits,
                env={**os.environ, "NOTIFY_SOCKET": self.readiness.path, **(environment or {})})
        self.pid = self._child.pid

    def running(self):
        return self._child.poll() is None

    @property
    def exit_code(self):
        return self._child.poll()

    def wait_ready(self, seconds=10):
        """How long it took from the start."""
        def ready():
            if "READY=1" in self.readiness.read():
                return True
            assert self.running(), f"{self.name} ended with {self.exit_code} instead of becoming ready:\n{self.log()}"
            return False
        until(ready, seconds, f"{self.name} is ready", every=0.002)
        return time.monotonic() - self.started

    def wait_end(self, seconds=10):
        until(lambda: not self.running(), seconds, f"{self.name} ends")
        return self.exit_code

    def stop(self, seconds=10):
        if self.running():
            self._child.send_signal(signal.SIGTERM)
            try:
                self._child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.crash()
                raise AssertionError(f"{self.name} did not end within {seconds} s of SIGTERM")
        self.readiness.close()
        return self.exit_code

    def crash(self):
        """kill -9"""
        if self.running():
            self._child.kill()
            self._child.wait(10)
        self.readiness.close()

    def log(self):
        with open(self.log_path, errors="replace") as file:
            return file.read()

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def memory_kb(self):
        return memory_kb(self.pid)


def process_tree(pid):
    """`pid` and all its descendants."""
    children = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as stat:
                parent = int(stat.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry))
    found, left = [], [pid]
    while left:
        found.append(left.pop())
        left += children.get(found[-1], [])
    return found


def cpu_seconds(pid):
    """User and system time of `pid` and its descendants so far."""
    ticks = 0
    for member in process_tree(pid):
        try:
            with open(f"/proc/{member}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS


def memory_kb(pid):
    """What `pid` and its descendants occupy: shared pages counted once (PSS)."""
    total = 0
    for member in process_tree(pid):
        try:
            with open(f"/proc/{member}/smaps_rollup") as rollup:
                total += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
        except OSError:
            continue
    return total
