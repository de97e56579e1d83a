# SPDX-License-Identifier: AGPL-3.0-or-later
"""Phones register over UDP and over TCP, with SHA-256 and with MD5, renew and leave.

SHA-256 is offered first, so a phone that knows both takes it; one that only knows MD5 gets in as well. What the
exchange lists are the phones that are there, and one that unregisters is gone from the list.
"""
from harness import digest
from harness.waiting import until


def run(world):
    exchange = world.start_exchange(bridge=False)
    setups = [("accueil", "udp", ""), ("mairie", "udp", "MD5"), ("police", "tcp", ""), ("ecole", "tcp", "MD5")]
    phones = [world.phone(account, transport=transport, algorithm=algorithm) for account, transport, algorithm in setups]
    for phone in phones:
        phone.register()
    until(lambda: exchange.registered() == {"2100", "2101", "2102", "2103"}, 3, exchange.registered)
    phones[0].register()
    phones[2].register()
    assert exchange.registered() == {"2100", "2101", "2102", "2103"}
    phones[1].unregister()
    phones[2].unregister()
    until(lambda: exchange.registered() == {"2100", "2103"}, 3, exchange.registered)
    offered_first(world)
    both_algorithms(world)


def offered_first(world):
    for transport in ("udp", "tcp"):
        account = world.account("mairie", world.peer(transport))
        refused = account._register(f"sip:{world.domain}", [("Contact", account.peer.contact("2101"))])
        assert refused.status == 401, refused
        algorithms = [digest.parse_challenge(value)["algorithm"] for value in refused.all("WWW-Authenticate")]
        assert algorithms == ["SHA-256", "MD5"], algorithms


def both_algorithms(world):
    """The same, with a digest that is computed here and not by the library that the exchange is built on."""
    for algorithm in ("SHA-256", "MD5"):
        for transport in ("udp", "tcp"):
            account = world.account("mairie", world.peer(transport), algorithm)
            accepted = account.register()
            assert accepted.status == 200, (algorithm, transport, accepted)
            assert any("expires=" in contact for contact in accepted.all("Contact")), accepted.headers
            removed = account.register(expires=0)
            assert removed.status == 200 and not removed.all("Contact"), removed.headers
