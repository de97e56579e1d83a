# SPDX-License-Identifier: AGPL-3.0-or-later
"""Torture messages, over UDP and TCP: none stops the exchange, and each gets the answer that it should.

The messages are those of RFC 4475 and RFC 5118 in tests/corpus, each with its row below, and those of real phones;
mutated_messages sends what can be made from them. A phone that is registered all the while still can be called. Sent over and
over, the messages leave no memory and no descriptor behind.
"""
import os
import re

from harness.mutation import corpus
from harness.phones import connect
from harness.sip_peer import SipPeer
from harness.waiting import TooLate, until

# What the messages ask for is ours: each gets past the question of whose domain it is.
DOMAINS = ["example.com", "example.net", "example.org", "company.com", "chair-dnrc.example.com", "registrar.example.com"]

NOTHING = []            # dropped without an answer
CLOSED = "closed"       # without an answer, and by TCP the connection is closed, after a bounded time if more could come
CHALLENGED, ASKED = [407], [401]   # well-formed: what the same request would get if it were written plainly

# The final answers of each message: over UDP, and over TCP if they are others there. A request that is refused over TCP because
# nobody can say where it ends costs its connection as well: "closed" in the third place.
EXPECTED = {
    # RFC 4475 §3.1.1: valid
    "wsinv": ([481],),                     # To has a tag: within a dialog that we do not know
    "intmeth": (CHALLENGED,),
    "esc01": (CHALLENGED,),
    "escnull": (ASKED,),
    "esc02": ([501],),
    "lwsdisp": (CHALLENGED,),
    "longreq": (CHALLENGED,),
    "dblreq": (ASKED, [401, 407]),         # in a datagram the second request is nobody's, on a stream it is the next
    "semiuri": (CHALLENGED,),
    "transports": (CHALLENGED,),
    "mpart01": ([403],),                   # by a route that is not ours
    "unreason": (NOTHING,),
    "noreason": (NOTHING,),
    # §3.1.2: invalid
    "badinv01": ([400],),
    "clerr": ([400], NOTHING, CLOSED),
    "ncl": ([400], [400], CLOSED),
    "scalar02": ([400],),
    "scalarlg": (NOTHING,),
    "quotbal": ([400],),
    "ltgtruri": ([400],),
    "lwsruri": ([400],),
    "lwsstart": ([400],),
    "trws": ([400],),
    "escruri": ([400],),
    "baddate": (CHALLENGED,),              # nobody here reads a Date
    "regbadct": ([400],),
    "badaspec": ([400],),
    "baddn": ([400], NOTHING, CLOSED),     # without the end of its header section
    "baddn-eoh": ([400],),
    "badvers": ([505],),
    "mismatch01": ([400],),
    "mismatch02": ([400],),
    "bigcode": (NOTHING,),
    # §3.2 to §3.4: for whoever knows what it is about
    "badbranch": ([400],),
    "insuf": ([400],),
    "unkscm": ([416],),
    "novelsc": ([416],),
    "unksm2": (ASKED,),
    "bext01": ([420],),
    "invut": (CHALLENGED,),
    "regaut01": (ASKED,),
    "multi01": ([400],),
    "mcl01": ([400], [400], CLOSED),
    "bcast": (NOTHING,),
    "zeromf": ([483],),
    "cparam01": (ASKED,),
    "cparam02": (ASKED,),
    "regescrt": (ASKED,),
    "sdp01": (CHALLENGED,),
    "inv2543": (CHALLENGED, [400], CLOSED),   # no Content-Length, which a stream cannot do without
    "test": (NOTHING,),                    # no version: not a message, whose end can be told all the same
    # RFC 5118; an address of the documentation is none of ours
    "ipv6-good": (ASKED,),
    "ipv6-bad": ([400],),
    "port-ambiguous": (ASKED,),
    "port-unambiguous": (ASKED,),
    "via-received-param-with-delim": ([481],),
    "via-received-param-no-delim": ([403],),
    "ipv6-in-sdp": ([403],),
    "mult-ip-in-header": ([481],),
    "mult-ip-in-sdp": ([403],),
    "ipv4-mapped-ipv6": (CHALLENGED,),
    "ipv6-bug-abnf-3-colons": ([403],),
    "ipv6-correct-abnf-2-colons": ([403],),
}
REPEATS = 1000   # of each message over UDP
ROUNDS = 20      # of all messages over TCP


def run(world):
    exchange = world.start_exchange(bridge=False, settings={
        "sip": {"domains": ["mairie.test", *DOMAINS]}, "edge": {"first-message": "1s"}})
    caller, callee = world.registered_phones("accueil", "mairie")
    watcher = world.peer()
    messages = corpus(os.path.join(world.source, "..", "..", "corpus"))
    torture = {name: messages.pop(name) for name in EXPECTED}
    assert len(torture) == 63 and len(messages) >= 10, (len(torture), len(messages))
    each_has_its_answer(world, watcher, torture)
    for name, data in messages.items():
        connection = SipPeer(exchange.server, "tcp")
        connection.send(data)
        connection.close()
        world.peer().send(data)
        answered(world, watcher, f"after {name}")
    nothing_stays(world, watcher, list(torture.values()))
    assert exchange.daemon.running()
    outgoing, incoming = connect(caller, callee)
    caller.hears([callee.tone])
    outgoing.hang_up()
    incoming.wait("ended")


def each_has_its_answer(world, watcher, messages):
    """What is silent over TCP is waited for together, at the end."""
    silent = []
    for name, data in messages.items():
        udp, tcp, end = (*EXPECTED[name], None, None)[:3]
        tcp = udp if tcp is None else tcp
        sender = world.peer()
        sender.send(data)
        answered(world, watcher, f"after {name} over udp")
        check(name, "udp", sender, udp)
        connection = SipPeer(world.exchange.server, "tcp")
        connection.send(data if name not in RFC5118 else with_true_length(data))
        if end or not tcp:
            silent.append((name, connection, tcp, end))
        else:
            check(name, "tcp", connection, tcp)
            connection.close()
        answered(world, watcher, f"after {name} over tcp")
    for name, connection, tcp, end in silent:
        if end == CLOSED:
            until(lambda: connection.closed_by_server, 10, f"the end of the connection of {name}")
        check(name, "tcp", connection, tcp)
        connection.close()


def check(name, transport, peer, expected):
    """Exactly these final answers, and nothing that is no answer: no request goes anywhere."""
    def finals():
        return [message.status for message in list(peer.received) if message.status == 0 or message.status >= 200]
    try:
        until(lambda: len(finals()) >= len(expected), 5, "answers")
    except TooLate:
        pass
    assert sorted(finals()) == sorted(expected), f"{name} over {transport}: {finals()} instead of {expected}"


RFC5118 = [name for name in EXPECTED if list(EXPECTED).index(name) >= list(EXPECTED).index("ipv6-good")]


def with_true_length(data):
    """The Content-Length of RFC 5118 counts LF where the files have CR LF."""
    head, _, body = data.partition(b"\r\n\r\n")
    return re.sub(rb"(?i)(content-length: *)\d+", rb"\g<1>%d" % len(body), head) + b"\r\n\r\n" + body


def nothing_stays(world, watcher, messages):
    daemon = world.exchange.daemon
    sender = world.peer()

    def over_udp(times):
        for _ in range(times):
            for data in messages:
                sender.send(data)
            answered(world, watcher, "amid repeats")
        sender.received.clear()

    def over_tcp(times):
        for _ in range(times):
            connections = [SipPeer(world.exchange.server, "tcp") for _ in messages]
            for connection, data in zip(connections, messages):
                try:
                    connection.send(data)
                except OSError:
                    pass   # closed while we speak: allowed
            for connection in connections:
                connection.close()
        answered(world, watcher, "after repeats over tcp")

    over_udp(REPEATS // 10)
    over_tcp(2)
    descriptors, memory, before = daemon.descriptors(), daemon.memory_kb(), read_so_far(world)
    over_udp(REPEATS)
    over_tcp(ROUNDS)
    assert read_so_far(world) - before >= REPEATS * len(messages) // 2   # more than half of them were not lost on the way
    until(lambda: daemon.descriptors() <= descriptors, 10,
          lambda: f"no more descriptors than the {descriptors} before; {daemon.descriptors()}")
    grown = daemon.memory_kb() - memory
    # Tables of fixed size fill meanwhile; 8 MiB are 140 octets for each message.
    assert grown < 8192, f"{grown} kB more after {REPEATS} times each message"


def read_so_far(world):
    return world.exchange.status()["messages"]["received"]


def answered(world, watcher, when):
    try:
        status = watcher.options(f"sip:{world.domain}").status
    except TooLate:
        raise AssertionError(f"OPTIONS is not answered {when}") from None
    assert status == 200, f"OPTIONS gets {status} {when}"
