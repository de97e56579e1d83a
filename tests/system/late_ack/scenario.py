# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ACK of a call comes late, or twice: the answer is repeated to the caller until then, and the call stands.

SIPp is the phone that is called. It repeats its 200 until it is acknowledged, and fails if the ACK or the BYE never
reaches it. A caller who never acknowledges gets every repetition; one who acknowledges a failure late likewise.
"""
from harness.waiting import until


def run(world):
    world.start_exchange(bridge=False)
    for transport in ("udp", "tcp"):
        caller = world.account("accueil", world.peer(transport))
        assert caller.register().status == 200
        late(world, caller, transport)
        failure_not_acknowledged(caller, transport)
        assert caller.register(expires=0).status == 200


def late(world, caller, transport):
    phone = world.sipp("answers.xml", name=f"phone-{transport}", calls=1, seconds=40).wait_listening()
    device = world.account("mairie")
    contacts = [f"<sip:2101@127.0.0.1:{phone.port}>"]
    assert device.register(contacts).status == 200
    call = caller.invite("2101")
    first = call.wait(200)
    until(lambda: len(call.responses(200)) >= 3, 5, "the 200 is repeated to the caller")
    assert {message.get("To") for message in call.responses(200)} == {first.get("To")}
    call.acknowledge(first)
    call.acknowledge(first)
    repeated = len(call.responses(200))
    until(lambda: phone.totals()["current"] == 1, 3, "the phone takes the ACK")
    assert call.hang_up(first).status == 200
    phone.finish()
    assert len(call.responses(200)) <= repeated + 1, "the 200 went on after the ACK"
    assert device.register(contacts, expires=0).status == 200


def failure_not_acknowledged(caller, transport):
    """A failure is the exchange's own to repeat (RFC 3261, 17.2.1), over UDP only, until the ACK comes."""
    call = caller.invite("2999")
    failed = call.final()
    assert failed.status == 404, failed
    if transport == "udp":
        until(lambda: len(call.responses(404)) >= 3, 5, "the failure is repeated")
    call.acknowledge_failure(failed)
    count = len(call.responses(404))
    assert caller.peer.options(f"sip:{caller.domain}").status == 200
    assert len(call.responses(404)) <= count + 1
