# SPDX-License-Identifier: AGPL-3.0-or-later
"""The disk is full: no registration is acknowledged that is not durable, and calls go on.

What cannot be written is refused with 5xx, status and log say why, registered phones speak with one another. With room
on the disk again everything works without a restart, the record of the call made meanwhile is there, and after kill -9
no acknowledged binding is missing.
"""
import json

from harness.phones import connect
from harness.small_disk import SmallDisk
from harness.waiting import until


def run(world):
    exchange = world.prepare_exchange(bridge=False)
    disk = world.keep(SmallDisk(exchange.data, 2048))
    exchange.enter = disk.enter
    exchange.start()
    caller, callee = world.registered_phones("accueil", "mairie")
    acknowledged = {entry["contact"] for entry in exchange.registrations()}
    disk.fill()
    refused = register_until(world, acknowledged, lambda status: status >= 500)
    assert refused.status in (500, 503), refused
    status = exchange.status()["store"]
    assert not status["writable"] and status["problem"], status
    assert "CANNOT BE WRITTEN" in exchange.command("status").stdout
    assert "full" in exchange.daemon.log().lower() or "space" in exchange.daemon.log().lower(), "the log says why"
    speak(caller, callee)
    disk.empty()
    until(lambda: exchange.status()["store"]["writable"], 10, lambda: f"the database is written again: {exchange.status()}")
    register_until(world, acknowledged, lambda status: status == 200)
    until(lambda: [call for call in recent(exchange) if call["answered_by"] and call["end_ms"]], 10, "the call's record")
    exchange.daemon.crash()
    exchange.start_daemon()
    listed = {entry["contact"] for entry in exchange.registrations()}
    assert acknowledged <= listed, acknowledged - listed
    speak(caller, callee)


def register_until(world, acknowledged, enough):
    """One binding after the other comes and goes, until an answer is as wanted: the database may have space to spare."""
    account = world.account("mairie")
    for number in range(2000):
        contact = f"sip:2101@127.0.0.1:{account.peer.port};n={number}"
        response = account.register([f"<{contact}>"])
        if response.status == 200:
            acknowledged.add(contact)
        if enough(response.status):
            return response
        removed = account.register([f"<{contact}>"], expires=0)
        if removed.status == 200:
            acknowledged.discard(contact)
        if enough(removed.status):
            return removed
    raise AssertionError(f"never as wanted, last {response}")


def recent(exchange):
    result = exchange.command("--json", "calls", "--recent", "10")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["recent"]


def speak(caller, callee):
    outgoing, incoming = connect(caller, callee)
    caller.hears([callee.tone], [caller.tone])
    outgoing.hang_up()
    incoming.wait("ended")
