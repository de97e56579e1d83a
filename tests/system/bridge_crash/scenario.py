# SPDX-License-Identifier: AGPL-3.0-or-later
"""kill -9 of beffroi-bridge: a call between telephones goes on, registrations stay, rooms are back within two seconds."""
from harness.phones import connect
from harness.waiting import until

BACK_WITHIN = 2


def run(world):
    exchange = world.start_exchange()
    exchange.supervise_bridge()
    caller, callee, member = world.registered_phones("accueil", "mairie", "police")
    outgoing, incoming = connect(caller, callee)
    in_room = member.call("3000")
    in_room.wait("running")
    assert exchange.status()["bridge"]["calls"] == 1, exchange.status()
    assert "1 rooms, 1 calls" in exchange.command("status").stdout
    crashed = exchange.bridge
    crashed.crash()

    until(lambda: exchange.bridge is not crashed and "READY=1" in exchange.bridge.readiness.read(), BACK_WITHIN,
          "the bridge is back")
    caller.hears([callee.tone])
    callee.hears([caller.tone])
    assert exchange.registered() == {"2100", "2101", "2102"}, exchange.registrations()
    in_room.hang_up()
    in_room.wait_end()
    again = member.call("3000")
    again.wait("running")
    until(lambda: [m["caller"] for room in exchange.rooms() for m in room["members"]] == ["2102"], 5,
          lambda: f"the room is there again: {exchange.rooms()}")
    again.hang_up()
    again.wait("ended")
    assert outgoing.count("ended") == 0 and incoming.count("ended") == 0
    outgoing.hang_up()
    incoming.wait("ended")
