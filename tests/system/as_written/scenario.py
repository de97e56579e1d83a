# SPDX-License-Identifier: AGPL-3.0-or-later
"""What telephones write in ways of their own is understood, and passed on octet by octet.

Numbers as they are dialled: key codes with * and #, raw and escaped, tel URIs, separators and contexts. Names in UTF-8 and
Latin-1, bodies of several parts with any octet in them, compact forms and folded lines, over UDP and TCP. Bodies that are
compressed are for nobody.
"""
from harness.sip_peer import Answering, OutgoingCall, token
from harness.waiting import until

# What is dialled, what that is answered with, and what the record of the call has of it.
NUMBERS = [
    ("sip:2100@mairie.test", 486, "2100"),
    ("sip:%32100@MAIRIE.test:5060", 486, "2100"),
    ("sip:2100@mairie.test;user=phone", 486, "2100"),
    ("sip:21-00@mairie.test;user=phone", 486, "2100"),
    ("tel:2100", 486, "2100"),
    ("tel:(21)00;phone-context=mairie.test", 486, "2100"),
    ("tel:2100;phone-context=elsewhere.test", 404, "2100;phone-context=elsewhere.test"),
    ("tel:+33-3-20-49-50-00", 503, "+33320495000"),   # a number outside, and no gateway leads there
    ("sip:*21*0612345678#@mairie.test", 404, "*21*0612345678#"),   # codes are off: nobody's number
    ("sip:*21*0612345678%23@mairie.test", 404, "*21*0612345678#"),
    ("sip:%2a72%23@mairie.test", 404, "*72#"),
    ("tel:*72#", 404, "*72#"),
]
NAMES = ['"Hôtel de Ville"', '"H\udcf4tel de Ville"', "Hôtel", '"Dupont, \\"Jean\\" \\\\ <1er>"', '"\udcff\udcfe"', '"日本"']
PARTS = ("--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--x\r\n\r\n"
         "\0\x01\r\r\n\n\udcff INVITE sip:a@b SIP/2.0\r\n\r\n--x--\r\n")


def run(world):
    exchange = world.start_exchange(bridge=False)
    caller = world.account("mairie")
    callee = world.account("accueil", world.peer("tcp"))
    assert caller.register().status == callee.register().status == 200
    phone = Answering(callee.peer, "2100", [(486, "Busy Here")])
    for uri, status, dialled in NUMBERS:
        call = OutgoingCall(caller, uri, "", [])
        final = call.final()
        assert final.status == status, (uri, final)
        call.acknowledge_failure(final)
        until(lambda: recent(exchange)[:1] == [dialled], 5, lambda: f"a call to {dialled}; got {recent(exchange)}")
    assert len(phone.invites) == len([1 for _, status, _ in NUMBERS if status == 486])
    for transport in ("udp", "tcp"):
        caller.peer = world.peer(transport)
        for name in NAMES:
            passes(caller, phone, name)
        refused(caller, callee)
    phone.stop()


def recent(exchange):
    """What was dialled, the last call first."""
    return [record["dialled"] for record in exchange.ask("calls", "--recent", "100")["recent"]]


def passes(caller, phone, name):
    text = token()
    headers = [("s", text), ("r", f"{name} <sip:2001@mairie.test>"), ("X-Folded", "one,\r\n two"),
               ("c", "Multipart/mixed ; boundary=x"), ("Content-Length", str(len(PARTS.encode("utf-8", "surrogateescape"))))]
    final = message(caller, headers, PARTS, to=f"{name} <sip:2100@mairie.test>")
    assert final.status == 200, (name, final)
    got = [each for each in list(phone.peer.received) if each.method == "MESSAGE" and each.get("Subject") == text][0]
    assert got.get("To") == f"{name} <sip:2100@mairie.test>", got.headers
    assert got.get("Refer-To") == f"{name} <sip:2001@mairie.test>", got.headers
    assert got.get("X-Folded") == "one, two" and got.get("Content-Type") == "Multipart/mixed ; boundary=x", got.headers
    assert got.body == PARTS, got.body


def refused(caller, callee):
    before = len(callee.peer.matching(method="MESSAGE"))
    for coding in ("gzip", "deflate", "identity, x-gzip"):
        final = message(caller, [("e", coding), ("Content-Type", "text/plain")], "\x78\x01", to="<sip:2100@mairie.test>")
        assert (final.status, final.get("Accept-Encoding")) == (415, "identity"), (coding, final)
    assert len(callee.peer.matching(method="MESSAGE")) == before


def message(caller, headers, body, to):
    """The final answer to a MESSAGE to 2100, after the challenge."""
    uri, call_id, tag = "sip:2100@mairie.test", token(), token()
    for cseq in (1, 2):
        caller.peer.send(caller.peer.request("MESSAGE", uri, headers, body, call_id=call_id, cseq=cseq, to=to,
                                             from_=f"<{caller.identity}>;tag={tag}"))
        final = caller.peer.wait_final(call_id, f"{cseq} MESSAGE")
        if final.status != 407:
            break
        headers = headers + [caller.credentials(final, "MESSAGE", uri)]
    return final
