# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one message can cost the exchange: each of tests/corpus, then changed ones for as long as is asked, over UDP and TCP.

After each an OPTIONS has to be answered. The CPU is that of the loop's thread for the message and the OPTIONS together.
"""
import os
import statistics
import sys
import time

from harness.mutation import Bombardment, Mutator, corpus

_CORPUS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "corpus")
_WAIT, _WORK = 0.050, 0.001   # seconds: the goals
_EVERY_STREAM = 5             # one of so many goes over TCP


def measure(bench):
    messages = corpus(_CORPUS)
    server = bench.ours(transports=("udp", "tcp"))
    with bench.running(server):
        bombardment = Bombardment(server.exchange)
        for data in list(messages.values()) * 3:   # the first round warms up
            bombardment.datagram(data)
            bombardment.stream(data)
        _report(bench, bombardment, "corpus")
        bombardment.close()
        bombardment = Bombardment(server.exchange)
        mutator, end = Mutator(messages.values(), bench.seed), time.monotonic() + bench.seconds
        while time.monotonic() < end:
            (bombardment.stream if bombardment.sent % _EVERY_STREAM == 0 else bombardment.datagram)(mutator.next())
            bombardment.replies.clear()
        _report(bench, bombardment, "mutated")
        bombardment.close()


def _report(bench, bombardment, name):
    report = bench.report
    report.figure(f"{name}: messages", bombardment.sent, "")
    for what, values, goal, worst in (("answer to OPTIONS", bombardment.waits, _WAIT, bombardment.longest_wait),
                                      ("CPU of the loop", bombardment.work, _WORK, bombardment.longest_work)):
        report.figure(f"{name}: {what}, median", statistics.median(values) * 1000, "ms")
        report.figure(f"{name}: {what}, 99.99 %", sorted(values)[int(len(values) * 0.9999)] * 1000, "ms")
        report.figure(f"{name}: {what}, most", max(values) * 1000, "ms")
        report.figure(f"{name}: {what}, above the goal", sum(value > goal for value in values), "messages")
        if worst[0] > goal:
            print(f"{name}: {worst[0] * 1000:.1f} ms: {worst[1][:2000]!r}", file=sys.stderr)
