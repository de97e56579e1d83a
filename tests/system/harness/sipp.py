# SPDX-License-Identifier: AGPL-3.0-or-later
"""SIPp with a scenario file, on the loopback interface."""
import csv
import os
import subprocess

from .ports import free_port
from .waiting import until

# SIPp 3.6 gives up on a challenge of SHA-256, even if one of MD5 stands behind it.
MD5_ONLY = {"auth": {"algorithms": ["MD5"]}}


class Sipp:
    def __init__(self, folder, scenario, server=None, name=None, calls=None, rate=10, keys=None, csv_file=None,
                 address="127.0.0.1", port=None, transport="u1", limit=None, arguments=(), seconds=60):
        """`server`: "127.0.0.1:5060" for a caller, nothing for an answering side. `calls`: how many, then it ends."""
        self.name = name or os.path.splitext(os.path.basename(scenario))[0]
        self.folder, self.port = folder, port or free_port(address)
        self.statistics_path = os.path.join(folder, f"{self.name}.csv")
        command = ["sipp", *([server] if server else []), "-sf", scenario, "-i", address, "-p", str(self.port), "-t", transport,
                   "-nostdin", "-trace_stat", "-stf", self.statistics_path, "-fd", "1", "-trace_err",
                   "-error_file", os.path.join(folder, f"{self.name}.errors"), "-timeout", f"{seconds}s", "-timeout_error"]
        if calls:
            command += ["-m", str(calls)]
        if server:
            command += ["-r", str(rate), "-l", str(limit or calls or 1000)]
        for key, value in (keys or {}).items():
            command += ["-key", key, str(value)]
        if csv_file:
            command += ["-inf", csv_file]
        self._log = open(os.path.join(folder, f"{self.name}.log"), "w")
        self._child = subprocess.Popen([*command, *arguments], stdin=subprocess.DEVNULL, stdout=self._log,
                                       stderr=self._log, cwd=folder)

    @property
    def pid(self):
        return self._child.pid

    def running(self):
        return self._child.poll() is None

    def wait_listening(self, seconds=5):
        """Until its UDP port is open."""
        wanted = f":{self.port:04X} "

        def listening():
            assert self.running(), f"sipp {self.name} ended: {self.errors()}"
            with open("/proc/net/udp") as udp:
                return any(wanted in line.split("  ")[0] or f":{self.port:04X} " in line for line in udp)
        until(listening, seconds, f"sipp {self.name} listens")
        return self

    def finish(self, seconds=60, tolerated=0):
        """Waits for the end; every call but `tolerated` ones must have succeeded."""
        until(lambda: not self.running(), seconds, lambda: f"sipp {self.name} ends; {self.totals()}", every=0.05)
        self._log.close()
        totals = self.totals()
        code = self._child.returncode
        passed = code == 0 or (code == 1 and 0 < totals["failed"] <= tolerated)
        assert passed, f"sipp {self.name}: exit {code}, {totals}\n{self.errors()}"
        return totals

    def totals(self):
        """successes, failures and retransmissions so far."""
        try:
            with open(self.statistics_path) as file:
                rows = list(csv.reader(file, delimiter=";"))
        except OSError:
            rows = []
        last = dict(zip(rows[0], rows[-1])) if len(rows) > 1 else {}

        def number(key):
            return int(float(last.get(key) or 0))
        return {"succeeded": number("SuccessfulCall(C)"), "failed": number("FailedCall(C)"),
                "retransmissions": number("Retransmissions(C)"), "current": number("CurrentCall")}

    def errors(self):
        try:
            with open(os.path.join(self.folder, f"{self.name}.errors"), errors="replace") as file:
                return file.read()[-3000:]
        except OSError:
            return ""

    def stop(self):
        if self.running():
            self._child.kill()
            self._child.wait(10)
        self._log.close()
