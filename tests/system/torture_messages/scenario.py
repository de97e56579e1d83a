# SPDX-License-Identifier: AGPL-3.0-or-later
"""Torture messages, over UDP and TCP: none stops the exchange, and each valid request gets an answer.

The messages are those of RFC 4475 and RFC 5118 and those of real phones in tests/corpus; then the same ones, cut,
spliced and with octets changed (always in the same way). A phone that is registered all the while still can be called.
"""
import os
import random

from harness.phones import connect
from harness.sip_peer import SipPeer
from harness.waiting import TooLate, until

# RFC 4475, 3.1.1: unusual, but right.
VALID = ["wsinv", "intmeth", "esc01", "escnull", "esc02", "lwsdisp", "longreq", "dblreq", "semiuri", "transports", "mpart01"]
# Right as well, but refused by us: for an escaped NUL in a display name, for length.
DECLINED = ["intmeth", "longreq"]
# RFC 4475, 3.1.2 and 3.3: wrong, but what an answer needs can be read.
REFUSED = ["mismatch01", "mismatch02", "badvers", "insuf", "zeromf", "bext01"]
MUTATIONS = 4000


def run(world):
    exchange = world.start_exchange(bridge=False)
    caller, callee = world.registered_phones("accueil", "mairie")
    watcher = world.peer()
    messages = corpus(world)
    assert len(messages) >= 70, len(messages)
    for name, data in messages.items():
        statuses = answers(world, data, expected=name in VALID + REFUSED)
        answered(world, watcher, f"after {name} over tcp")
        check(name, statuses)
        sender = world.peer()
        sender.send(data)
        answered(world, watcher, f"after {name} over udp")
    mutations(world, watcher, list(messages.values()))
    assert exchange.daemon.running()
    outgoing, incoming = connect(caller, callee)
    caller.hears([callee.tone])
    outgoing.hang_up()
    incoming.wait("ended")


def corpus(world):
    root = os.path.join(world.source, "..", "..", "corpus")
    messages = {}
    for folder in ("rfc4475", "rfc5118", "phones"):
        for entry in sorted(os.listdir(os.path.join(root, folder))):
            with open(os.path.join(root, folder, entry), "rb") as file:
                data = file.read()
            if entry.endswith(".sip") and b"\r\n" not in data:
                data = data.replace(b"\n", b"\r\n")
            messages[entry.rpartition(".")[0]] = data
    return messages


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


def mutations(world, watcher, messages):
    chance = random.Random(4475)
    sender = world.peer()
    for number in range(MUTATIONS):
        sender.send(mutated(chance, messages)[:8000])
        if number % 100 == 99:
            answered(world, watcher, f"after mutation {number}")
    for number in range(200):
        connection = SipPeer(world.exchange.server, "tcp")
        connection.socket.settimeout(5)
        try:
            connection.send(mutated(chance, messages) + chance.choice(messages))
        except OSError:
            pass   # refused while we speak: allowed
        connection.close()
    answered(world, watcher, "after mutations over TCP")


def mutated(chance, messages):
    data = bytearray(chance.choice(messages))
    way = chance.randrange(4)
    if way == 0:
        return bytes(data[:chance.randrange(1, len(data))])
    if way == 1:
        other = chance.choice(messages)
        return bytes(data[:chance.randrange(len(data))]) + other[chance.randrange(len(other)):]
    for _ in range(chance.randrange(1, 20)):
        place = chance.randrange(len(data))
        if way == 2:
            data[place] = chance.randrange(256)
        else:
            data[place:place] = bytes([chance.choice(b'"<>;:,@%\r\n \t\x00\\')]) * chance.randrange(1, 40)
    return bytes(data)
