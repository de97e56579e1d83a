# SPDX-License-Identifier: AGPL-3.0-or-later
"""A wrong password and an account that does not exist get the same 401, so that nobody can find out who has a phone.

Header by header the two answers are alike but for what differs from one challenge to the next, and what the caller
itself wrote. A phone with the right password registers meanwhile.
"""
import re

from harness.sip_peer import Account


def run(world):
    exchange = world.start_exchange(bridge=False)
    for transport in ("udp", "tcp"):
        phone = world.phone("accueil", transport=transport, name=f"wrong-{transport}", password="not-the-password")
        assert phone.register(expect="failed")["status"] in (401, 403)
        for algorithm in ("SHA-256", "MD5"):
            peer = world.peer(transport)
            wrong = Account(peer, world.domain, "2100", "accueil", "not-the-password", algorithm)
            unknown = Account(peer, world.domain, "2999", "mallory", "not-the-password", algorithm)
            assert shape(wrong.register()) == shape(unknown.register())
            called = [caller.invite("2100").final() for caller in (wrong, unknown)]
            assert shape(called[0]) == shape(called[1])
            assert called[0].status in (401, 407), called
        assert not exchange.registrations(), exchange.registrations()
        right = world.phone("accueil", transport=transport, name=f"right-{transport}")
        right.register()
        right.unregister()


def shape(response):
    """What an onlooker could compare: everything but names, tags, branches and nonces."""
    text = "\n".join(f"{name}: {value}" for name, value in [("", response.first_line), *response.headers])
    text = re.sub(r"(tag|branch|nonce|opaque|received|rport)=(\"[^\"]*\"|[^;,\s]*)", r"\1=…", text)
    text = re.sub(r"^(Call-ID|CSeq|Date): .*$", r"\1: …", text, flags=re.M)
    assert "4" in response.first_line, response
    return text.replace("2999", "2100")
