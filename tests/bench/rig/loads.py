# SPDX-License-Identifier: AGPL-3.0-or-later
"""Loads by SIPp, and what a server spends on them."""
import os
import sys
import time

from harness.ports import free_port
from harness.process import cpu_seconds
from harness.sipp import Sipp

from . import town

_SCENARIOS = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "scenarios")
_TOLERATED = 100  # one dialogue in so many may fail: SIPp now and then finds a good answer unexpected, and is itself late
_IDLE = 3  # seconds over which a server without load is watched


class Loads:
    """Everything that is sent to one server between its start and its stop."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.answering_port = free_port()
        self._runs = 0

    def register(self, numbers, rate):
        """All `numbers` register, or renew if they did before; CPU seconds of the server."""
        users = town.write_users(self.folder, numbers, "registering")
        self._runs += 1
        with Spent(self.server) as spent:
            self._sipp("register.xml", len(numbers), rate, users,
                       keys={"contact_port": self.answering_port, "asks": 2 * self._runs - 1, "answers": 2 * self._runs},
                       arguments=["-auth_uri", town.REALM, "-cid_str", "%u-load@127.0.0.1"])
        return spent.seconds

    def call(self, count, rate, settle):
        """`count` calls to registered phones; CPU seconds of the server until `settle` seconds after the last one.

        A server goes on with a call after its end: transactions live on for 32 s. What it spends while idle, with no
        call at all, is no part of a call and is taken off.
        """
        callers = range(town.NUMBERS[0], town.CALLEES_FROM)
        users = town.write_users(self.folder, callers, "calling")
        with Spent(self.server) as idle:
            time.sleep(_IDLE)
        answering = Sipp(self.folder, os.path.join(_SCENARIOS, "answer.xml"), port=self.answering_port, limit=60000,
                         seconds=600, arguments=["-buff_size", "4194304", "-l", "60000"]).wait_listening()
        try:
            with Spent(self.server) as spent:
                self._sipp("call.xml", count, rate, users, arguments=["-auth_uri", town.REALM])
                time.sleep(settle)
        finally:
            answering.stop()
        return spent.seconds - idle.seconds / idle.elapsed * spent.elapsed

    def _sipp(self, scenario, count, rate, users, keys=None, arguments=()):
        seconds = int(count / rate) + 60
        totals = Sipp(self.folder, os.path.join(_SCENARIOS, scenario), server=self.server.host_port, calls=count, rate=rate,
                      keys={"domain": town.REALM, **(keys or {})}, csv_file=users, limit=30000, seconds=seconds,
                      arguments=["-buff_size", "4194304", *arguments]).finish(seconds, tolerated=count // _TOLERATED)
        if totals["retransmissions"] > count / 50 or totals["failed"]:
            print(f"note: {self.server.name} at {rate}/s: {totals['retransmissions']} retransmissions and {totals['failed']} "
                  f"failures in {count} dialogues are in the figure", file=sys.stderr)


class Spent:
    """The CPU time of all processes of a server within a `with`."""

    def __init__(self, server):
        self._pid = server.pid

    def __enter__(self):
        self._begin, self._at = cpu_seconds(self._pid), time.monotonic()
        return self

    def __exit__(self, *_):
        self.seconds, self.elapsed = cpu_seconds(self._pid) - self._begin, time.monotonic() - self._at
