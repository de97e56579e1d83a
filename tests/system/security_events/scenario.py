# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever is tried leaves one event in the log, which says who, from where, what and why, and nothing secret.

Each attack comes from an address of its own. What fail2ban or a collector of logs reads are key=value fields; the counters of
`beffroi --json status` say the same. What telephones do all day, and the challenges that they answer, are no events.
"""
import re

from harness import digest
from harness.sip_peer import token
from harness.waiting import until

REALM = "mairie.test"
FIELD = re.compile(r' (\w+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))')
FIELDS = {"event", "source", "transport", "account", "method", "call_id", "reason", "suppressed"}
BEFORE_READING = {"bad-request", "scanner", "request-not-supported"}   # nothing in it can be relied upon


def run(world):
    settings = {"log": {"level": "info"}, "guard": {"trusted-networks": ["127.0.0.1/32"]}}
    exchange = world.start_exchange(bridge=False, settings=settings)
    phone = world.account("accueil")
    for _ in range(3):
        assert phone.register().status == 200
    expected = []
    for number, (event, account, attack) in enumerate(attacks(world, phone), 2):
        peer = world.peer(address=f"127.0.0.{number}")
        attack(peer)
        expected.append((event, account, peer))
    for event, account, peer in expected:
        found = until(lambda: events(exchange, peer), 5, lambda: f"an event {event} of {peer.host_port}")
        assert [each["event"] for each in found] == [event], (event, found)
        assert set(found[0]) >= FIELDS and found[0]["source"] == peer.host_port, found
        assert found[0]["account"] == account and found[0]["transport"].lower() == "udp", found
        assert event in BEFORE_READING or (found[0]["method"] and found[0]["call_id"]), found
    assert not events(exchange, phone.peer), events(exchange, phone.peer)
    counted = exchange.status()["security_events"]
    for event in {event for event, _, _ in expected}:
        assert counted[event] >= len([each for each in expected if each[0] == event]), (event, counted)
    assert counted["successful-auth"] >= 3 and counted["challenge-sent"] >= 3, counted
    log = exchange.daemon.log()
    for secret in ("belfry-bell", "not-the-password", "response=", "nonce="):
        assert secret not in log, secret


def events(exchange, peer):
    """Those of the log that name this peer's address and port."""
    found = []
    for line in exchange.daemon.log().splitlines():
        if " security: " in line:
            fields = {key: quoted or plain for key, quoted, plain in FIELD.findall(line)}
            if fields.get("source") == peer.host_port:
                found.append(fields)
    return found


def attacks(world, phone):
    """Event, account that it names, and what is done from an address that nobody knows."""
    def answering(account, password, method="REGISTER", uri=f"sip:{REALM}", algorithm="SHA-256", change=lambda value: value,
                  number="2100", to=None, contacts=None):
        def attack(peer):
            asking = world.account("accueil", peer, algorithm)
            asking.account, asking.password, asking.number = account, password, number
            request(peer, asking, method, uri, change, to, contacts)
        return attack
    right = "belfry-bell-accueil"
    invite = f"sip:2001@{REALM}"
    return [
        ("invalid-account", "mallory", answering("mallory", "not-the-password")),
        ("invalid-password", "accueil", answering("accueil", "not-the-password")),
        ("invalid-password", "accueil", answering("accueil", "not-the-password", "INVITE", invite)),
        # With the right password, by an algorithm that the plan refuses to the account: it has no digest to compare with.
        ("invalid-password", "mairie", answering("mairie", "belfry-bell-mairie", algorithm="MD5", number="2001")),
        ("auth-method-not-allowed", "accueil", answering("accueil", right, change=lambda value: value.replace("SHA-256", "SHA-512-256"))),
        ("challenge-response-failed", "accueil", answering("accueil", right, change=forged)),
        ("unexpected-address", "accueil", overheard(phone)),
        ("request-not-allowed", "accueil", answering("accueil", right, to=f"<sip:2001@{REALM}>")),
        ("session-limit", "accueil", answering("accueil", right, contacts=[f"<sip:2100@127.0.0.1:{port}>" for port in range(4001, 4008)])),
        ("invalid-transport", "accueil", answering("accueil", right, contacts=["<sips:2100@127.0.0.1>"])),
        ("invalid-transport", "", plain("INVITE", f"sips:2001@{REALM}")),
        ("identity-claimed", "accueil", answering("accueil", right, number="2001")),
        ("identity-claimed", "accueil", answering("accueil", right, "INVITE", invite, number="2001")),
        ("identity-claimed", "accueil", answering("accueil", right, "MESSAGE", invite, number="2001")),
        ("request-not-allowed", "", plain("INVITE", "sip:0033123456789@elsewhere.test")),
        ("request-not-allowed", "", plain("INVITE", invite, [("Route", "<sip:192.0.2.1;lr>")])),
        ("request-not-supported", "", plain("INVITE", invite, [("Proxy-Require", "x-unheard-of")])),
        ("bad-request", "", plain("OPTIONS", f"sip:{REALM}", [("Content-Length", "0"), ("Content-Length", "9")])),
        ("bad-request", "", plain("OPTIONS", f"sip:{REALM}", [("Subject", "hello\rX-Evil: yes")])),
        ("scanner", "", lambda peer: peer.send(peer.request("OPTIONS", f"sip:100@{REALM}", [("User-Agent", "friendly-scanner")]))),
    ]


def forged(value):
    return re.sub(r'nonce="[^"]*"', 'nonce="0123456789abcdef0123456789abcdef01234567"', value)


def request(peer, asking, method, uri, change, to=None, contacts=None):
    """Challenge and answer to it; nothing needs to come back."""
    identity, call_id = f"<{asking.identity}>", token()
    dialog = dict(from_=f"{identity};tag={token()}", to=to or (identity if method == "REGISTER" else f"<{uri}>"), call_id=call_id)
    headers = [("Contact", contact) for contact in contacts or [peer.contact(asking.number)]]
    peer.send(peer.request(method, uri, headers, cseq=1, **dialog))
    name, value = asking.credentials(peer.wait_final(call_id, f"1 {method}"), method, uri)
    peer.send(peer.request(method, uri, headers + [(name, change(value))], cseq=2, **dialog))
    return peer.wait_final(call_id, f"2 {method}")


def overheard(phone):
    """An answer that the telephone made for itself, from another address."""
    def attack(peer):
        uri, call_id = f"sip:{REALM}", token()
        phone.peer.send(phone.peer.request("REGISTER", uri, to=f"<{phone.identity}>", from_=f"<{phone.identity}>;tag=1", call_id=call_id))
        challenge = phone.peer.wait_final(call_id, "1 REGISTER")
        value = digest.answer(digest.choose(challenge.all("WWW-Authenticate")), phone.account, phone.password, "REGISTER", uri)
        headers = [("Contact", peer.contact("2100")), ("Authorization", value)]
        peer.send(peer.request("REGISTER", uri, headers, to=f"<{phone.identity}>", from_=f"<{phone.identity}>;tag=2", call_id=token()))
        peer.wait(cseq_method="REGISTER")
    return attack


def plain(method, uri, headers=()):
    def attack(peer):
        peer.send(peer.request(method, uri, headers))
        peer.wait()
    return attack
