# SPDX-License-Identifier: AGPL-3.0-or-later
"""500 connections that keep the exchange waiting, in every way, also in the middle of a TLS handshake: all are closed within
30 s, and others are served.

The same with 256 descriptors, and then with none left at all: the exchange keeps some back for itself, strangers give
way to who comes next, and the listener survives. In the end all descriptors are back.
"""
import resource
import socket
import threading
import time

from harness.certificates import Authority
from harness.message import reply_to
from harness.waiting import TooLate, until

COUNT = 500
CLOSED_WITHIN = 30
RUN_ALONE = True
LONGEST = 400
CLIENT_HELLO = bytes.fromhex("160301020001 0001fc0303")  # its beginning
KINDS = 6
BEGINNING = b"REGISTER sip:mairie.test SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK"


def run(world):
    certificate = ":".join(Authority(world.folder).issue_for_exchange())
    exchange = world.start_exchange(bridge=False, transports=("udp", "tcp", "tls"), settings={"tls": {"certificates": [certificate]}})
    attack(world, exchange, COUNT)
    exchange.daemon.stop()
    exchange.start_daemon(limits=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256)))
    attack(world, exchange, 256 - 64 - 3)
    starve(world, exchange)


def connected(exchange, port=None):
    peer = socket.socket()
    peer.settimeout(CLOSED_WITHIN + 10)
    peer.connect((exchange.server[0], port or exchange.server[1]))
    return peer


class Slow:
    """Connections that say nothing, a part, an octet now and then, that have finished sending in the middle, and two kinds of
    handshakes: one that does not begin, and one that does not go on."""

    def __init__(self, exchange, count):
        self.peers = []
        for number in range(count):
            kind = number % KINDS
            peer = connected(exchange, exchange.tls_port if kind >= 4 else None)
            if kind == 5:
                peer.sendall(CLIENT_HELLO)
            elif kind in (1, 2, 3):
                peer.sendall(BEGINNING)
            if kind == 3:
                peer.shutdown(socket.SHUT_WR)
            self.peers.append((peer, kind))
        self._stopping = threading.Event()
        self._dripping = threading.Thread(target=self._drip, daemon=True)
        self._dripping.start()

    def _drip(self):
        while not self._stopping.wait(1):
            for peer, kind in self.peers:
                if kind == 2:
                    try:
                        peer.send(b"x", socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
                    except OSError:
                        pass

    def wait_closed(self, seconds):
        deadline = time.monotonic() + seconds
        for peer, kind in self.peers:
            peer.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                while peer.recv(4096):
                    pass
            except TimeoutError:
                raise TooLate(f"a connection of kind {kind} is open after {seconds} s") from None
            except ConnectionError:
                pass

    def close(self):
        self._stopping.set()
        self._dripping.join(5)
        for peer, _ in self.peers:
            peer.close()


def attack(world, exchange, possible):
    """`possible`: how many connections the exchange may have at a time."""
    phone = world.account("police", world.peer("tcp"))
    assert phone.register().status == 200
    before = exchange.daemon.descriptors()
    slow = Slow(exchange, COUNT)
    try:
        until(lambda: exchange.status()["network"]["connections_accepted"] > COUNT, 10, exchange.status)
        network = exchange.status()["network"]
        assert network["connections"] <= possible + 1, network
        assert network["accept_pauses"] == 0 and network["connections_refused"] == 0, network
        served(world, exchange, phone)
        slow.wait_closed(CLOSED_WITHIN)
    finally:
        slow.close()
    served(world, exchange, phone)
    until(lambda: exchange.daemon.descriptors() <= before, 10, lambda: (before, exchange.daemon.descriptors()))
    phone.peer.close()
    until(lambda: exchange.status()["network"]["connections"] == 0, 5, exchange.status)


def served(world, exchange, phone):
    """Who was here before, and who comes by UDP and by TCP now."""
    assert phone.register().status == 200 and not phone.peer.closed_by_server
    for transport in ("udp", "tcp"):
        newcomer = world.account("mairie", world.peer(transport))
        assert newcomer.register().status == 200
        call = newcomer.invite("2102")
        invite = phone.peer.wait(method="INVITE", call_id=call.call_id)
        phone.peer.send(reply_to(invite, 486, "Busy Here", tag="busy"))
        assert call.final(5).status == 486
        assert newcomer.register(expires=0).status == 200
        newcomer.peer.close()
    assert exchange.status()["store"]["writable"]


def starve(world, exchange):
    """Not one descriptor more: whoever knocks gets that of a stranger, and without a stranger waits until there is one."""
    phone = world.account("police", world.peer("tcp"))
    assert phone.register().status == 200
    stranger = connected(exchange)
    until(lambda: exchange.status()["network"]["connections"] == 2, 5, exchange.status)
    before = resource.prlimit(exchange.daemon.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(exchange.daemon.pid, resource.RLIMIT_NOFILE, (exchange.daemon.descriptors(), before[1]))
    try:
        known = world.account("mairie", world.peer("tcp"))
        assert known.register().status == 200
        assert stranger.recv(1) == b"", "the stranger has given way"
        waiting = connected(exchange)
        waiting.sendall(b"\r\n\r\nOPTIONS sip:mairie.test SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKw\r\n"
                        b"Max-Forwards: 70\r\nFrom: <sip:w@127.0.0.1>;tag=w\r\nTo: <sip:mairie.test>\r\nCall-ID: w\r\n"
                        b"CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
        until(lambda: "no descriptor left" in exchange.daemon.log(), 5, exchange.daemon.log)
        assert phone.register().status == 200 and known.register().status == 200
    finally:
        resource.prlimit(exchange.daemon.pid, resource.RLIMIT_NOFILE, before)
    answer = b""
    while b"SIP/2.0 200" not in answer:
        more = waiting.recv(4096)
        assert more, "the listener is alive, and who waited is served"
        answer += more
    waiting.close()
    stranger.close()
    served(world, exchange, phone)
    assert exchange.status()["network"]["accept_pauses"] > 0
