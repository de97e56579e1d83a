# SPDX-License-Identifier: AGPL-3.0-or-later
"""One extension with two phones: both ring, whoever answers speaks, and the other one stops ringing.

If one phone is busy the other goes on ringing; if the caller gives up both stop.
"""
from harness.waiting import until


def run(world):
    exchange = world.start_exchange(bridge=False)
    caller = world.phone("accueil")
    caller.register()
    desk, workshop = world.phone("bureau"), world.phone("atelier", transport="tcp")
    desk.register()
    workshop.register()
    assert len([entry for entry in exchange.registrations() if entry["extension"] == "2101"]) == 2
    answered_by(exchange, caller, desk, workshop)
    answered_by(exchange, caller, workshop, desk)
    one_is_busy(caller, desk, workshop)
    caller_gives_up(caller, desk, workshop)


def ring(caller, *phones):
    outgoing = caller.call("2101")
    incoming = [phone.incoming() for phone in phones]
    outgoing.wait("ringing")
    return outgoing, incoming


def answered_by(exchange, caller, who, other):
    outgoing, (here, there) = ring(caller, who, other)
    here.answer()
    outgoing.wait("running")
    there.wait_end()
    assert "running" not in there.states(), there.states()
    caller.hears([who.tone], [caller.tone, other.tone])
    who.hears([caller.tone], [who.tone, other.tone])
    assert len(exchange.calls()) == 1, exchange.calls()
    outgoing.hang_up()
    here.wait("ended")
    until(lambda: not exchange.calls(), 3, lambda: f"no call is left: {exchange.calls()}")


def one_is_busy(caller, busy, other):
    outgoing, (here, there) = ring(caller, busy, other)
    here.decline(486)
    here.wait_end()
    there.answer()
    outgoing.wait("running")
    caller.hears([other.tone], [caller.tone, busy.tone])
    there.hang_up()
    outgoing.wait("ended")


def caller_gives_up(caller, *phones):
    outgoing, incoming = ring(caller, *phones)
    outgoing.hang_up()
    for call in incoming:
        call.wait_end()
    outgoing.wait_end()
