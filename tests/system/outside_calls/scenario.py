# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls to an operator's access and from there, played by a peer on an address of its own.

A call leaves in the operator's words; a direct number rings its telephone, whatever else is tried from there does not; a
telephone that may not call outside calls for help, reception is told; a stranger is asked for a password.
"""
import os

from harness.message import offer
from harness.sip_peer import Answering, SipPeer, token
from harness.waiting import until

OPERATOR = "127.0.0.9"


def run(world):
    port = world.free_port()
    with open(os.path.join(world.source, "plan.toml")) as file:
        world.use_plan(world.write_plan(file.read().replace("OPERATOR", str(port))))
    world.start_exchange(bridge=False)
    operator = world.keep(SipPeer(world.exchange.server, address=OPERATOR, port=port))
    mairie, accueil, locked = (world.account(name) for name in ("mairie", "accueil", "verrouille"))
    for account in (mairie, accueil, locked):
        assert account.register().status == 200
    far = Answering(operator, "far", [(180, "Ringing"), (200, "OK")])
    outside(mairie, far)
    denied(locked, far)
    emergency(locked, accueil, far)
    far.stop()
    incoming(operator, mairie)
    strangers(world, operator)
    recorded(world)


def outside(mairie, far):
    """The number that the telephone has outside, the called one as the operator writes it, and nothing of the inside."""
    call = mairie.invite("00612345678")
    answer = call.final()
    assert answer.status == 200, answer
    call.acknowledge(answer)
    invite = far.invites[-1]
    assert invite.uri.startswith("sip:0612345678@127.0.0.9"), invite.uri
    assert invite.get("From").startswith("<sip:+33327000101@"), invite.get("From")
    assert invite.get("P-Asserted-Identity").startswith("<sip:+33327000101@"), invite.headers
    assert not invite.get("Privacy") and not invite.get("Diversion")
    assert call.hang_up(answer).status == 200
    until(lambda: far.byes, 5, lambda: "the operator's BYE")

    hidden = mairie.invite("00612345678", headers=[("Privacy", "id")])
    answer = hidden.final()
    hidden.acknowledge(answer)
    invite = far.invites[-1]
    assert "anonymous@anonymous.invalid" in invite.get("From"), invite.get("From")
    assert invite.get("Privacy") == "id" and "+33327000101" in invite.get("P-Asserted-Identity")
    assert hidden.hang_up(answer).status == 200


def denied(locked, far):
    before = len(far.invites)
    call = locked.invite("00612345678")
    assert call.final().status == 403, call.responses()
    call.acknowledge_failure(call.final())
    assert len(far.invites) == before


def emergency(locked, accueil, far):
    """From a telephone that may call nobody outside, hidden: the site's number and the number as it is dialled."""
    reception = Answering(accueil.peer, "accueil", [(180, "Ringing")])
    call = locked.invite("18", headers=[("Privacy", "id")])
    answer = call.final()
    assert answer.status == 200, answer
    call.acknowledge(answer)
    invite = far.invites[-1]
    assert invite.uri.startswith("sip:18@"), invite.uri
    assert invite.get("From").startswith("<sip:+33327000150@"), invite.get("From")
    assert not invite.get("Privacy") and invite.get("Priority") == "emergency"
    message = accueil.peer.wait(method="MESSAGE")
    assert "18" in message.body and "2102" in message.body and "Jaurès" in message.body, message.body
    ringing = until(lambda: reception.invites, 5, lambda: "reception to ring")[0]
    assert "URGENCE 18 2102" in ringing.get("From"), ringing.get("From")
    assert ringing.get("Call-ID") != invite.get("Call-ID")
    assert call.hang_up(answer).status == 200
    reception.stop()


def incoming(operator, mairie):
    """A direct number rings its telephone, with the town's name for who calls; an extension is nobody's number outside."""
    phone = Answering(mairie.peer, "mairie", [(180, "Ringing"), (200, "OK")])
    assert ask(operator, "+33327000101").status == 200
    invite = until(lambda: phone.invites, 5, lambda: "the telephone to ring")[-1]
    assert invite.get("From").startswith('"Plombier" <sip:00612345678@'), invite.get("From")
    phone.stop()
    for number in ("2101", "+33612345678", "18", "8099"):
        assert ask(operator, number).status == 404, number


def strangers(world, operator):
    """The same call from an address that is no gateway's is asked for a password."""
    stranger = world.keep(SipPeer(operator.server, address="127.0.0.8"))
    assert ask(stranger, "+33327000101").status == 407


def ask(peer, number):
    call_id = token()
    host, port = peer.server
    uri = f"sip:{number}@{host}:{port}"
    body = offer(peer.address, 40010)
    peer.send(peer.request("INVITE", uri, [("Contact", peer.contact("far")), ("Content-Type", "application/sdp")], body,
                           from_=f"<sip:+33612345678@{peer.address}>;tag={token()}", to=f"<{uri}>", call_id=call_id,
                           cseq=1))
    return peer.wait_final(call_id, "1 INVITE")


def recorded(world):
    answer = world.exchange.ask("calls", "--recent", "20")
    records = answer["recent"] if "recent" in answer else answer["calls"]
    kinds = [(record["dialled"], record["kind"], record["gateway"], record["number_class"]) for record in records]
    assert ("18", "emergency", "operator", "emergency") in kinds, kinds
    assert ("00612345678", "ordinary", "operator", "mobile") in kinds, kinds
