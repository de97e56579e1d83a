# SPDX-License-Identifier: AGPL-3.0-or-later
"""A message is one message, for the exchange and for whoever it sends it to: nothing hidden in it is ever read as another.

Requests behind the end of a datagram, in bodies, behind lengths that contradict one another or the octets; fields that may stand
once and stand twice. A datagram that lies about its length does not touch those that follow it. On a stream what belongs
together is put together, however it is cut, and what cannot be cut for certain ends the connection.
"""
from harness.sip_peer import Answering, token
from harness.waiting import until

REALM = "mairie.test"
LENGTHS = [["0", "300"], ["300", "0"], ["0, 300"], ["0,0"], ["-1"], ["+0"], ["0x0"], ["1e2"], ["00000000000000000000000000300 0"],
           ["18446744073709551616"], ["4294967296"], [""], ["zero"], ["\"0\""], ["0;x"]]


def run(world):
    exchange = world.start_exchange(bridge=False)
    behind_a_datagram(world)
    lengths_of_datagrams(world)
    twice(world)
    deafened(world)
    streams(world)
    lengths_of_streams(world)
    for caller, callee in (("udp", "tcp"), ("udp", "udp"), ("tcp", "tcp")):
        through(world, caller, callee)
    assert exchange.daemon.running()


class Probe:
    """A stranger's connection or socket."""

    def __init__(self, world, transport="udp", number=2):
        self.peer = world.peer(transport, address=f"127.0.0.{number}")

    def options(self, call_id, headers=(), body=""):
        return self.peer.request("OPTIONS", f"sip:{REALM}", headers, body, call_id=call_id)

    def statuses(self, call_id):
        return [message.status for message in self.peer.matching(call_id=call_id)]

    def fence(self):
        """All that was sent before has been dealt with when this is answered."""
        assert self.peer.options(f"sip:{REALM}").status == 200


def behind_a_datagram(world):
    probe = Probe(world)
    for separator in (b"", b"\r\n", b"\r\n\r\n", b"\0", b"x" * 40):
        for method in ("OPTIONS", "INVITE", "REGISTER"):
            outer, inner = token(), token()
            hidden = probe.peer.request(method, f"sip:2100@{REALM}", call_id=inner)
            probe.peer.send(probe.options(outer, [("Content-Length", "0")]) + separator + hidden)
            probe.fence()
            assert probe.statuses(outer) == [200] and probe.statuses(inner) == [], (separator, method, probe.peer.received)
    outer, inner = token(), token()
    hidden = probe.options(inner).decode()
    probe.peer.send(probe.options(outer, [("Content-Type", "message/sip")], hidden))
    probe.fence()
    assert probe.statuses(outer) == [415] and probe.statuses(inner) == []   # nor is it a content that anybody here reads


def lengths_of_datagrams(world):
    """What is behind it is never a request; what is no length, or are two, is refused."""
    probe = Probe(world)
    for values in LENGTHS:
        for name in ("Content-Length", "l"):
            outer, inner = token(), token()
            fields = [(name if index == 0 else "Content-Length", value) for index, value in enumerate(values)]
            probe.peer.send(probe.options(outer, fields) + probe.options(inner))
            probe.fence()
            assert probe.statuses(outer) == [400] and probe.statuses(inner) == [], (values, probe.peer.received)


    outer, inner = token(), token()   # the same twice is one length all the same
    probe.peer.send(probe.options(outer, [("Content-Length", "0"), ("l", "0")]) + probe.options(inner))
    probe.fence()
    assert probe.statuses(outer) == [200] and probe.statuses(inner) == [], probe.peer.received


def twice(world):
    """As RFC 4475 §3.3.8 has it, field by field; also in its short form, also with the same value."""
    short = {"From": "f", "To": "t", "Call-ID": "i", "CSeq": "CSEQ", "Max-Forwards": "max-forwards"}
    for transport in ("udp", "tcp"):
        for name, other in short.items():
            for second in (name, other):
                probe, call_id = Probe(world, transport), token()
                lines = probe.options(call_id).decode().split("\r\n")
                place = next(index for index, line in enumerate(lines) if line.startswith(name + ":"))
                lines.insert(place + 1, second + lines[place][len(name):])
                probe.peer.send("\r\n".join(lines).encode())
                until(lambda: [m for m in probe.peer.received if m.status], 5, f"an answer to {second} twice")
                assert [m.status for m in probe.peer.received] == [400], (transport, second, probe.peer.received)


def deafened(world):
    """A datagram that promises more than it has, or has a NUL, is over when it ends: its sender, and whoever has the same
    address in a spoofed one, is heard as before."""
    probe = Probe(world)
    for length in ("9999", "65000", "4000000000"):
        for nul in ("", "\0"):
            outer = token()
            probe.peer.send(probe.options(outer, [("Subject", f"a{nul}b"), ("Content-Length", length)], "short"))
            for _ in range(3):
                probe.fence()
            assert probe.statuses(outer) == [400], (length, probe.peer.received)


def streams(world):
    probe, ids = Probe(world, "tcp"), [token() for _ in range(20)]
    probe.peer.send(b"".join(probe.options(each, [("Content-Type", "application/sdp")], "x" * index) for index, each in enumerate(ids)))
    probe.fence()
    assert [probe.statuses(each) for each in ids] == [[200]] * 20, "many in one segment"

    probe, whole, inner = Probe(world, "tcp"), token(), token()
    probe.peer.socket.setsockopt(6, 1, 1)   # TCP_NODELAY: each octet is a segment
    hidden = probe.options(inner).decode()
    for octet in probe.options(whole, [("Content-Type", "application/sdp")], hidden):
        probe.peer.send(bytes([octet]))
    probe.fence()
    assert probe.statuses(whole) == [200] and probe.statuses(inner) == [], "one in many segments"


def lengths_of_streams(world):
    """Where the next message begins cannot be told: the connection ends, and nothing behind it was read."""
    for values in [*LENGTHS, None]:
        probe, outer, inner = Probe(world, "tcp"), token(), token()
        message = probe.options(outer, [("Content-Length", value) for value in values or ["X"]])
        if values is None:
            message = message.replace(b"Content-Length: X\r\n", b"")
        probe.peer.send(message + probe.options(inner))
        until(lambda: probe.peer.closed_by_server, 5, f"the end of the connection after {values}")
        assert probe.statuses(inner) == [] and set(probe.statuses(outer)) <= {400}, (values, probe.peer.received)


def through(world, from_transport, to_transport):
    """What a telephone sends with more behind it reaches another without it."""
    caller = world.account("mairie", world.peer(from_transport))
    callee = world.account("accueil", world.peer(to_transport))
    assert callee.register().status == 200
    phone = Answering(callee.peer, "2100", [(486, "Busy Here")])
    uri, call_id, hidden = f"sip:2100@{REALM}", token(), token()
    dialog = dict(from_=f"<{caller.identity}>;tag={token()}", call_id=call_id)
    inner = caller.peer.request("MESSAGE", uri, [("X-Hidden", "yes")], call_id=hidden)

    def send(cseq, extra):
        head = caller.peer.request("MESSAGE", uri, [("Content-Type", "text/plain"), ("Content-Length", "7"), *extra], cseq=cseq, **dialog)
        behind = inner if from_transport == "udp" else b""
        caller.peer.send(head + b"Bonjour" + behind)
        return caller.peer.wait_final(call_id, f"{cseq} MESSAGE")
    challenge = send(1, [])
    assert challenge.status == 407, challenge
    assert send(2, [caller.credentials(challenge, "MESSAGE", uri)]).status == 200
    assert caller.peer.options(f"sip:{REALM}").status == 200
    got = [message for message in callee.peer.received if message.method]
    assert [(message.method, message.get("Call-ID"), message.body) for message in got] == [("MESSAGE", call_id, "Bonjour")], got
    assert not callee.peer.matching(call_id=hidden) and not caller.peer.matching(call_id=hidden)
    phone.stop()
    assert callee.register(contacts=["*"], expires=0).status == 200
