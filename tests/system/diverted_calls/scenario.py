# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls that go on: forwards by the plan, and groups; who rings, who is told by whom the call came, who missed it.

A telephone that is busy, refuses after ringing, is silent or is not there leads to its own forward each; the one that
rings then has History-Info and Diversion. Members of a group that stop ringing have not missed a call.
"""
from harness.sip_peer import Answering
from harness.waiting import until

ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'
RINGS, ANSWERS, BUSY = [(180, "Ringing")], [(180, "Ringing"), (200, "OK")], [(486, "Busy Here")]
REFUSES = [(180, "Ringing"), (486, "Busy Here")]


def run(world):
    world.start_exchange(bridge=False)
    caller = world.account("accueil")
    phones = {name: world.account(name) for name in ("mairie", "si-occupe", "si-silence", "si-absent")}
    for account in [caller, *phones.values()]:
        assert account.register().status == 200
    forwards(caller, phones)
    in_order(caller, phones)
    all_at_once(caller, phones)
    in_turn(caller, phones)
    unreachable(caller, phones)


def answering(phones, **plans):
    return {name: Answering(phones[name].peer, name, plan) for name, plan in plans.items()}


def stop(answerings):
    for answering_ in answerings.values():
        answering_.stop()
        answering_.peer.received.clear()


def talk(caller, number, seconds=20):
    call = caller.invite(number)
    answer = call.final(seconds)
    assert answer.status == 200, (number, answer, call.responses())
    call.acknowledge(answer)
    assert call.hang_up(answer).status == 200


def told(invite, cause, reason, by="2101"):
    """RFC 7044 and RFC 5806: the number that was called, why the call came on, and where it has come to."""
    history = invite.all("History-Info")
    assert len(history) == 3, history
    assert f"<sip:{by}@" in history[0] and history[0].endswith("index=1"), history
    assert f";cause={cause}>" in history[1] and history[1].endswith("index=1.1;mp=1"), history
    assert history[2].endswith("index=1.1.1;rc=1.1"), history
    assert f"<sip:{by}@" in invite.get("Diversion") and f"reason={reason}" in invite.get("Diversion"), invite.headers


def forwards(caller, phones):
    for plan, name, cause, reason in ((BUSY, "si-occupe", 486, "user-busy"), (REFUSES, "si-silence", 408, "no-answer"),
                                      (RINGS, "si-silence", 408, "no-answer")):
        playing = answering(phones, mairie=plan, **{name: ANSWERS})
        talk(caller, "2101")
        told(playing[name].invites[0], cause, reason)
        if plan is RINGS:
            assert not playing["mairie"].cancelled[0].get("Reason"), "it was missed"
        stop(playing)
    playing = answering(phones, **{"si-occupe": ANSWERS})
    talk(caller, "2102")
    told(playing["si-occupe"].invites[0], 302, "unconditional", by="2102")
    stop(playing)


def in_order(caller, phones):
    """One after the other; the first has missed nothing."""
    playing = answering(phones, **{"si-occupe": RINGS, "si-silence": ANSWERS})
    talk(caller, "2500")
    first, second = playing["si-occupe"], playing["si-silence"]
    assert len(first.invites) == 1 and len(second.invites) == 1
    until(lambda: first.cancelled, 5, lambda: "the first member to stop ringing")
    assert first.cancelled[0].get("Reason") == ELSEWHERE, first.cancelled[0].headers
    assert "Secrétariat" in second.invites[0].get("Diversion"), second.invites[0].headers
    stop(playing)


def all_at_once(caller, phones):
    playing = answering(phones, **{"si-occupe": RINGS, "si-silence": ANSWERS})
    talk(caller, "2600")
    first = playing["si-occupe"]
    assert len(first.invites) == 1
    until(lambda: first.cancelled, 5, lambda: "the other member to stop ringing")
    assert first.cancelled[0].get("Reason") == ELSEWHERE
    stop(playing)


def in_turn(caller, phones):
    """The first call begins with one member, the next with the other."""
    rung = []
    for _ in range(2):
        playing = answering(phones, **{"si-occupe": ANSWERS, "si-silence": ANSWERS})
        talk(caller, "2700")
        rung.append([name for name, phone in playing.items() if phone.invites])
        stop(playing)
    assert len(rung[0]) == len(rung[1]) == 1 and rung[0] != rung[1], rung


def unreachable(caller, phones):
    assert phones["mairie"].register(expires=0).status == 200
    playing = answering(phones, **{"si-absent": ANSWERS})
    talk(caller, "2101")
    told(playing["si-absent"].invites[0], 503, "unavailable")
    stop(playing)
