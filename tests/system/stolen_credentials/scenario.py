# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was overheard is worth nothing: an answer to a challenge is good once, for its account, method and address.

Replayed from elsewhere, counted on, moved to another method, number or account, stripped to what old or weak clients send:
each time a new challenge, which is never "stale" for the first wrong answer to its own. A telephone with its right password may
not register for another, and none of this touches the registrations that are there. Nor do the routes of a call let anybody but
its two sides end it.
"""
import re

from harness import digest
from harness.sip_peer import Answering, token

REALM = "mairie.test"
UNHEARD_OF = "SHA-512-256"


def run(world):
    # So many wrong answers would bar the account from this address, and then no answer would be looked at.
    exchange = world.start_exchange(bridge=False, settings={"guard": {"wrong-answers": 10000}})
    for transport in ("udp", "tcp"):
        victim = world.account("accueil", world.peer(transport))
        other = world.account("mairie", world.peer(transport))
        for account in (victim, other):
            assert account.register().status == 200
        there = contacts(exchange)
        assert set(there) == {"accueil", "mairie"}, there

        challenge = offered(victim)
        thief = Thief(world.peer(transport), exchange)
        replayed(victim, thief, Thief(world.peer(transport, address="127.0.0.9"), exchange), challenge)
        weakened(victim, thief)
        misused(victim, thief)
        for_another(world, transport, victim, other)
        overheard_call(world, transport, victim, other)
        assert contacts(exchange) == there, (there, contacts(exchange))
        assert not [m for m in other.peer.received if m.method], other.peer.received
        if transport == "udp":
            after_a_crash(exchange, victim, thief)
            assert contacts(exchange) == there, (there, contacts(exchange))
        for account in (victim, other):
            gone = account.register(contacts=["*"], expires=0)
            assert gone.status == 200, (account.account, gone, gone.headers)


def contacts(exchange):
    return {entry["account"]: (entry["extension"], entry["contact"]) for entry in exchange.registrations()}


def offered(account):
    """RFC 8760: the strongest algorithm first, each with qop, each nonce new."""
    nonces = set()
    for _ in range(3):
        response = first_answer(account.peer, "REGISTER", f"sip:{REALM}", f"<{account.identity}>")
        challenges = [digest.parse_challenge(value) for value in response.all("WWW-Authenticate")]
        assert [each["algorithm"] for each in challenges] == ["SHA-256", "MD5"], response.headers
        assert all(each["qop"] == "auth" and each["realm"] == REALM for each in challenges), challenges
        nonces.add(challenges[0]["nonce"])
    assert len(nonces) == 3, nonces
    return challenges[0]


def first_answer(peer, method, uri, to, headers=(), from_=None, cseq=1):
    call_id = token()
    peer.send(peer.request(method, uri, headers, from_=f"{from_ or to};tag={token()}", to=to, call_id=call_id, cseq=cseq))
    return peer.wait_final(call_id, f"{cseq} {method}")


class Thief:
    """Another program, mostly on the telephone's own host, where it can do most, with whatever it has overheard."""

    def __init__(self, peer, exchange):
        self.peer, self.exchange = peer, exchange

    def tries(self, what, value, method="REGISTER", uri=f"sip:{REALM}", number="2100", from_number=None, stale=False):
        """`stale`: the answer may ask for another try: the challenge is another's or has been answered, rightly or wrongly."""
        headers = [("Contact", self.peer.contact("thief")),
                   ("Authorization" if method == "REGISTER" else "Proxy-Authorization", value)]
        to = f"<sip:{number}@{REALM}>"
        response = first_answer(self.peer, method, uri, to, headers, f"<sip:{from_number or number}@{REALM}>")
        wanted = 401 if method == "REGISTER" else 407
        assert response.status == wanted, (what, response)
        challenges = response.all("WWW-Authenticate") + response.all("Proxy-Authenticate")
        assert challenges and (stale or not any("stale" in each.lower() for each in challenges)), (what, challenges)
        assert "thief" not in str(contacts(self.exchange)), what


def fresh(account, method, uri, algorithm="SHA-256", signed=None, **changes):
    """A right answer to a new challenge, never sent, for `signed` or `uri`; `changes` are made to the challenge first."""
    response = first_answer(account.peer, method, uri, f"<{account.identity}>")
    name = "WWW-Authenticate" if response.status == 401 else "Proxy-Authenticate"
    challenge = {**digest.choose(response.all(name), algorithm), **changes}
    challenge = {key: value for key, value in challenge.items() if value}
    return digest.answer(challenge, account.account, account.password, method, signed or uri)


def replayed(victim, thief, stranger, challenge):
    uri = f"sip:{REALM}"
    used = digest.answer(challenge, victim.account, victim.password, "REGISTER", uri)
    own = [("Contact", victim.peer.contact("2100")), ("Authorization", used)]
    for _ in range(2):   # accepted once, then not even from the telephone itself
        response = first_answer(victim.peer, "REGISTER", uri, f"<{victim.identity}>", own, cseq=200)
        assert response.status in (200, 401), response
    assert response.status == 401, response
    thief.tries("a replay", used, stale=True)
    stranger.tries("a replay from elsewhere", used, stale=True)
    stranger.tries("an answer that was not yet used, from elsewhere", fresh(victim, "REGISTER", uri), stale=True)
    thief.tries("a count raised by hand", used.replace("nc=00000001", "nc=00000002"))
    thief.tries("a method that was not signed", used, "INVITE", uri=f"sip:2001@{REALM}", number="2001", from_number="2100",
                stale=True)   # its challenge has had a wrong answer


def misused(victim, thief):
    """Right answers that their owner never sent: what somebody between the two has in hand."""
    invite = f"sip:2001@{REALM}"
    swaps = [
        ("another number", fresh(victim, "INVITE", invite), "INVITE", f"sip:8001@{REALM}"),
        ("another method", fresh(victim, "MESSAGE", invite), "INVITE", invite),
        ("another scheme", fresh(victim, "INVITE", invite), "INVITE", "tel:8001"),
        ("another domain", fresh(victim, "INVITE", invite, signed="sip:2001@elsewhere.test"), "INVITE", invite),
    ]
    for what, value, method, uri in swaps:
        thief.tries(what, value, method, uri, from_number="2100")
    for what, pattern, text in [
            ("another account", 'username="accueil"', 'username="mairie"'),
            ("another realm", 'realm="mairie.test"', 'realm="ecole.test"'),
            ("a nonce with one bit changed", r'nonce="(.)', lambda found: 'nonce="' + ("B" if found[1] != "B" else "C")),
            ("no nonce", r'nonce="[^"]*"', 'nonce=""'),
            ("a nonce of one's own", r'nonce="[^"]*"', 'nonce="0123456789abcdef0123456789abcdef"')]:
        thief.tries(what, re.sub(pattern, text, fresh(victim, "REGISTER", f"sip:{REALM}")))


def weakened(victim, thief):
    uri = f"sip:{REALM}"
    thief.tries("no qop, as in RFC 2069", fresh(victim, "REGISTER", uri, qop=None))
    thief.tries("no qop, with MD5", fresh(victim, "REGISTER", uri, "MD5", qop=None))
    right = fresh(victim, "REGISTER", uri)
    thief.tries("an algorithm unheard of", right.replace("SHA-256", UNHEARD_OF))
    thief.tries("MD5 told for SHA-256", fresh(victim, "REGISTER", uri).replace("algorithm=SHA-256", "algorithm=MD5"))
    thief.tries("qop auth-int", fresh(victim, "REGISTER", uri).replace("qop=auth", "qop=auth-int"))
    thief.tries("an empty response", re.sub(r'response="[^"]*"', 'response=""', fresh(victim, "REGISTER", uri)))
    thief.tries("half a response", re.sub(r'response="([^"]{32})[^"]*"', r'response="\1"', fresh(victim, "REGISTER", uri)))
    thief.tries("a count of nothing", fresh(victim, "REGISTER", uri).replace("nc=00000001", "nc=00000000"))
    thief.tries("Basic", "Basic YWNjdWVpbDpiZWxmcnktYmVsbC1hY2N1ZWls")


def for_another(world, transport, victim, other):
    peer = world.peer(transport, address="127.0.0.10")
    thief = world.account("accueil", peer)
    thief.number = "2001"   # To and From are the victim's, credentials its own
    assert thief.register().status == 403
    assert thief.register(contacts=["*"], expires=0).status == 403
    thief.number = "8001"
    assert thief.register().status == 403
    forbidden = world.account("mairie", peer, "MD5")   # the right password; the plan refuses MD5
    assert forbidden.register().status == 401
    elsewhere = world.account("accueil", peer)
    phones = [Answering(peer, "2100", [(486, "Busy Here")]), Answering(victim.peer, "2100", [(486, "Busy Here")])]
    for lure in lures(peer, other):
        assert elsewhere.register(**lure).status == 200, lure
        before = [len(phone.invites) for phone in phones]
        call = other.invite("2100")
        final = call.final()
        assert final.status == 486, (lure, final)
        call.acknowledge_failure(final)
        assert [len(phone.invites) for phone in phones] == [count + 1 for count in before], (lure, peer.received)
        assert elsewhere.register(**lure, expires=0).status == 200, lure
    for phone in phones:
        phone.stop()


def after_a_crash(exchange, victim, thief):
    """What was counted is forgotten with the process: so nonces of before are no longer good."""
    uri = f"sip:{REALM}"
    used = fresh(victim, "REGISTER", uri)
    own = [("Contact", victim.peer.contact("2100")), ("Authorization", used)]
    assert first_answer(victim.peer, "REGISTER", uri, f"<{victim.identity}>", own, cseq=300).status == 200
    exchange.daemon.crash()
    exchange.start_daemon()
    for value in (used, used.replace("nc=00000001", "nc=00000002")):
        evil = [("Contact", thief.peer.contact("thief")), ("Authorization", value)]
        response = first_answer(thief.peer, "REGISTER", uri, f"<{victim.identity}>", evil)
        assert response.status == 401, response


def overheard_call(world, transport, victim, other):
    """Routes that were read in a call of others: whoever is neither of them is asked who it is."""
    callee = Answering(victim.peer, "2100", [(200, "OK")])
    call = other.invite("2100")
    answer = call.final()
    assert answer.status == 200, answer
    call.acknowledge(answer)
    thief = world.peer(transport, address="127.0.0.11")
    routes = [("Route", value) for value in reversed(answer.all("Record-Route"))]
    target = victim.peer.contact("2100").strip("<>")
    for cseq, method in enumerate(("BYE", "INVITE", "INFO", "UPDATE"), 10):
        thief.send(thief.request(method, target, routes, from_=call.from_, to=answer.get("To"), call_id=call.call_id, cseq=cseq))
        assert thief.wait_final(call.call_id, f"{cseq} {method}").status == 407, method
    assert call.hang_up(answer).status == 200
    for method in ("INVITE", "BYE"):
        assert len(victim.peer.matching(method=method, call_id=call.call_id)) == 1, victim.peer.received
    assert not victim.peer.matching(method="INFO") and not victim.peer.matching(method="UPDATE"), victim.peer.received
    callee.stop()


def lures(peer, other):
    """What a telephone registers to have its calls sent to another: they go where the REGISTER came from all the same."""
    yield {"contacts": [other.peer.contact("2001")]}
    yield {"contacts": ["<sip:2100@name-of-nobody.test>"]}
    path = [("Supported", "path"), ("Path", f"<sip:{other.peer.host_port};lr>")]
    yield {"contacts": [peer.contact("2100")], "headers": path}
    yield {"contacts": [f"<sip:2100@{peer.address};transport=tcp>"], "headers": path}
