# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two phones call each other over every pair of transports; each hears the other's tone, and itself never.

Then one holds the call: both hear nothing, until it is resumed. Either side can hang up, and then no call is left.
"""
from harness.phones import connect
from harness.waiting import until


def run(world):
    exchange = world.start_exchange(bridge=False)
    phones = {transport: [world.phone(account, transport=transport, name=f"{account}-{transport}")
                          for account in ("accueil", "mairie")] for transport in ("udp", "tcp")}
    for first, second in (("udp", "udp"), ("tcp", "tcp"), ("udp", "tcp"), ("tcp", "udp")):
        caller, callee = phones[first][0], phones[second][1]
        caller.register()
        callee.register()
        whole_call(exchange, caller, callee)
        caller.unregister()
        callee.unregister()


def whole_call(exchange, caller, callee):
    outgoing, incoming = connect(caller, callee)
    assert incoming.event["from"] == caller.number, incoming.event
    hear_each_other(caller, callee)
    assert len(exchange.calls()) == 1, exchange.calls()
    outgoing.hold()
    incoming.wait("held-by-other")
    callee.hears_nothing()
    caller.hears_nothing()
    outgoing.resume()
    hear_each_other(caller, callee)
    outgoing.hang_up()
    ended(exchange, outgoing, incoming)

    outgoing, incoming = connect(caller, callee)
    hear_each_other(caller, callee)
    incoming.hang_up()
    ended(exchange, outgoing, incoming)


def hear_each_other(caller, callee):
    caller.hears([callee.tone], [caller.tone])
    callee.hears([caller.tone], [callee.tone])


def ended(exchange, outgoing, incoming):
    outgoing.wait("ended")
    incoming.wait("ended")
    until(lambda: not exchange.calls(), 3, lambda: f"no call is left: {exchange.calls()}")
