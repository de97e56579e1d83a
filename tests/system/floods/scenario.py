# SPDX-License-Identifier: AGPL-3.0-or-later
"""Under floods of INVITE, REGISTER, OPTIONS and SUBSCRIBE, of one and of two hundred sources, twenty telephones go on.

They renew their registrations and call one another, with retransmissions as telephones send them, and at least 999 of a
thousand of these are served. The flood gets 503 with Retry-After for a part and silence for the rest, no answer is longer
than its request, nobody is banned for challenges that he does not answer, and memory stays where it was.
"""
import json
import os
import subprocess
import sys
import threading

from harness.sip_peer import Account, Answering, OutgoingCall, SipPeer
from harness.waiting import TooLate, until

RUN_ALONE = True
LONGEST = 240
FLOODS = (("INVITE", 1), ("INVITE", 200), ("REGISTER", 200), ("OPTIONS", 1), ("SUBSCRIBE", 200))
RATE, SECONDS = 5000, 6
MEMORY_KB = 24_000   # what it may grow


class PatientPeer(SipPeer):
    """Repeats its requests after half a second, a second, two and four (RFC 3261 §17.1)."""

    def __init__(self, *given, **named):
        self.requests = {}
        super().__init__(*given, **named)

    def request(self, method, uri, headers=(), body="", **dialog):
        data = super().request(method, uri, headers, body, **dialog)
        self.requests[dialog.get("call_id"), f"{dialog.get('cseq', 1)} {method}"] = data
        return data

    def wait_final(self, call_id, cseq, seconds=10, stop=None):
        for patience in (0.5, 1, 2, 4):
            try:
                return super().wait_final(call_id, cseq, patience, stop)
            except TooLate:
                self.send(self.requests[call_id, cseq])
        return super().wait_final(call_id, cseq, 4, stop)


class Telephones:
    """Half of them call the other half, and all renew their registrations, each at its own pace."""

    def __init__(self, world, exchange):
        self.accounts = []
        for number in sorted(world.devices):
            peer = world.keep(PatientPeer(exchange.server, address="127.0.0.1"))
            self.accounts.append(Account(peer, world.domain, number, number, world.devices[number]["password"]))
        half = len(self.accounts) // 2
        self.callees = [Answering(account.peer, account.number, [(200, "OK")]) for account in self.accounts[half:]]
        self.served, self.missed, self._lock = 0, [], threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._live, args=pair, daemon=True)
                         for pair in zip(self.accounts[:half], self.accounts[half:])]

    def register(self):
        for account in self.accounts:
            assert account.register().status == 200

    def start(self):
        for thread in self._threads:
            thread.start()

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(30)
        for callee in self.callees:
            callee.stop()

    def _live(self, caller, callee):
        while not self._stop.wait(0.05):
            self._try("refresh", lambda: caller.register().status == 200)
            self._try("refresh", lambda: callee.register().status == 200)
            self._try("call", lambda: self._call(caller, callee.number))

    @staticmethod
    def _call(caller, number):
        call = OutgoingCall(caller, f"sip:{number}@{caller.domain}", "v=0\r\n", ())
        answer = call.final()
        if answer.status != 200:
            return False
        call.acknowledge(answer)
        return call.hang_up(answer).status == 200

    def _try(self, what, work):
        try:
            served = work()
        except (TooLate, AssertionError) as error:
            served, what = False, f"{what}: {str(error)[:200]}"
        with self._lock:
            self.served += bool(served)
            if not served:
                self.missed.append(what)


def run(world):
    exchange = world.start_exchange(bridge=False, settings={"guard": {"trusted-networks": []}, "log": {"level": "warning"}})
    telephones = Telephones(world, exchange)
    telephones.register()
    telephones.start()
    until(lambda: telephones.served >= 60, 20, lambda: telephones.missed)
    before = exchange.daemon.memory_kb()
    for method, sources in FLOODS:
        started = telephones.served
        counts = flood(exchange, method, sources)
        print(method, sources, counts, "served", telephones.served - started)
        assert counts["sent"] >= RATE * SECONDS * 0.5, counts
        assert counts["with_retry_after"] == counts["refused"] and counts["longer"] == 0, counts
        assert counts["refused"] > 0, counts
        assert counts["answers"] < counts["sent"] * 0.75, counts   # strangers have a budget
        assert telephones.served - started >= 20, (telephones.served - started, telephones.missed)
    telephones.stop()
    total = telephones.served + len(telephones.missed)
    assert len(telephones.missed) * 1000 <= total, (total, telephones.missed[:5])
    grown = exchange.daemon.memory_kb() - before
    assert grown < MEMORY_KB, f"{grown} kB more than before"
    guard = exchange.status()["guard"]
    assert guard["dropped_over_limit"] > 0 and guard["turned_away"] > 0, guard
    assert not exchange.ask("bans", "list")["bans"]
    assert "security: rate-limited" in exchange.daemon.log()
    until(lambda: world.peer(address="127.1.0.9").options(f"sip:{world.domain}").status == 200, 5, "the flood is forgotten")


def flood(exchange, method, sources):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "flooder.py")
    result = subprocess.run([sys.executable, script, exchange.address, str(exchange.port), method, str(sources), str(RATE),
                             str(SECONDS)], capture_output=True, text=True, timeout=SECONDS + 60)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)
