# SPDX-License-Identifier: AGPL-3.0-or-later
"""A telephone of the hall pretends to be the mayor's, in every field that a telephone might believe, and nobody is told so.

In INVITE, MESSAGE, REFER, OPTIONS, and within a call in re-INVITE, UPDATE, INFO and BYE, from both sides; and in the answers of
the one that is called. Who asks for privacy is told to nobody, also within the call. From itself cannot be another's.
"""
from harness.message import reply_to
from harness.sip_peer import Answering, token

REALM = "mairie.test"
MAYOR = '"Le Maire" <sip:2001@mairie.test>'
CLAIMS = [("P-Asserted-Identity", MAYOR), ("P-Asserted-Identity", "<tel:112>"), ("p-asserted-identity", MAYOR),
          ("P-Preferred-Identity", MAYOR), ("Remote-Party-ID", MAYOR + ";party=calling;screen=yes"), ("Diversion", MAYOR + ";reason=unconditional"),
          ("CC-Diversion", MAYOR), ("History-Info", "<sip:2001@mairie.test>;index=1"), ("Identity", '"bWF5b3I="'), ("y", '"bWF5b3I="'),
          ("Identity-Info", "<https://mairie.test/cert>;alg=rsa-sha1"), ("n", "<https://mairie.test/cert>"), ("P-Served-User", MAYOR),
          ("P-Called-Party-ID", MAYOR), ("P-Charging-Vector", "icid-value=1"), ("P-Associated-URI", MAYOR)]
FORBIDDEN = {name.lower() for name, _ in CLAIMS}
HALL, ACCUEIL = '"Hall" <sip:2200@mairie.test>', '"Accueil" <sip:2100@mairie.test>'


def run(world):
    world.start_exchange(bridge=False)
    for transport in ("udp", "tcp"):
        liar, callee = (world.account(name, world.peer(transport)) for name in ("hall", "accueil"))
        for account in (liar, callee):
            assert account.register().status == 200
        phone = Claiming(callee.peer, "2100", [(180, "Ringing"), (200, "OK")])
        froms(liar, callee)
        calls(liar, callee, phone)
        other_requests(liar, callee)
        hidden(liar, callee, phone)
        phone.stop()
        for account in (liar, callee):
            assert account.register(contacts=["*"], expires=0).status == 200


class Claiming(Answering):
    """Lies in everything that it answers."""

    def respond(self, request, status, phrase, tag):
        body = self.body if request.method == "INVITE" and status == 200 else ""
        headers = [("Contact", self.peer.contact(self.user)), *CLAIMS] + ([("Content-Type", "application/sdp")] if body else [])
        data = reply_to(request, status, phrase, tag, headers, body)
        self.peer.send(data)
        return data


def claims(message):
    return sorted((name.lower(), value) for name, value in message.headers if name.lower() in FORBIDDEN)


def asserts(message, identity):
    wanted = [("p-asserted-identity", identity)] if identity else []
    assert claims(message) == wanted, (message, claims(message))


def request(account, method, from_, headers=(), number="2100"):
    """A new request under `from_`, challenge answered: its final response, and its Call-ID."""
    uri, call_id = f"sip:{number}@{REALM}", token()
    dialog, fields = dict(from_=f"{from_};tag={token()}", call_id=call_id), [("Contact", account.peer.contact(account.number)), *headers]
    for cseq in (1, 2):
        branch = "z9hG4bK" + token()
        account.peer.send(account.peer.request(method, uri, fields, cseq=cseq, branch=branch, **dialog))
        response = account.peer.wait_final(call_id, f"{cseq} {method}")
        if method == "INVITE":
            account.peer.send(account.peer.request("ACK", uri, cseq=cseq, branch=branch, **dialog | {"to": response.get("To")}))
        if cseq == 1:
            assert response.status == 407, (method, from_, response)
            fields.append(account.credentials(response, method, uri))
    return response, call_id


def froms(liar, callee):
    """Another's number, in any form: 403, and no telephone rings."""
    for from_ in ["<sip:2001@mairie.test>", MAYOR, "<sip:%32001@mairie.test>", "<sip:2001@MAIRIE.test>", "<sip:2001@127.0.0.1>",
                  "<tel:2001>", "<sip:2200@elsewhere.test>", "<sip:mairie@mairie.test>", "<sip:2200;x=2001@mairie.test>",
                  "<sip:2001@anonymous.invalid>", "<sip:anonymous@mairie.test>", "<sip:mairie.test>", "<sips:112@mairie.test>"]:
        for method in ("INVITE", "MESSAGE", "REFER"):
            response, call_id = request(liar, method, from_, CLAIMS)
            assert response.status == 403, (method, from_, response)
            assert not callee.peer.matching(call_id=call_id), (method, from_)


def calls(liar, callee, phone):
    call = liar.invite("2100", headers=CLAIMS)
    answer = call.wait(200)
    call.acknowledge(answer)
    for status in (180, 200):
        for response in call.responses(status):
            asserts(response, ACCUEIL)
    arrived = phone.invites[-1]
    asserts(arrived, HALL)
    assert liar.number in arrived.get("From"), arrived.headers
    number = call.cseq
    for method in ("INVITE", "UPDATE", "INFO", "MESSAGE", "REFER", "BYE"):
        number += 1
        referred = [("Refer-To", f"<sip:2100@{REALM}>")] if method == "REFER" else []
        call.in_dialog(method, answer, number, headers=CLAIMS + referred)
        response = liar.peer.wait_final(call.call_id, f"{number} {method}")
        assert response.status == 200, (method, response)
        if method == "INVITE":
            call.in_dialog("ACK", answer, number, headers=CLAIMS)
        sent = [m for m in callee.peer.matching(method=method) if m.get("CSeq") == f"{number} {method}"][-1]
        for message, number_of in ((sent, "2200"), (response, "2100")):
            assert all(name == "p-asserted-identity" and number_of in value for name, value in claims(message)), (message, claims(message))
    for acknowledgement in callee.peer.matching(method="ACK"):
        assert not [claim for claim in claims(acknowledgement) if "2200" not in claim[1]], acknowledgement.headers


def other_requests(liar, callee):
    for method in ("MESSAGE", "REFER", "OPTIONS", "COFFEE"):
        response, call_id = request(liar, method, f"<{liar.identity}>", CLAIMS)
        assert response.status == 200, (method, response)
        asserts(callee.peer.matching(method=method, call_id=call_id)[-1], HALL)
        asserts(response, ACCUEIL)


def hidden(liar, callee, phone):
    """Privacy, or an anonymous From: the number is in nothing that the telephone gets, but in our record of the call."""
    for headers in ([("Privacy", "id")], [("Privacy", "header;user;id")]):
        before = len(callee.peer.received)
        call = liar.invite("2100", headers=headers + CLAIMS)
        answer = call.wait(200)
        call.acknowledge(answer)
        assert call.hang_up(answer).status == 200
        told = [m for m in callee.peer.received[before:] if m.method]
        assert {m.method for m in told} >= {"INVITE", "BYE"}, told
        for message in told:
            assert not claims(message), (headers, message, claims(message))
            assert "2200" not in message.get("From"), (headers, message.headers)
    response, call_id = request(liar, "MESSAGE", '"Anonymous" <sip:anonymous@anonymous.invalid>', CLAIMS)
    assert response.status == 200, response
    asserts(callee.peer.matching(call_id=call_id)[-1], None)
