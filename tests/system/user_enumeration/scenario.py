# SPDX-License-Identifier: AGPL-3.0-or-later
"""Nobody without a password learns which accounts and numbers exist: for each method, every answer is one and the same.

Asked without credentials, with a wrong password by either algorithm, and with the right one by an algorithm that the account
refuses; for accounts that exist and one that does not; towards a number that has a telephone, one that has none just now, a
room and one that nobody has. How long the answers take is printed, not judged: docs/security.md has the figures.
"""
import itertools
import random
import re
import socket
import statistics
import time

from harness import digest
from harness.sip_peer import token

REALM = "mairie.test"
# Account, number, and the right password, if any.
CALLERS = [("accueil", "2100", None), ("mairie", "2001", "belfry-bell-mairie"), ("mallory", "2999", None)]
NUMBERS = ["2100", "2001", "8001", "2999", "0033123456789"]
METHODS = ["REGISTER", "INVITE", "OPTIONS", "MESSAGE", "SUBSCRIBE", "PUBLISH", "REFER", "NOTIFY", "INFO", "BYE", "COFFEE"]
CREDENTIALS = [None, "SHA-256", "MD5"]
TIMED = 200


def run(world):
    # So many wrong answers would bar the accounts from an address, and then none would be looked at.
    exchange = world.start_exchange(bridge=False, settings={"guard": {"wrong-answers": 10000}})
    here = world.account("accueil")
    assert here.register().status == 200
    for number, (transport, method) in enumerate(itertools.product(("udp", "tcp"), METHODS), 2):
        stranger = Stranger(world.peer(transport, address=f"127.0.0.{number}"), method)
        for algorithm in CREDENTIALS:
            told = stranger.ask_all(algorithm)
            assert len(told) == 1, (transport, method, algorithm, told)
            only = next(iter(told))
            if method not in ("SUBSCRIBE", "PUBLISH", "NOTIFY", "INFO", "BYE"):   # refused whoever asks
                assert re.match("(401|407) ", only), (method, algorithm, only)
            assert re.match("4", only), (method, algorithm, only)
    assert [entry["account"] for entry in exchange.registrations()] == ["accueil"], exchange.registrations()
    assert not here.peer.matching(method="INVITE") and not here.peer.matching(method="MESSAGE"), here.peer.received
    measure(world)


class Stranger:
    def __init__(self, peer, method):
        self.peer, self.method = peer, method

    def ask_all(self, algorithm):
        """Everything at once: what each answer looks like, and for which account and number it came."""
        asked = [(Question(self, account, own, dialled), password if algorithm == "MD5" else None)
                 for (account, own, password), dialled in itertools.product(CALLERS, NUMBERS)]
        for question, _ in asked:
            question.send()
        for question, password in asked:
            if question.final().status in (401, 407) and algorithm:
                question.answer(algorithm, password or "not-the-password")
        told = {}
        for question, _ in asked:
            told.setdefault(shape(question.final()), []).append((question.account, question.uri))
        return told


class Question:
    def __init__(self, stranger, account, own, dialled):
        self.peer, self.method, self.account, self.cseq = stranger.peer, stranger.method, account, 0
        self.uri = f"sip:{REALM}" if self.method == "REGISTER" else f"sip:{dialled}@{REALM}"
        identity = f"<sip:{own}@{REALM}>"
        self.dialog = dict(from_=f"{identity};tag={token()}", to=identity if self.method == "REGISTER" else f"<{self.uri}>",
                           call_id=token())
        self.headers = [("Contact", self.peer.contact(own)), ("Event", "presence")]

    def send(self, *credentials):
        self.cseq += 1
        self.peer.send(self.peer.request(self.method, self.uri, self.headers + list(credentials), cseq=self.cseq, **self.dialog))

    def final(self):
        return self.peer.wait_final(self.dialog["call_id"], f"{self.cseq} {self.method}")

    def answer(self, algorithm, password):
        challenge = self.final()
        asking, giving = (("WWW-Authenticate", "Authorization") if challenge.status == 401 else
                          ("Proxy-Authenticate", "Proxy-Authorization"))
        parameters = digest.choose(challenge.all(asking), algorithm)
        self.send((giving, digest.answer(parameters, self.account, password, self.method, self.uri)))


def shape(response):
    """What an onlooker could compare: everything but what came in the request, and what is new in every answer."""
    echoed = ("via", "from", "to", "call-id", "cseq")
    lines = [f"{name}:" if name.lower() in echoed else f"{name}: {value}" for name, value in response.headers]
    text = "\n".join([response.first_line.partition(" ")[2], *lines, response.body])
    return re.sub(r'nonce="([^"]*)"', lambda nonce: f"nonce of {len(nonce[1])}", text)


def measure(world):
    """Medians of refused answers, in changing order, so that whatever else the machine does disturbs all alike."""
    times = {account: [] for account, _, _ in CALLERS}
    for number in range(TIMED):
        peer = Stranger(world.peer(address=f"127.0.1.{number % 250 + 1}"), "REGISTER")
        for account, own, _ in random.sample(CALLERS, len(CALLERS)):
            question = Question(peer, account, own, own)
            question.send()
            question.final()
            sent = []
            peer.peer.send = sent.append
            question.answer("SHA-256", "not-the-password")
            del peer.peer.send
            times[account].append(elapsed(world.exchange.server, sent[0]))
    medians = ", ".join(f"{account} {statistics.median(all_) * 1e6:.0f} µs" for account, all_ in times.items())
    print(f"median time of {TIMED} refused answers to a challenge: {medians}")


def elapsed(server, request):
    """Between a datagram and the one that answers it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(5)
        started = time.perf_counter()
        udp.sendto(request, server)
        udp.recv(65536)
        return time.perf_counter() - started
