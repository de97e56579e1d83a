# SPDX-License-Identifier: AGPL-3.0-or-later
"""Telephones of two makes, liblinphone and baresip, register and call by TLS, also one that has only UDP.

A telephone that does not trust the exchange's certificate sends nothing; one that came by TLS is called by its own connection.
"""
from harness import sipp
from harness.baresip import TONE, Baresip, require_baresip
from harness.certificates import Authority
from harness.waiting import until


def run(world):
    require_baresip()
    authority = Authority(world.folder)
    certificate, key = authority.issue_for_exchange()
    exchange = world.start_exchange(bridge=False, transports=("udp", "tls"),
                                    settings=sipp.MD5_ONLY | {"tls": {"certificates": [f"{certificate}:{key}"]}})
    suspicious(world, exchange)
    caller = world.phone("accueil", transport="tls", authority=authority.certificate)
    caller.register()
    entry, = exchange.registrations()
    assert entry["transport"] == "TLS", entry
    plain = world.phone("bureau")
    plain.register()
    talk(exchange, caller, plain, "2102")
    talk(exchange, plain, caller, "2100")
    other_make(world, exchange, caller, authority)
    assert exchange.status()["network"]["connections_opened"] == 0, "a telephone was called by a connection of ours"


def suspicious(world, exchange):
    stranger = Authority(world.folder, "stranger")
    phone = world.phone("accueil", name="suspicious", transport="tls", authority=stranger.certificate)
    phone.register(expect="failed", seconds=30)
    phone.do("destroy")
    assert not exchange.registrations()
    assert exchange.status()["tls"]["handshakes_failed"] >= 1, exchange.status()["tls"]


def talk(exchange, caller, callee, number):
    outgoing = caller.call(number)
    incoming = callee.incoming()
    incoming.answer()
    outgoing.wait("running")
    caller.hears([callee.tone], [caller.tone])
    callee.hears([caller.tone], [callee.tone])
    outgoing.hang_up()
    incoming.wait("ended")
    until(lambda: not exchange.calls(), 5, "the call is over")


def other_make(world, exchange, caller, authority):
    phone = Baresip(world, "mairie", "tls", authority.certificate)
    until(lambda: "2101" in exchange.registered(), 10, lambda: f"baresip registers:\n{phone.log()}")
    call = caller.call("2101")
    call.wait("running")
    caller.hears([TONE], [caller.tone])
    call.hang_up()
    call.wait("ended")
    until(lambda: not exchange.calls(), 5, "the call is over")
    phone.close()
    until(lambda: "2101" not in exchange.registered(), 10, "baresip unregisters")
