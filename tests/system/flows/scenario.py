# SPDX-License-Identifier: AGPL-3.0-or-later
"""A phone is reached by the flow that registered and by no other, and a dead flow is no registration.

Its connection is cut: the next call hears 480 at once, and the phone is in no list, also after a kill -9. A phone that
says that it knows outbound (RFC 5626) is told how often to say that it is there, and lasts exactly as long as it does.
"""
import os
import struct
import threading

from harness.message import reply_to
from harness.waiting import holds, until

INSTANCE = '+sip.instance="<urn:uuid:00000000-0000-4000-8000-000a95a0e12{}>"'
OUTBOUND = [("Supported", "path, outbound")]
LONGEST = 400


def run(world):
    exchange = world.prepare_exchange(bridge=False, settings={"registrar": {"flow-timer": "15s"}})
    exchange.start()
    caller = world.account("accueil")
    cut(world, exchange, caller)
    restart(world, exchange, caller)
    watched(world, exchange)


def refused_at_once(caller, number):
    """Far sooner than any timer of SIP, the shortest of which that could end a call is 32 s."""
    call = caller.invite(number)
    answer = call.final(5)
    assert answer.status == 480, answer
    call.acknowledge_failure(answer)


def cut(world, exchange, caller):
    """In the three ways in which a connection ends, and while it rings."""
    for way in ("close", "reset", "ringing"):
        phone = world.account("mairie", world.peer("tcp"))
        assert phone.register().status == 200
        until(lambda: "2101" in exchange.registered(), 3, exchange.registered)
        call = None
        if way == "ringing":
            call = caller.invite("2101")
            phone.peer.wait(method="INVITE")
        if way == "reset":
            phone.peer.socket.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER: the other end is reset
        phone.peer.close()
        if call:
            answer = call.final(5)
            assert answer.status == 480, answer
            call.acknowledge_failure(answer)
        until(lambda: "2101" not in exchange.registered(), 3, exchange.registered)
        refused_at_once(caller, "2101")


def restart(world, exchange, caller):
    """What was dropped is not on the disk; what was connected is, and out of reach until it is back."""
    gone, kept = world.account("mairie", world.peer("tcp")), world.account("police", world.peer("tcp"))
    assert gone.register().status == 200 and kept.register().status == 200
    gone.peer.close()
    until(lambda: exchange.registered() == {"2102"}, 3, exchange.registered)
    assert world.account("ecole").register().status == 200  # is on disk now, and what came before it too
    exchange.daemon.crash()
    exchange.start_daemon()
    assert exchange.registered() == {"2102", "2103"}, exchange.registered()
    until(lambda: kept.peer.closed_by_server, 5, "the connection is closed")
    refused_at_once(caller, "2102")
    kept.peer = world.peer("tcp")
    assert kept.register().status == 200
    call = caller.invite("2102")
    invite = kept.peer.wait(method="INVITE")
    kept.peer.send(reply_to(invite, 486, "Busy Here", tag="busy"))
    assert call.final(5).status == 486
    assert kept.register(expires=0).status == 200
    assert "2102" not in exchange.registered(), exchange.registrations()


def watched(world, exchange):
    stopping = threading.Event()
    alive, silent = {}, {}
    for number, (account, transport) in enumerate((("mairie", "tcp"), ("police", "udp"))):
        for group in (alive, silent):
            peer = world.peer(transport)
            contact = f"{peer.contact(account)};reg-id={1 + (group is silent)};{INSTANCE.format(number)}"
            device = world.account(account, peer)
            answer = device.register([contact], headers=OUTBOUND)
            assert answer.status == 200 and answer.get("Require") == "outbound", answer.headers
            assert answer.get("Flow-Timer") == "15", answer.headers
            group[transport] = peer
    threads = [threading.Thread(target=keep_alive, args=(stopping, peer), daemon=True) for peer in alive.values()]
    for thread in threads:
        thread.start()
    try:
        def remotes():
            return {entry["remote"] for entry in exchange.registrations() if entry["extension"] in ("2101", "2102")}
        living = {peer.host_port for peer in alive.values()}
        until(lambda: remotes() == living, 90, exchange.registrations)
        until(lambda: silent["tcp"].closed_by_server, 5, "the silent connection is closed")
        holds(lambda: remotes() == living and not alive["tcp"].closed_by_server, 30, remotes, every=1)
        status = exchange.status()["network"]
        assert status["flows_silent"] == 1 and status["stun_answers"] > 0, status
    finally:
        stopping.set()
    for thread in threads:
        thread.join(15)


def keep_alive(stopping, peer):
    while not stopping.wait(10):
        peer.send(b"\r\n\r\n" if peer.transport == "tcp" else b"\0\1\0\0\x21\x12\xa4\x42" + os.urandom(12))
