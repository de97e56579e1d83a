# SPDX-License-Identifier: AGPL-3.0-or-later
"""Thousands of messages that were changed at random leave the exchange as it was: there, as large as before, well-spoken.

They are made from tests/corpus, over UDP and TCP, always the same ones. After each an OPTIONS is answered; in the end it
is the same process with the descriptors it had, its memory has not grown, and every answer that came was well-formed.
`tests/bench/run mutations` does the same for ten minutes and measures.
"""
import os
import re

from harness.mutation import Bombardment, Mutator, corpus
from harness.waiting import until

SEED = 3261
MESSAGES = 4000
EVERY_STREAM = 5   # one of so many goes over TCP
GROWTH = 16 << 20  # octets: transactions that are still remembered, and what an allocator keeps


def run(world):
    exchange = world.start_exchange(bridge=False)
    pid = exchange.daemon.pid
    messages = corpus(os.path.join(world.source, "..", "..", "corpus"))
    bombardment = world.keep(Bombardment(exchange))
    descriptors = len(os.listdir(f"/proc/{pid}/fd"))
    warm = Mutator(messages.values(), SEED + 1)
    for number in range(MESSAGES // 2):
        send(bombardment, number, warm.next())
    memory = resident(pid)
    mutator = Mutator(messages.values(), SEED)
    for number in range(MESSAGES):
        send(bombardment, number, mutator.next())
    assert exchange.daemon.running() and exchange.daemon.pid == pid
    growth = resident(pid) - memory
    assert growth <= GROWTH, f"{growth} octets more after {MESSAGES} messages"
    bombardment.close()
    until(lambda: len(os.listdir(f"/proc/{pid}/fd")) <= descriptors, 10, "its connections are closed")
    assert len(bombardment.replies) >= MESSAGES // 20, len(bombardment.replies)
    for reply in bombardment.replies:
        check(reply)
    assert world.account("accueil").register().status == 200


def send(bombardment, number, data):
    bombardment.send("tcp" if number % EVERY_STREAM == 0 else "udp", data)


def resident(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def check(reply):
    """One answer after the other, each of lines with a name and a value, as long as it says."""
    while reply := reply.lstrip(b"\r\n"):
        head, end, rest = reply.partition(b"\r\n\r\n")
        assert end, reply
        first, *lines = head.split(b"\r\n")
        assert re.fullmatch(rb"SIP/2\.0 [1-6][0-9][0-9] [^\r\n\0]*", first), first
        for line in lines:
            assert re.fullmatch(rb"[A-Za-z-]+: [^\r\n\0]*", line), line
        lengths = re.findall(rb"^Content-Length: ([0-9]+)\r?$", head, re.MULTILINE)
        assert len(lengths) == 1 and len(rest) >= int(lengths[0]), head
        reply = rest[int(lengths[0]):]
