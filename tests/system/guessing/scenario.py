# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who guesses passwords is barred from the account, or banned as an address, and nobody else suffers from it.

After ten wrong answers an account is not verified from that address any more, not even with the right password; it works
from everywhere else, and the telephone that is registered goes on. Who tries five accounts is not answered at all, neither
by UDP nor by TCP, until the ban ends. Answers to the challenge of another host ban nobody. A trusted network is not banned.
An administrator sees, adds and removes bans; bans are there after a restart. Each of it is told once in the log.
"""
import json
import os
import shutil
import socket
import subprocess

from harness.sip_peer import Account
from harness.waiting import TooLate, until

GUESSER, MANY, FORGED, TRUSTED, ADDED = "127.0.0.66", "127.0.0.70", "127.0.0.80", "127.0.0.90", "127.0.0.95"
HOST_BAN = 4   # seconds


def run(world):
    exchange = world.start_exchange(bridge=False, settings={"guard": {
        "trusted-networks": [f"{TRUSTED}/32"], "host-ban": f"{HOST_BAN}s",
        "nftables-file": os.path.join(world.folder, "bans.nft")}})
    phone = world.account("accueil")
    assert phone.register().status == 200
    one_account(world, exchange, phone)
    another_hosts_challenge(world, exchange)
    many_accounts(world, exchange, phone)
    trusted(world, exchange)
    administrator(world, exchange)
    told(exchange)


def at(world, address, account="accueil", password=None, transport="udp"):
    device = world.devices.get(account, {"extension": "2100", "password": "none"})
    return Account(world.peer(transport, address=address), world.domain, device["extension"], account,
                   password or device["password"])


def bans(exchange):
    return {(ban["address"], ban["account"]) for ban in exchange.ask("bans", "list")["bans"]}


def one_account(world, exchange, phone):
    for _ in range(10):
        assert at(world, GUESSER, password="guessed").register().status == 401
    until(lambda: (GUESSER, "accueil") in bans(exchange), 3, lambda: bans(exchange))
    for transport in ("udp", "tcp"):
        assert at(world, GUESSER, transport=transport).register().status == 401
    assert at(world, GUESSER).invite("2101").final().status == 407
    assert at(world, "127.0.0.67").register().status == 200
    assert phone.register().status == 200
    assert at(world, GUESSER, "mairie").register().status == 200

    exchange.daemon.stop()
    exchange.start()
    assert (GUESSER, "accueil") in bans(exchange)
    assert at(world, GUESSER).register().status == 401
    assert phone.register().status == 200, "a registration of before the restart makes its flow known"
    removed = exchange.command("bans", "remove", GUESSER)
    assert removed.returncode == 0 and "1 bans" in removed.stdout, removed
    assert at(world, GUESSER).register().status == 200
    assert exchange.command("bans", "remove", GUESSER).returncode == 1


def another_hosts_challenge(world, exchange):
    """Challenges that are fetched at one address and answered, wrongly, in the name of another."""
    forger = at(world, GUESSER)
    victims = world.peer(address=FORGED)
    uri = f"sip:{world.domain}"
    for number in range(30):
        account = Account(forger.peer, world.domain, "2100", f"account-{number % 6}", "guessed")
        challenge = account._register(uri, [])
        assert challenge.status == 401
        victim = Account(victims, world.domain, "2100", account.account, "guessed")
        answer = victim._register(uri, [account.credentials(challenge, "REGISTER", uri)])
        assert answer.status == 401 and "stale=true" in answer.get("WWW-Authenticate"), answer.headers
    assert not bans(exchange), bans(exchange)
    assert at(world, FORGED).register().status == 200


def many_accounts(world, exchange, phone):
    known = at(world, "127.0.0.71")
    assert known.register().status == 200
    for number in range(5):
        assert at(world, MANY, account=f"account-{number}").register().status == 401
    assert (MANY, "") in bans(exchange)
    script = os.path.join(world.folder, "bans.nft")
    until(lambda: os.path.exists(script) and f"{MANY} timeout" in open(script).read(), 3, "the script for nft has the ban")

    # A banned network: who is trusted and where known telephones are is spared in it.
    wide = exchange.command("bans", "add", "127.0.0.64/26", "--for", "2s")
    assert wide.returncode == 0, wide
    until(lambda: "127.0.0.64/26 timeout" in open(script).read(), 3, "the script for nft has the network")
    spared = open(script).read().partition("add element inet beffroi spared_v4 {")[2].partition("}")[0]
    assert {"127.0.0.71", TRUSTED} <= set(spared.replace(",", " ").split()), open(script).read()
    for_nftables(world, script)
    assert exchange.command("bans", "remove", "127.0.0.64/26").returncode == 0

    unheard = world.peer(address=MANY)
    unheard.send(unheard.request("OPTIONS", f"sip:{world.domain}"))
    exchange.wait_answers(phone.peer)   # what came before it has been read
    assert not unheard.received, unheard.received
    closed = world.peer("tcp", address=MANY)
    until(lambda: closed.closed_by_server, 3, "the connection of a banned address is closed")
    assert known.register().status == 200

    until(lambda: (MANY, "") not in bans(exchange), HOST_BAN + 5, "the ban ends", every=0.1)
    assert unheard.options(f"sip:{world.domain}").status == 200
    until(lambda: MANY not in open(script).read(), 3, "the script for nft has it no more")


def for_nftables(world, script):
    """nft would take it, and the loader takes nothing else. Nothing is changed: nft only checks."""
    folder = os.path.join(os.path.dirname(world.source), "..", "..", "packaging", "nftables")

    def load(path):
        return subprocess.run([os.path.join(folder, "beffroi-bans-load"), path, os.path.join(folder, "beffroi-bans.nft")],
                              capture_output=True, text=True, timeout=20, env={**os.environ, "CHECK": "1"})
    evil = os.path.join(world.folder, "evil.nft")
    with open(script) as bans, open(evil, "w") as file:
        file.write(bans.read() + "flush ruleset\n")
    assert load(evil).returncode == 1 and "nothing is loaded" in load(evil).stderr
    checked = load(script)
    assert "nothing is loaded" not in checked.stderr, checked
    if shutil.which("nft") is None or "not permitted" in checked.stderr:
        print("not shown: that nft takes the script; there is no nft, or the kernel refuses it")
        return
    assert checked.returncode == 0, checked


def trusted(world, exchange):
    for number in range(8):
        assert at(world, TRUSTED, account=f"account-{number}").register().status == 401
    assert (TRUSTED, "") not in bans(exchange)
    assert world.peer(address=TRUSTED).options(f"sip:{world.domain}").status == 200
    refused = exchange.command("bans", "add", TRUSTED)
    assert refused.returncode != 0 and "trusted-networks" in refused.stderr, refused


def administrator(world, exchange):
    added = exchange.ask("bans", "add", f"{ADDED}/32", "--for", "1h", "--reason", "a test; \"with\" marks")
    assert added["ban"]["address"] == ADDED and 3590 <= added["ban"]["seconds_left"] <= 3600, added
    exchange.daemon.crash()   # it was acknowledged: it is on disk
    exchange.start()
    listed = next(ban for ban in exchange.ask("bans", "list")["bans"] if ban["address"] == ADDED)
    assert listed["by"] and listed["reason"] == 'a test; "with" marks', listed
    assert ADDED in exchange.command("bans", "list").stdout
    peer = world.peer(address=ADDED)
    try:
        peer.options(f"sip:{world.domain}", seconds=1)
    except TooLate:
        pass
    else:
        raise AssertionError("a banned address was answered")
    assert exchange.command("bans", "remove", ADDED).returncode == 0
    assert peer.options(f"sip:{world.domain}").status == 200
    for wrong in (("add", "nobody"), ("add", "192.0.2.0/33"), ("add", ADDED, "--for", "soon"), ("remove", "x")):
        assert exchange.command("bans", *wrong).returncode != 0, wrong
    assert exchange.command("bans", "add", "2001:db8:5:6::/64").returncode == 0
    removed = exchange.command("bans", "remove", "2001:db8:5:6::7")
    assert removed.returncode == 0 and "1 bans" in removed.stdout, removed
    for seconds in ("60", -1, 0.5, True, None):
        answer = ask_raw(world, {"command": "ban", "address": ADDED, "seconds": seconds})
        assert '"seconds" is no whole number' in answer.get("error", ""), (seconds, answer)
    assert not any(address == ADDED for address, _ in bans(exchange))


def ask_raw(world, request):
    """As a program of the administrator's would, at the control socket itself."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10)
        client.connect(os.path.join(world.folder, "exchange.sock"))
        client.sendall(json.dumps(request).encode() + b"\n")
        with client.makefile("r", encoding="utf-8") as answers:
            return json.loads(answers.readline())


def told(exchange):
    status = exchange.status()   # since the last start
    assert status["security_events"]["acl-failed"] == 1 and status["guard"]["dropped_banned"] == 1, json.dumps(status)
    assert "self-defence:" in exchange.command("status").stdout
    log = exchange.daemon.log()
    for words in (f"security: banned event=banned source={MANY}", "security: invalid-password", "security: unexpected-address",
                  "security: unbanned", "source=2001:db8:5:6::/64", "security: acl-failed"):
        assert words in log, f"{words} is not in the log"
    assert "belfry-bell" not in log
