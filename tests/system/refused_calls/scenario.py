# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls that are not answered: busy, refused, nobody answers, the caller gives up, nobody there, no such number.

The caller learns the reason as it is, and the phone that rang stops ringing.
"""
from harness.waiting import until

RING_TIME = 5


def run(world):
    exchange = world.start_exchange(bridge=False, settings={"routing": {"ring-time": f"{RING_TIME}s"}})
    for transport in ("udp", "tcp"):
        caller, callee = [world.phone(account, transport=transport, name=f"{account}-{transport}")
                          for account in ("accueil", "mairie")]
        caller.register()
        callee.register()
        declined(caller, callee, 486)
        declined(caller, callee, 603)
        given_up(caller, callee)
        nobody_answers(caller, callee)
        fails(caller, "2102", {480})   # in the plan, not registered
        fails(caller, "2999", {404})   # not in the plan
        until(lambda: not exchange.calls(), 3, lambda: f"no call is left: {exchange.calls()}")
        caller.unregister()
        callee.unregister()


def declined(caller, callee, status):
    outgoing = caller.call(callee.number)
    incoming = callee.incoming()
    outgoing.wait("ringing")
    incoming.decline(status)
    failed = outgoing.wait_end()
    assert failed["status"] == status, failed


def given_up(caller, callee):
    outgoing = caller.call(callee.number)
    incoming = callee.incoming()
    outgoing.wait("ringing")
    outgoing.hang_up()
    incoming.wait_end()
    outgoing.wait_end()
    assert "running" not in incoming.states() + outgoing.states()


def nobody_answers(caller, callee):
    outgoing = caller.call(callee.number)
    incoming = callee.incoming()
    outgoing.wait("ringing")
    failed = outgoing.wait_end(RING_TIME + 5)
    assert failed["status"] in (408, 480), failed
    incoming.wait_end()


def fails(caller, number, statuses):
    failed = caller.call(number).wait_end()
    assert failed["status"] in statuses, failed
