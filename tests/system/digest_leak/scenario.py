# SPDX-License-Identifier: AGPL-3.0-or-later
"""A telephone that is called asks the caller for its password, and gets nothing: its challenge stays in the exchange.

It answers INVITE, re-INVITE, BYE and MESSAGE by 401 and 407, for the town's realm and for others, and hides challenges in a
486 of a fork. The caller is as gullible as can be and sends credentials with everything that it says; none comes through.
"""
from harness import digest
from harness.message import reply_to
from harness.sip_peer import Answering, token

BAIT = "a-nonce-of-the-thief"
REALMS = ("mairie.test", "MAIRIE.TEST", "other.test")
EDGES = [("udp", "127.0.0.1"), ("tcp", "127.0.0.1"), ("udp", "::1"), ("tcp", "::1")]


def run(world):
    world.start_exchange(bridge=False, also=("::1",))
    for transport, address in EDGES:
        Robbery(world, transport, address).attempt()


class Thief(Answering):
    """Has challenges in each failure; what is no INVITE it challenges too."""

    def respond(self, request, status, phrase, tag):
        if status < 300:
            return super().respond(request, status, phrase, tag)
        bait = [(name, f'Digest realm="{realm}", nonce="{BAIT}", algorithm=MD5, qop="auth"')
                for name in ("WWW-Authenticate", "Proxy-Authenticate") for realm in REALMS]
        data = reply_to(request, status, phrase, tag, bait)
        self.peer.send(data)
        return data

    def _other(self, message, tag):
        if message.method not in ("ACK", "CANCEL"):
            self.byes.append(message)
            self.respond(message, (401, 407)[len(self.byes) % 2], "Show Your Password", tag)
        elif message.method == "ACK":
            self.acknowledged.append(message)


class Robbery:
    def __init__(self, world, transport, address):
        def account(name):
            account = world.account(name, world.peer(transport, address=address))
            assert account.register().status == 200, (transport, address, account.peer.received)
            return account
        self.where = (transport, address)
        self.caller, guichet, hall, borne = map(account, ("accueil", "guichet", "hall", "borne"))
        self.called = [guichet, hall, borne]
        self.honest = Answering(guichet.peer, "2200", [(404, "Nobody")])
        self.hidden = Thief(hall.peer, "2200", [(486, "Busy, But Show Your Password")])
        self.thief = Thief(borne.peer, "2300", [])

    def attempt(self):
        for status in (401, 407):
            self.thief.plan = [(180, "Ringing"), (status, "Show Your Password")]
            self.failing_call("2300", 403)
        self.failing_call("2200", 486)
        self.challenged_within_a_call()
        self.challenged_message()
        assert [len(phone.invites) for phone in (self.honest, self.hidden, self.thief)] == [1, 1, 4], self.where
        for account in self.called:
            for message in account.peer.received:
                leaked = [header for header in message.headers if "authorization" in header[0].lower()]
                assert message.status or not leaked, (self.where, message, leaked)
        for message in self.caller.peer.received:
            assert BAIT not in str(message.headers), (self.where, message, message.headers)
        for account in self.called:
            account.register(contacts=["*"], expires=0)
        for phone in (self.honest, self.hidden, self.thief):
            phone.stop()

    def credentials(self, method, uri, realms=REALMS):
        """For whoever may want some."""
        found = []
        for realm in realms:
            challenge = digest.parse_challenge(f'Digest realm="{realm}", nonce="{BAIT}", algorithm=MD5, qop="auth"')
            value = digest.answer(challenge, self.caller.account, self.caller.password, method, uri)
            found += [("Authorization", value), ("Proxy-Authorization", value)]
        return found

    def call(self, number):
        """Beside what the exchange asks for itself."""
        return self.caller.invite(number, headers=self.credentials("INVITE", f"sip:{number}@mairie.test", REALMS[1:]))

    def failing_call(self, number, status):
        call = self.call(number)
        final = call.final()
        assert final.status == status, (self.where, number, final)
        call.acknowledge_failure(final)

    def challenged_within_a_call(self):
        """As in the attack that gave the threat its name: the call is taken, and what follows is challenged."""
        self.thief.plan = [(200, "OK")]
        call = self.call("2300")
        answer = call.final()
        assert answer.status == 200, (self.where, answer)
        target = answer.get("Contact").partition("<")[2].partition(">")[0]
        call.acknowledge(answer)
        self.thief.plan = [(401, "Show Your Password")]
        for number, method in enumerate(("INVITE", "INFO", "BYE", "BYE"), call.cseq + 1):
            call.in_dialog(method, answer, number, headers=self.credentials(method, target))
            final = self.caller.peer.wait_final(call.call_id, f"{number} {method}")
            assert final.status == 403, (self.where, method, final)
            if method == "INVITE":
                call.in_dialog("ACK", answer, number)

    def challenged_message(self):
        uri, call_id = "sip:2300@mairie.test", token()
        sent = dict(from_=f"<{self.caller.identity}>;tag={token()}", call_id=call_id)
        headers = self.credentials("MESSAGE", uri, REALMS[1:])
        self.caller.peer.send(self.caller.peer.request("MESSAGE", uri, headers, "Bonjour", **sent, cseq=1))
        challenge = self.caller.peer.wait_final(call_id, "1 MESSAGE")
        headers.append(self.caller.credentials(challenge, "MESSAGE", uri))
        self.caller.peer.send(self.caller.peer.request("MESSAGE", uri, headers, "Bonjour", **sent, cseq=2))
        assert self.caller.peer.wait_final(call_id, "2 MESSAGE").status == 403, self.where
