# SPDX-License-Identifier: AGPL-3.0-or-later
"""Torture messages, over UDP and TCP: none stops the exchange, and each valid request gets an answer.

The messages are those of RFC 4475 and RFC 5118 and those of real phones in tests/corpus; mutated_messages sends what can
be made from them. A phone that is registered all the while still can be called.
"""
import os

from harness.mutation import corpus
from harness.phones import connect
from harness.sip_peer import SipPeer
from harness.waiting import TooLate, until

# RFC 4475, 3.1.1: unusual, but right.
VALID = ["wsinv", "intmeth", "esc01", "escnull", "esc02", "lwsdisp", "longreq", "dblreq", "semiuri", "transports", "mpart01"]
# Right as well, but refused by us: for an escaped NUL in a display name, for length.
DECLINED = ["intmeth", "longreq"]
# RFC 4475, 3.1.2 and 3.3: wrong, but what an answer needs can be read.
REFUSED = ["mismatch01", "mismatch02", "badvers", "insuf", "zeromf", "bext01"]


def run(world):
    exchange = world.start_exchange(bridge=False)
    caller, callee = world.registered_phones("accueil", "mairie")
    watcher = world.peer()
    messages = corpus(os.path.join(world.source, "..", "..", "corpus"))
    assert len(messages) >= 70, len(messages)
    for name, data in messages.items():
        statuses = answers(world, data, expected=name in VALID + REFUSED)
        answered(world, watcher, f"after {name} over tcp")
        check(name, statuses)
        sender = world.peer()
        sender.send(data)
        answered(world, watcher, f"after {name} over udp")
    assert exchange.daemon.running()
    outgoing, incoming = connect(caller, callee)
    caller.hears([callee.tone])
    outgoing.hang_up()
    incoming.wait("ended")


def check(name, statuses):
    if name in VALID:
        assert statuses and not any(500 <= status < 600 and status != 501 for status in statuses), (name, statuses)
        assert 400 not in statuses or name in DECLINED, (name, statuses)
    elif name in REFUSED:
        assert statuses and all(400 <= status < 600 for status in statuses), (name, statuses)


def answered(world, watcher, when):
    try:
        status = watcher.options(f"sip:{world.domain}").status
    except TooLate:
        raise AssertionError(f"OPTIONS is not answered {when}") from None
    assert status == 200, f"OPTIONS gets {status} {when}"


def answers(world, data, expected):
    """The statuses of the final answers to a message sent over TCP, where they come back whatever its Via says."""
    connection = SipPeer(world.exchange.server, "tcp")
    connection.send(data)
    try:
        until(lambda: [m for m in connection.received if m.status >= 200] or connection.closed_by_server,
              5 if expected else 0.2, "an answer")
    except TooLate:
        pass
    connection.close()
    return [message.status for message in connection.received if message.status >= 200]
