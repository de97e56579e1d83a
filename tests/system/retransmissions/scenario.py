# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages that come twice are answered twice and acted on once; messages that get lost are repeated.

The caller sends each request several times: the phone gets one INVITE and one BYE. The phone says nothing to the first
INVITEs that it gets: the exchange repeats them and the call still comes about. A REGISTER that comes again is answered
as before, and is not a replay of its credentials.
"""
from harness.sip_peer import Answering
from harness.waiting import until


def run(world):
    exchange = world.start_exchange(bridge=False)
    caller, callee = world.account("accueil"), world.account("mairie")
    register_repeated(exchange, caller)
    assert caller.register().status == 200
    assert callee.register().status == 200
    call_repeated(caller, callee)
    invite_lost(caller, callee)
    answers_lost(exchange, caller, callee)


def register_repeated(exchange, account):
    uri, peer = f"sip:{account.domain}", account.peer
    challenge = account._register(uri, [("Contact", peer.contact("2100"))])
    account.register_cseq += 1
    identity = f"<{account.identity}>"
    headers = [("Contact", peer.contact("2100")), account.credentials(challenge, "REGISTER", uri)]
    request = peer.request("REGISTER", uri, headers, from_=f"{identity};tag={account.tag}", to=identity,
                           call_id=account.registration_id, cseq=account.register_cseq)
    peer.send(request)
    cseq = f"{account.register_cseq} REGISTER"

    def answers():
        return [m.status for m in peer.received if m.get("CSeq") == cseq and m.get("Call-ID") == account.registration_id]
    until(answers, 5, "an answer")
    peer.send(request)
    peer.send(request)
    until(lambda: len(answers()) == 3, 5, lambda: f"three answers: {answers()}")
    assert answers() == [200, 200, 200], answers()
    assert len(exchange.registrations()) == 1


def call_repeated(caller, callee):
    phone = Answering(callee.peer, "2101", [(180, "Ringing"), (200, "OK")])
    call = caller.invite("2101")
    for _ in range(4):
        call.repeat()
    answer = call.wait(200)
    for _ in range(3):
        call.acknowledge(answer)
    until(lambda: phone.acknowledged, 5, "the phone gets the ACK")
    bye = call.in_dialog("BYE", answer, call.cseq + 1)
    caller.peer.send(bye)
    caller.peer.wait(call_id=call.call_id, cseq_method="BYE", status=200)
    caller.peer.send(bye)
    caller.peer.send(bye)
    caller.peer.wait(call_id=call.call_id, cseq_method="BYE", status=200, count=3)
    phone.stop()
    assert len(phone.invites) == 1, phone.invites
    assert len(callee.peer.matching(method="INVITE")) == 1, "a repeated INVITE reached the phone"
    assert len(phone.byes) == 1, phone.byes
    callee.peer.received.clear()


def invite_lost(caller, callee):
    """A phone that hears only the third INVITE."""
    call = caller.invite("2101")
    callee.peer.wait(method="INVITE", count=3, seconds=8)
    branches = {message.get("Via") for message in callee.peer.matching(method="INVITE")}
    assert len(branches) == 1, "a repetition is the same transaction"
    phone = Answering(callee.peer, "2101", [(200, "OK")])
    answer = call.wait(200)
    call.acknowledge(answer)
    assert call.hang_up(answer).status == 200
    phone.stop()
    callee.peer.received.clear()


def answers_lost(exchange, caller, callee):
    """A CANCEL, repeated because its answers got lost, cancels once; the 487 is repeated until it is acknowledged."""
    phone = Answering(callee.peer, "2101", [(180, "Ringing")])
    call = caller.invite("2101")
    call.wait(180)
    for _ in range(3):
        call.cancel()
    until(lambda: len(call.responses(487)) >= 2, 8, "the 487 is repeated until it is acknowledged")
    call.acknowledge_failure(call.responses(487)[0])
    until(lambda: not exchange.calls(), 5, lambda: f"no call is left: {exchange.calls()}")
    phone.stop()
    assert len(phone.cancelled) == 1, phone.cancelled
