# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one message can cost the exchange: each of tests/corpus, then changed ones for as long as is asked, over UDP and TCP.

After each an OPTIONS has to be answered. The CPU is that of the loop's thread for the message and the OPTIONS together; what
took more than 1 ms is sent again, to see whether it was the message. "For us" is a wait without the time in which other
processes kept the loop, or this one, from a core.
"""
import os
import statistics
import sys
import time

from harness.mutation import HEAVY, Bombardment, Mutator, corpus

_CORPUS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "corpus")
_WAIT = 0.050       # seconds until OPTIONS is answered: the goal
_EVERY_STREAM = 5   # one of so many goes over TCP
_AGAIN = 3


def measure(bench):
    messages = list(corpus(_CORPUS).values())
    server = bench.ours(transports=("udp", "tcp"))
    with bench.running(server):
        _warm_up(server, messages)
        bombardment = Bombardment(server.exchange)
        for transport in ("udp", "tcp"):
            for data in messages:
                bombardment.send(transport, data)
        _report(bench, "corpus", bombardment)
    with bench.running(server):
        _warm_up(server, messages)
        bombardment = Bombardment(server.exchange)
        mutator, end = Mutator(messages, bench.seed), time.monotonic() + bench.seconds
        while time.monotonic() < end:
            bombardment.send("tcp" if bombardment.sent % _EVERY_STREAM == 0 else "udp", mutator.next())
            bombardment.replies.clear()
        heavy = bombardment.heavy
        _report(bench, "mutated", bombardment)
    # The loop also ends transactions and repeats answers, and a busy machine disturbs it: is it the message? Each is sent
    # again to an exchange that knows nothing of it, so that it is no retransmission.
    for _ in range(_AGAIN):
        if not heavy:
            break
        with bench.running(server):
            _warm_up(server, messages)
            bombardment = Bombardment(server.exchange)
            for transport, data in heavy:
                bombardment.send(transport, data)
            heavy = bombardment.heavy
            bombardment.close()
    bench.report.figure(f"mutated: more than 1 ms, {_AGAIN} times again", len(heavy), "messages")
    for transport, data in heavy:
        print(f"{transport}: {data[:2000]!r}", file=sys.stderr)


def _warm_up(server, messages):
    bombardment = Bombardment(server.exchange)
    for data in messages:
        bombardment.datagram(data.replace(b"z9hG4bK", b"z9hG4bKwarm"))
    bombardment.close()


def _report(bench, name, bombardment):
    bombardment.close()
    bench.report.figure(f"{name}: messages", bombardment.sent, "messages")
    own = [max(0.0, wait - idle) for wait, idle in zip(bombardment.waits, bombardment.idle)]
    for what, values, goal in (("wait", bombardment.waits, _WAIT), ("wait for us", own, _WAIT),
                               ("loop CPU", bombardment.work, HEAVY)):
        bench.report.figure(f"{name}: {what}, median", statistics.median(values) * 1000, "ms")
        bench.report.figure(f"{name}: {what}, 99.99 %", sorted(values)[int(len(values) * 0.9999)] * 1000, "ms")
        bench.report.figure(f"{name}: {what}, most", max(values) * 1000, "ms")
        bench.report.figure(f"{name}: {what} above {goal * 1000:g} ms", sum(value > goal for value in values), "messages")
