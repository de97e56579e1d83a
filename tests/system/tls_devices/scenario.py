# SPDX-License-Identifier: AGPL-3.0-or-later
"""A telephone proves itself by its TLS certificate: it registers and calls without a password, under its own number only.

A certificate that no device of the plan names, one of a foreign authority, and none at all are worth the same: a challenge.
"""
from harness.certificates import Authority
from harness.message import offer
from harness.sip_peer import Account, token


def run(world):
    authority, foreign = Authority(world.folder), Authority(world.folder, "foreign")
    own = authority.issue_for_exchange()
    exchange = world.start_exchange(bridge=False, transports=("udp", "tls"), settings={
        "tls": {"certificates": [":".join(own)], "client-certificates": "wanted", "client-authorities": authority.certificate}})
    world.devices["borne"]["password"] = "nobody knows any"

    def peer(certificate):
        return world.peer("tls", authority=authority.certificate, certificate=certificate)

    borne = world.account("borne", peer(authority.issue("borne", "DNS:borne.mairie.test")))
    answer = first_answer(borne)
    assert answer.status == 200, answer
    entry, = exchange.registrations()
    assert entry["extension"] == "2101" and entry["transport"] == "TLS", entry

    answered = world.account("accueil", world.peer())
    assert answered.register().status == 200
    headers = [("Contact", borne.peer.contact("2101")), ("Content-Type", "application/sdp")]
    borne.peer.send(borne.peer.request("INVITE", "sip:2100@mairie.test", headers, offer("127.0.0.1", 40000),
                                       from_=f"<{borne.identity}>;tag={token()}"))
    invite = answered.peer.wait(method="INVITE")
    assert "2101" in invite.get("From") and "2101" in invite.get("P-Asserted-Identity"), invite
    assert not borne.peer.matching(status=407), "it was challenged"

    not_another(world, borne)
    for certificate in (None, foreign.issue("borne", "DNS:borne.mairie.test"), authority.issue("nobody", "DNS:nobody.mairie.test")):
        status = first_answer(world.account("borne", peer(certificate))).status
        assert status == 401, status


def first_answer(account):
    """What REGISTER without credentials gets."""
    call_id, identity = token(), f"<{account.identity}>"
    account.peer.send(account.peer.request("REGISTER", f"sip:{account.domain}", [("Contact", account.peer.contact(account.number))],
                                           from_=f"{identity};tag={token()}", to=identity, call_id=call_id))
    return account.peer.wait_final(call_id, "1 REGISTER")


def not_another(world, borne):
    other = Account(borne.peer, world.domain, "2100", "accueil", "")
    assert first_answer(other).status in (401, 403)
