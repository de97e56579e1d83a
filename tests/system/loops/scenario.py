# SPDX-License-Identifier: AGPL-3.0-or-later
"""One request never becomes many: contacts that lead back to the exchange end there, and a stranger gets one answer for one request.

Ten contacts of a number and ten of another lead to one another through the exchange, by its address and by its name; two
telephones forward to one another by 302; Max-Forwards and Max-Breadth are used up. All that the exchange sends for one call is
counted. A Via or a Route that names a third party has nothing sent there.
"""
import itertools
import socket

from harness.message import reply_to
from harness.sip_peer import Answering, token
from harness.waiting import holds, until

REALM = "mairie.test"
CONTACTS = 10
MOST = 100   # messages that one INVITE may cause
LONGER = 4   # times the shortest request: the answer to it


def run(world):
    exchange = world.start_exchange(bridge=False, settings={"registrar": {"maximum-contacts": CONTACTS}})
    caller = world.account("mairie")
    assert caller.register().status == 200
    for transport in ("udp", "tcp"):
        leading_back(world, exchange, caller, transport)
    forwarded_to_one_another(world, caller)
    used_up(world, caller)
    one_answer_each(world)
    worth_little(world)
    third_parties(world)
    assert exchange.daemon.running()


def sent(exchange):
    return exchange.status()["messages"]["sent"]


def leading_back(world, exchange, caller, transport):
    """Both numbers have nothing but ways to one another; the REGISTERs come from the exchange's own host, the worst there is."""
    phones = [world.account(name, world.peer(transport)) for name in ("accueil", "ecole")]
    numbers = [phone.number for phone in phones]
    for phone, other in zip(phones, reversed(numbers)):
        where = [exchange.host_port, REALM]
        contacts = [f"<sip:{other}@{where[index % 2]};way={index}>" for index in range(CONTACTS)]
        assert phone.register(contacts=contacts).status == 200
    quiet = [Answering(phone.peer, phone.number, [(404, "Nobody")]) for phone in phones]
    before = sent(exchange)
    call = caller.invite("2100")
    final = call.final()
    assert 400 <= final.status < 500, final
    call.acknowledge_failure(final)
    holds(lambda: sent(exchange) - before <= MOST, 0.5, lambda: f"at most {MOST} messages; {sent(exchange) - before}")
    assert sent(exchange) - before > 2 * CONTACTS, f"{transport}: no way was tried"
    for phone, answering in zip(phones, quiet):
        answering.stop()
        assert phone.register(contacts=["*"], expires=0).status == 200


def forwarded_to_one_another(world, caller):
    """The caller is told where to go, once; the exchange does not go there itself."""
    phones = [world.account(name) for name in ("accueil", "ecole")]
    forwarding = []
    for phone, other in zip(phones, ("2200", "2100")):
        assert phone.register().status == 200
        forwarding.append(Forwarding(phone.peer, other, [(302, "Moved Temporarily")]))
    for number, other in (("2100", "2200"), ("2200", "2100")):
        call = caller.invite(number)
        final = call.final()
        assert (final.status, other in final.get("Contact")) == (302, True), (final, final.headers)
        call.acknowledge_failure(final)
    assert [len(each.invites) for each in forwarding] == [1, 1]
    for phone, each in zip(phones, forwarding):
        each.stop()
        assert phone.register(contacts=["*"], expires=0).status == 200


class Forwarding(Answering):
    """`user`: where it sends its callers."""

    def respond(self, request, status, phrase, tag):
        contact = [("Contact", f"<sip:{self.user}@{REALM}>")] if status == 302 else []
        data = reply_to(request, status, phrase, tag, contact)
        self.peer.send(data)
        return data


def used_up(world, caller):
    stranger = world.peer(address="127.0.0.2")
    for hops, status in ((0, 483), (1, 407)):
        call_id = token()
        stranger.send(stranger.request("INVITE", f"sip:2100@{REALM}", call_id=call_id, max_forwards=hops))
        assert stranger.wait_final(call_id, "1 INVITE").status == status, hops

    phone = world.account("accueil")
    assert phone.register(contacts=[phone.peer.contact(f"way{index}") for index in range(3)]).status == 200
    ringing = Answering(phone.peer, "2100", [(180, "Ringing")])
    call = caller.invite("2100", headers=[("Max-Breadth", "1")])
    call.wait(180)
    assert {message.uri for message in ringing.invites} == {ringing.invites[0].uri}, ringing.invites
    call.cancel()
    call.acknowledge_failure(call.final())
    ringing.plan = [(404, "Nobody")]
    call = caller.invite("2100", headers=[("Max-Breadth", "1")])
    call.acknowledge_failure(call.final())
    assert len(ringing.invites) == 1 + 3 and all(m.get("Max-Breadth") == "1" for m in ringing.invites), ringing.invites
    call = caller.invite("2100", headers=[("Max-Breadth", "0")])
    refusal = call.final()
    assert refusal.status == 440, refusal
    call.acknowledge_failure(refusal)
    assert len(ringing.invites) == 1 + 3, ringing.invites
    ringing.stop()
    assert phone.register(contacts=["*"], expires=0).status == 200


def one_answer_each(world):
    """Whose address a datagram has may not have sent it: there is no second answer, and no repetition."""
    stranger = world.peer(address="127.0.0.3")
    methods = ["INVITE", "REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE", "BYE", "COFFEE"]
    for method in methods:
        stranger.send(stranger.request(method, f"sip:2100@{REALM}"))
    until(lambda: len(stranger.received) == len(methods), 5, lambda: f"an answer to each; got {stranger.received}")
    holds(lambda: len(stranger.received) == len(methods), 1.2, lambda: f"no answer is repeated; got {stranger.received}")


def worth_little(world):
    """What is gained by asking for answers in another's name: the shortest requests, and datagrams that get none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.5", 0))
        udp.settimeout(5)
        for method, uri in itertools.product(("OPTIONS", "REGISTER", "INVITE", "SUBSCRIBE", "BYE", "A"), (f"sip:{REALM}", f"sip:2@{REALM}")):
            request = (f"{method} {uri} SIP/2.0\r\nv:SIP/2.0/UDP a;branch=z9hG4bK{token()}\r\nf:<sip:a@b>;tag=a\r\nt:<{uri}>\r\n"
                       f"i:a\r\nCSeq:1 {method}\r\nMax-Forwards:9\r\n\r\n").encode()
            udp.sendto(request, world.exchange.server)
            answer = udp.recv(65536)
            assert answer.startswith(b"SIP/2.0 ") and len(answer) <= LONGER * len(request), (len(request), answer)
        for silent in (b"", b"x", b"\r\n", b"\0" * 4, b"INVITE sip:a SIP/2.0\r\n\r\n", b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a\r\n\r\n"):
            udp.sendto(silent, world.exchange.server)
        udp.sendto(request.replace(b"i:a", b"i:last"), world.exchange.server)
        assert b"Call-ID: last" in udp.recv(65536)


def third_parties(world):
    stranger, victim = world.peer(address="127.0.0.4"), world.peer(address="127.0.0.66")
    uri = f"sip:2100@{REALM}"
    vias = [f"SIP/2.0/UDP {victim.host_port}", f"SIP/2.0/UDP {stranger.host_port};maddr={victim.address}",
            f"SIP/2.0/UDP {stranger.host_port};received={victim.address}"]
    requests = [stranger.request(method, uri).replace(stranger.via("X").partition(";")[0].encode() + b";", via.encode() + b";", 1)
                for via in vias for method in ("OPTIONS", "INVITE", "REGISTER")]
    requests += [stranger.request(method, uri, [("Route", f"<sip:{victim.host_port};lr>")]) for method in ("INVITE", "MESSAGE", "BYE")]
    requests += [stranger.request(method, f"sip:2100@{victim.host_port}") for method in ("INVITE", "MESSAGE", "REGISTER")]
    response = stranger.request("OPTIONS", uri).partition(b"\r\n")[2]
    requests += [b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP " + world.exchange.host_port.encode() + b";branch=z9hG4bKx\r\n" +
                 f"Via: SIP/2.0/UDP {victim.host_port};branch=z9hG4bKy\r\n".encode() + response.partition(b"\r\n")[2]]
    for request in requests:
        stranger.send(request)
    assert stranger.options(f"sip:{REALM}").status == 200
    assert victim.options(f"sip:{REALM}").status == 200   # what else was sent to it would have come before
    assert len(victim.received) == 1, victim.received
