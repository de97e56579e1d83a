# SPDX-License-Identifier: AGPL-3.0-or-later
"""kill -9 of the exchange under a load of registrations: every binding that got its 200 is there afterwards.

Phones register one after the other as fast as answers come, while the exchange is killed in the middle, three times;
each time it is started again on the same database and its list must have all contacts that were ever acknowledged.
"""
import os
import threading

from harness import plans
from harness.sip_peer import Account, SipPeer
from harness.waiting import TooLate, until

NUMBERS = range(20000, 23000)
CLIENTS = 8
ROUNDS = 3


def run(world):
    path = os.path.join(world.folder, "plan.toml")
    with open(path, "w") as file:
        file.write(plans.town() + plans.phones(NUMBERS))
    world.use_plan(path)
    exchange = world.start_exchange(bridge=False)
    acknowledged, waiting = {}, list(reversed(NUMBERS))
    for turn in range(1, ROUNDS + 1):
        clients = [Client(world, waiting, acknowledged) for _ in range(CLIENTS)]
        enough = len(NUMBERS) * turn // (ROUNDS + 1)
        until(lambda: len(acknowledged) >= enough, 60, lambda: f"{enough} registrations; got {len(acknowledged)}", every=0.001)
        exchange.daemon.crash()
        for client in clients:
            client.stop()
        exchange.start_daemon()
        # A phone whose 200 the crash swallowed has registered again from another port: two contacts of one number.
        listed = {(entry["extension"], entry["contact"]) for entry in exchange.registrations()}
        lost = {number for number, contact in acknowledged.items() if (number, contact) not in listed}
        assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged bindings are lost, such as {sorted(lost)[:3]}"
        print(f"round {turn}: {len(acknowledged)} acknowledged, {len(listed)} listed after the crash")


class Client:
    """Registers the next phone, and the next, until it is stopped; remembers what was acknowledged."""

    def __init__(self, world, waiting, acknowledged):
        self._world, self._waiting, self._acknowledged = world, waiting, acknowledged
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._register_all, daemon=True)
        self._thread.start()

    def _register_all(self):
        peer = SipPeer(self._world.exchange.server)
        while self._waiting and not self._stop.is_set():
            number = str(self._waiting.pop())
            contact = f"sip:{number}@127.0.0.1:{peer.port}"
            account = Account(peer, self._world.domain, number, number, plans.password(number))
            try:
                if account.register([f"<{contact}>"], stop=self._stop).status == 200:
                    self._acknowledged[number] = contact
            except TooLate:
                self._waiting.append(int(number))
            peer.received.clear()
        peer.close()

    def stop(self):
        self._stop.set()
        self._thread.join(15)
