# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real nftables drops whom the exchange has banned, by IPv4 and IPv6, and nobody else.

What the kernel drops the exchange does not even count. Telephones that are registered, trusted networks and connections that
are open go on within a banned network; who is pardoned, or whose ban has ended, is heard again; rules of others stay.
In a network of its own, where ports 5060 and 5061 are free and the firewall is nobody's.
"""
import os
import shutil
import socket
import subprocess

from harness.own_network import enter_own_network
from harness.sip_peer import SipPeer
from harness.skip import Skip
from harness.waiting import until

BANNED, PHONE, CONNECTED, TRUSTED, FREE = "127.0.0.66", "127.0.0.71", "127.0.0.72", "127.0.0.90", "127.0.0.130"
SERVER6, BANNED6, FREE6 = "2001:db8::1", "2001:db8:66::66", "2001:db8:77::77"
NETWORK, NETWORK6 = "127.0.0.64/26", "2001:db8:66::/64"


def run(world):
    if shutil.which("nft") is None:
        raise Skip("there is no nft")
    enter_own_network(*(f"{address}/128" for address in (SERVER6, BANNED6, FREE6)))
    probe = subprocess.run(["nft", "add", "table", "inet", "others"], capture_output=True, text=True, timeout=20)
    if probe.returncode != 0:
        raise Skip(f"the kernel has no nftables for us: {probe.stderr.strip()}")
    exchange = world.prepare_exchange(bridge=False, also=[SERVER6], settings={"guard": {
        "trusted-networks": [f"{TRUSTED}/32"], "nftables-file": os.path.join(world.folder, "bans.nft")}})
    exchange.port = 5060   # those of the rule
    exchange.write_config()
    exchange.start()
    until(lambda: bans(world) != "", 3, "an empty list is written at the start")
    load(world)   # from now on the kernel follows connections
    good = world.peer(address=FREE)
    phone = world.account("accueil", world.peer(address=PHONE))
    assert phone.register().status == 200
    connected = world.peer("tcp", address=CONNECTED)
    assert connected.options(f"sip:{world.domain}").status == 200
    banned = [world.peer(address=BANNED), world.keep(SipPeer((SERVER6, 5060), "udp", address=BANNED6))]
    free6 = world.keep(SipPeer((SERVER6, 5060), "udp", address=FREE6))

    ban(world, exchange, NETWORK, NETWORK6)
    witnesses = {BANNED: good, BANNED6: free6}
    for peer in banned:
        assert dropped_by_us(world, exchange, peer, witnesses[peer.address]) == 1, peer.address   # the kernel knows nothing yet

    load(world)
    rest = [world.peer(address=BANNED), world.keep(SipPeer((SERVER6, 5060), "udp", address=BANNED6))]
    for peer in banned + rest:
        assert dropped_by_us(world, exchange, peer, witnesses[peer.address]) == 0, peer.address
        assert not peer.received, peer.received
    assert not connects(BANNED, ("127.0.0.1", 5060))
    assert connects(FREE, ("127.0.0.1", 5060))
    assert not connects(BANNED6, (SERVER6, 5060))
    assert connects(FREE6, (SERVER6, 5060))
    for peer in (good, free6, world.peer(address=TRUSTED)):
        assert peer.options(f"sip:{world.domain}").status == 200, peer.address
    assert phone.register().status == 200
    # Let through by the kernel, and judged by the exchange: whoever else is behind a telephone's address, and open connections.
    assert dropped_by_us(world, exchange, world.peer(address=PHONE), good) == 1
    before = dropped(exchange)
    connected.send(connected.request("OPTIONS", f"sip:{world.domain}"))
    until(lambda: dropped(exchange) == before + 1, 5, "what comes by the open connection is seen, and dropped by the exchange")
    load(world)   # once more, as the unit does at each change
    assert "table inet others" in ruleset()

    assert exchange.command("bans", "remove", NETWORK).returncode == 0
    until(lambda: NETWORK not in bans(world), 3, "the script has the network no more")
    load(world)
    assert banned[0].options(f"sip:{world.domain}").status == 200
    assert dropped_by_us(world, exchange, banned[1], free6) == 0

    # A ban ends in the kernel by itself.
    assert exchange.command("bans", "add", f"{BANNED}/32", "--for", "2s").returncode == 0
    until(lambda: f"{BANNED} timeout" in bans(world), 3, "the script has the address")
    load(world)
    assert BANNED in ruleset()
    until(lambda: BANNED not in ruleset(), 10, "the element ends with its ban", every=0.1)
    assert banned[0].options(f"sip:{world.domain}").status == 200


def ban(world, exchange, *networks):
    for network in networks:
        assert exchange.command("bans", "add", network, "--for", "1h").returncode == 0
        until(lambda range=network: f"{range} timeout" in bans(world), 3, f"the script has {network}")
    assert PHONE in bans(world).partition("add element inet beffroi spared_v4 {")[2].partition("}")[0]


def bans(world):
    path = os.path.join(world.folder, "bans.nft")
    if not os.path.exists(path):
        return ""
    with open(path, encoding="ascii") as file:
        return file.read()


def load(world):
    """As beffroi-bans.service does."""
    folder = os.path.join(os.path.dirname(world.source), "..", "..", "packaging", "nftables")
    done = subprocess.run([os.path.join(folder, "beffroi-bans-load"), os.path.join(world.folder, "bans.nft"),
                           os.path.join(folder, "beffroi-bans.nft")], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done


def ruleset():
    return subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True, timeout=20, check=True).stdout


def dropped(exchange):
    return exchange.status()["guard"]["dropped_banned"]


def dropped_by_us(world, exchange, peer, witness):
    """How many of this peer's OPTIONS the exchange has seen and dropped: one, or none if the kernel did so."""
    before = dropped(exchange)
    peer.send(peer.request("OPTIONS", f"sip:{world.domain}"))
    exchange.wait_answers(witness)   # at the same socket: what came before it has been read
    return dropped(exchange) - before


def connects(address, server):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.bind((address, 0))
        client.settimeout(1)
        try:
            client.connect(server)
        except TimeoutError:
            return False
        return True
