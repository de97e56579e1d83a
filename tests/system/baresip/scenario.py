# SPDX-License-Identifier: AGPL-3.0-or-later
"""baresip, a telephone of others, registers over UDP and over TCP, is called, answers and is heard.

It plays a sine from a file into its microphone; the caller, a liblinphone phone, hears it. Then with flows of RFC 5626: it
is told how often to say that it is there, does so by STUN and by CRLF, and stays; killed, it is soon in no list.
"""
from harness import sipp
from harness.baresip import TONE, Baresip, require_baresip
from harness.waiting import holds, until


def run(world):
    require_baresip()
    exchange = world.start_exchange(bridge=False, settings={**sipp.MD5_ONLY, "registrar": {"flow-timer": "15s"}})
    caller = world.phone("accueil")
    caller.register()
    for transport in ("udp", "tcp"):
        phone = Baresip(world, "mairie", transport)
        until(lambda: "2101" in exchange.registered(), 10, lambda: f"baresip registers:\n{phone.log()}")
        call = caller.call("2101")
        call.wait("running")
        caller.hears([TONE], [caller.tone])
        call.hang_up()
        call.wait("ended")
        until(lambda: not exchange.calls(), 5, "the call is over")
        phone.close()
        until(lambda: "2101" not in exchange.registered(), 10, "baresip unregisters")
    flows(world, exchange)


def flows(world, exchange):
    def transports():
        return sorted(entry["transport"] for entry in exchange.registrations() if entry["extension"] == "2101")
    phones = [Baresip(world, "mairie", transport, outbound=True) for transport in ("udp", "tcp")]
    until(lambda: transports() == ["TCP", "UDP"], 10, lambda: "".join(phone.log() for phone in phones))
    before = exchange.status()["network"]
    assert before["flows_watched"] == 1, before
    holds(lambda: transports() == ["TCP", "UDP"], 40, exchange.registrations, every=1)
    after = exchange.status()["network"]
    assert after["stun_answers"] >= before["stun_answers"] + 2 and after["connections_timed_out"] == 0, after
    for phone in phones:
        phone.kill()
    until(lambda: not transports(), 90, exchange.registrations)  # by UDP, a STUN transaction (40 s) after the Flow-Timer
