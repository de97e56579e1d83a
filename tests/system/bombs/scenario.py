# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages made to cost much: each is refused with its status or served like any other, and costs neither time nor memory.

Too many and too long fields of every kind, bodies that unpack to a thousand times their size, and what makes a reader go over the
same octets again and again. Each goes by UDP and by TCP, many times over. Time is counted as processor time of the exchange, which
a reader with quadratic time exceeds with a single one of them; memory after the first round must be memory after the last.
"""
import zlib

from harness.process import cpu_seconds
from harness.sip_peer import token
from harness.waiting import until

REALM = "mairie.test"
DATAGRAM = 8192       # edge.longest-datagram
ROUNDS = 6
PROCESSOR = 0.01      # seconds for one bomb, on a slow machine: octets are read once
GROWTH_KB = 4096


def run(world):
    exchange = world.start_exchange(bridge=False)
    bombs = made()
    for name, bomb in bombs.items():
        for transport in ("udp", "tcp"):
            refused_or_served(world, transport, name, bomb)
    watcher = world.peer()
    throw(world, watcher, bombs)
    memory, used = exchange.daemon.memory_kb(), cpu_seconds(exchange.daemon.pid)
    for _ in range(ROUNDS):
        throw(world, watcher, bombs)
    each = (cpu_seconds(exchange.daemon.pid) - used) / (ROUNDS * len(bombs) * 2)
    grown = exchange.daemon.memory_kb() - memory
    print(f"{len(bombs)} bombs, {ROUNDS} rounds by both transports: {each * 1e6:.0f} µs of processor each, {grown} kB grown")
    assert each < PROCESSOR, f"{each} s of processor for each"
    assert grown < GROWTH_KB, f"{grown} kB more after {ROUNDS} rounds"


class Bomb:
    """`statuses`: what it may be answered; none: it is no request, and dropped."""

    def __init__(self, statuses, headers=(), body=b"", method="INVITE", uri=f"sip:2100@{REALM}", raw=None, first=""):
        self.statuses, self.headers, self.body, self.method, self.uri = set(statuses), list(headers), body, method, uri
        self.raw, self.first = raw, first

    def octets(self, peer, call_id):
        if self.raw is not None:
            return self.raw
        fields = [f"Via: {peer.via()}", *self.headers_text(), f"From: <sip:x@{REALM}>;tag=1", f"To: <sip:2100@{REALM}>",
                  f"Call-ID: {call_id}", f"CSeq: 1 {self.method}", f"Content-Length: {len(self.body)}"]
        return f"{self.method} {self.uri} SIP/2.0\r\n".encode() + "\r\n".join(fields).encode() + b"\r\n\r\n" + self.body

    def headers_text(self):
        return [f"{name}: {value}" for name, value in self.headers]


def made():
    challenged = {401, 407}
    sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    multipart = "".join(f"--b{depth}\r\nContent-Type: multipart/mixed;boundary=b{depth + 1}\r\n\r\n" for depth in range(90))
    deflated = zlib.compress(b"\0" * 30_000_000)[:30000]
    stuck = zlib.compress(bytes(range(256)) * 8)[:-1]   # ends where what it unpacks to fills 2048 octets
    contact = "<sip:a@192.0.2.1>"
    return {
        "Via": Bomb({400}, [("Via", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1")] * 71),
        "Via in one field": Bomb({400}, [("Via", ",".join(["SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"] * 100))]),
        "Record-Route": Bomb({400}, [("Record-Route", "<sip:192.0.2.1;lr>")] * 120),
        "Route": Bomb({400}, [("Route", "<sip:192.0.2.1;lr>")] * 33),
        "header fields": Bomb({400}, [("X", "y")] * 1500),
        "Accept": Bomb({400}, [("Accept", "a/b")] * 600),
        "a comma list": Bomb({400}, [("Accept", "a/b," * 1200)]),
        "commas": Bomb({400}, [("Contact", "," * 4000)], method="REGISTER"),
        "contacts": Bomb({400}, [("Contact", ",".join([contact] * 17))], method="REGISTER"),
        "one field": Bomb({400}, [("Subject", "x" * 5000)]),
        "folds": Bomb({400, *challenged}, [("Subject", "x" + "\r\n " * 2500)]),
        "a name": Bomb({400}, [("X" * 5000, "y")]),
        "Request-URI": Bomb({414}, uri=f"sip:{'2' * 4000}@{REALM}"),
        "parameters": Bomb({414}, uri=f"sip:2100@{REALM}" + ";a" * 2000),
        "escapes": Bomb({414}, uri=f"sip:{'%32' * 1500}@{REALM}"),
        "a contact's user": Bomb({400}, [("Contact", f"<sip:{'a' * 6000}@192.0.2.1>")], method="REGISTER"),
        "quotes": Bomb({400, *challenged}, [("Reply-To", '"' + '\\"' * 1900 + '" <sip:a@b.test>')]),
        "an open quote": Bomb({400, *challenged}, [("Reply-To", '"' + "a," * 1900)]),
        "brackets": Bomb({400, *challenged}, [("Reply-To", "<" * 3900)]),
        "credentials": Bomb({400, *challenged}, [("Proxy-Authorization", "Digest " + "a=b," * 900)]),
        "nothing but =": Bomb({400, *challenged}, [("Authorization", "Digest " + "=" * 3900)], method="REGISTER"),
        "a method": Bomb({400, 405, 501}, method="A" * 3000),
        "session description": Bomb(challenged | {413}, body=(sdp + "a=x:y\r\n" * 900).encode()),
        "a long body": Bomb({413}, body=b"a" * 33000),
        "nested parts": Bomb({400, *challenged}, [("Content-Type", "multipart/mixed;boundary=b0")], multipart.encode()),
        "deflate": Bomb({415}, [("Content-Encoding", "deflate")], deflated[:7000]),
        "deflate that is cut": Bomb({415}, [("e", "deflate")], stuck),
        "gzip": Bomb({415}, [("Content-Encoding", "gzip")], b"\x1f\x8b" + b"\0" * 7000),
        "no message": Bomb((), raw=b"a" * 60000),
        "lines that begin nothing": Bomb((), raw=b"SIP/2. 200 OK\r\n" * 4000),
        "requests that begin and do not end": Bomb((), raw=b"INVITE sip:a@b SIP/2.0 " * 2600),
        "empty lines": Bomb((), raw=b"\r\n" * 30000),
    }


def refused_or_served(world, transport, name, bomb):
    peer, call_id = world.peer(transport, address="127.0.0.2"), token()
    octets = bomb.octets(peer, call_id)
    send(peer, octets)
    if not bomb.statuses or (transport == "udp" and len(octets) > DATAGRAM):
        assert world.peer().options(f"sip:{REALM}").status == 200, (transport, name)
        assert not [m for m in peer.received if m.get("Call-ID") == call_id and m.status not in bomb.statuses], (transport, name)
    else:
        def answered():
            return [m.status for m in peer.received if m.status >= 200] or peer.closed_by_server
        until(answered, 5, lambda: f"an answer to {name} by {transport}, {len(octets)} octets")
        statuses = {m.status for m in peer.received if m.status >= 200}
        assert statuses and statuses <= bomb.statuses, (transport, name, peer.received)
    peer.close()


def send(peer, octets):
    try:
        peer.send(octets)
    except OSError:   # too much for a datagram or, by TCP, closed while we speak
        pass


def throw(world, watcher, bombs):
    for bomb in bombs.values():
        for transport in ("udp", "tcp"):
            peer = world.peer(transport, address="127.0.0.3")
            send(peer, bomb.octets(peer, token())[:60000 if transport == "udp" else None])
            assert watcher.options(f"sip:{REALM}").status == 200
            peer.close()
