# SPDX-License-Identifier: AGPL-3.0-or-later
"""One extension with three phones that answer 486, 603 and 200 in every combination (RFC 3261 §16.7), played by SIPp.

Whoever answers first has the call and the others are cancelled. A 603 ends all ringing at once; without an answer it
is what the caller gets, whoever else was busy. 486 alone lets the others ring on. SIPp fails for each phone that is
not cancelled, acknowledged or hung up on just as it should be.
"""
import itertools
import os

from harness.message import compose

ACCOUNTS = ["bureau", "atelier", "garage"]
FIRST, SECOND, THIRD = 200, 600, 1000   # milliseconds that the phones ring
BUSY, DECLINE, ANSWER, RINGS = 486, 603, 200, 0


def run(world):
    world.start_exchange(bridge=False)
    caller = world.account("accueil")
    assert caller.register().status == 200
    for number, order in enumerate(itertools.product((BUSY, DECLINE, ANSWER), repeat=3)):
        combination(world, caller, number, order)
    combination(world, caller, 90, (RINGS, RINGS, ANSWER))
    combination(world, caller, 91, (RINGS, RINGS, DECLINE))
    combination(world, caller, 92, (RINGS, BUSY, ANSWER))
    combination(world, caller, 93, (BUSY, RINGS, DECLINE))
    no_way_back(world, caller)


def combination(world, caller, number, order):
    """The phones answer one after the other; what comes behind the one that decides is cancelled instead."""
    deciding = next((place for place, status in enumerate(order) if status in (DECLINE, ANSWER)), None)
    expected = BUSY if deciding is None else order[deciding]
    phones = []
    for place, status in enumerate(order):
        if deciding is not None and place > deciding:
            status = RINGS
        phones.append(phone(world, f"{number}-{ACCOUNTS[place]}", status, (FIRST, SECOND, THIRD)[place]))
    devices = []
    for account, sipp in zip(ACCOUNTS, phones):
        contacts = [f"<sip:2101@127.0.0.1:{sipp.port}>"]
        devices.append((world.account(account, caller.peer), contacts))
        accepted = devices[-1][0].register(contacts)
        assert accepted.status == 200, accepted
    call = caller.invite("2101")
    final = call.final()
    assert final.status == expected, (order, final)
    if final.status == 200:
        call.acknowledge(final)
        assert call.hang_up(final).status == 200
    else:
        call.acknowledge_failure(final)
    for sipp in phones:
        sipp.finish(10)
    assert len({m.get("To") for m in call.responses() if m.status >= 200}) == 1, (order, call.responses())
    for device, contacts in devices:
        assert device.register(contacts, expires=0).status == 200


def no_way_back(world, caller):
    """A phone whose refusal lacks the Via of the caller: the call still ends, with a failure of our own."""
    device = world.account("bureau")
    assert device.register().status == 200
    call = caller.invite("2101")
    invite = device.peer.wait(method="INVITE")
    kept = [("Via", invite.get("Via"))] + [(name, invite.get(name)) for name in ("From", "To", "Call-ID", "CSeq")]
    device.peer.send(compose("SIP/2.0 486 Busy Here", kept))
    final = call.final(5)
    assert final.status == 502, final
    call.acknowledge_failure(final)
    assert device.register(expires=0).status == 200


def phone(world, name, status, milliseconds):
    scenario = {ANSWER: "answers.xml", RINGS: "rings.xml"}.get(status) or refusal(world, status)
    sipp = world.sipp(scenario, name=name, calls=1, arguments=["-d", str(milliseconds)], seconds=30)
    return sipp.wait_listening()


def refusal(world, status):
    """SIPp takes no keyword for a status, so each has a scenario of its own."""
    path = os.path.join(world.folder, f"refuses-{status}.xml")
    with open(os.path.join(world.source, "refuses.xml")) as template, open(path, "w") as file:
        file.write(template.read().replace("[status]", str(status)))
    return path
