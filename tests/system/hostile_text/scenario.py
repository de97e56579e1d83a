# SPDX-License-Identifier: AGPL-3.0-or-later
"""What strangers and telephones write is text and nothing else: no SQL, no header field, no line of a log, no terminal code.

Registered, called and logged with quotes, SQL, control characters, escape sequences and broken UTF-8 in each field that is kept
or shown; then with bare CR and LF, raw and escaped, around a header field that must reach nobody. All of it is refused or comes
back as it was written, and the database is whole.
"""
import contextlib
import os
import pty
import re
import sqlite3
import subprocess
import urllib.parse

from harness.sip_peer import Answering, token
from harness.waiting import until

SQL = ["'; DROP TABLE bindings; --", "Robert'); DELETE FROM devices; --", '" OR ""="', "1' UNION SELECT ha1_md5 FROM devices --",
       "\\'; SELECT 1; --", "%s%n%p ${jndi:x} $(id) `id`"]
TERMINAL = ["\x1b]0;owned\x07", "\x1b[2J\x1b[31mred", "back\x08\x08\x08space", "bell\x07", "rub\x7fout", "C1 \udc9b2J \u009b2J", "tab\there",
            "turned \u202egnp.exe", "line \u2028 and \u0085 next", "broken \udcff\udcc3 UTF-8", "vertical \x0b and form \x0c"]
EVIL = "X-Evil: yes"
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d (debug|info|warning|error) [\w.]+: .*")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]|\udc9b")


def run(world):
    exchange = world.start_exchange(bridge=False, settings={"log": {"level": "debug"}})
    phone, caller = world.account("accueil"), world.account("mairie")
    kept = [registered(exchange, phone, text) for text in SQL + TERMINAL]
    assert len([each for each in kept if each]) >= len(SQL), kept
    assert caller.register().status == 200
    calls = dialled(exchange, caller)
    logins(world)
    injected(world, caller)
    shown(exchange)
    logged(exchange)
    exchange.daemon.stop()
    whole(exchange, calls)


def readable(text):
    """As JSON can have it: octets that are no UTF-8 are replaced."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def registered(exchange, phone, text):
    """True if it was taken; then it is in the list as it was written, and nothing else is."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    instance = f'"<urn:{quoted}>"'
    escaped = "".join(each if each.isalnum() else "".join(f"%{octet:02x}" for octet in each.encode("utf-8", "surrogateescape"))
                      for each in text)
    contact = f'"{quoted}" <sip:{escaped}@{phone.peer.host_port}>;+sip.instance={instance};q=0.5'
    phone.registration_id = f"{token()}'--"
    response = phone.register(contacts=[contact], headers=[("User-Agent", text), ("Organization", text)])
    assert response.status in (200, 400), (text, response)
    listed = exchange.registrations()
    assert len(listed) == (1 if response.status == 200 else 0), (text, listed)
    if response.status == 400:
        assert any(ord(each) < 0x20 or ord(each) == 0x7f for each in text), f"refused: {text!r}"
        return False
    assert listed[0]["user_agent"] == readable(text), (text, listed)
    assert listed[0]["contact"] == f"sip:{escaped}@{phone.peer.host_port}", (text, listed)
    screen(exchange, "registrations")
    assert phone.register(contacts=[contact], expires=0).status == 200
    return True


def dialled(exchange, caller):
    """How many records calls to nobody have left."""
    users = ["'%3B%20DROP%20TABLE%20calls;--", "%27%20OR%20%271%27=%271", "2100%0d%0aX-Evil%3a%20yes", "2100%00", "%1b%5b2J%07",
             "%ff%fe", "%e2%80%ae0012", "%3cscript%3e"]
    for user in users:
        call = caller.invite(user, headers=[("Subject", "'; DELETE FROM calls; --")])
        final = call.final()
        assert 400 <= final.status < 500, (user, final)
        call.acknowledge_failure(final)
    texts = sorted(urllib.parse.unquote(user, errors="replace") for user in users)
    until(lambda: sorted(record["dialled"] for record in recent(exchange)) == texts, 5,
          lambda: f"records of {texts}; got {[record['dialled'] for record in recent(exchange)]}")
    return len(texts)


def recent(exchange):
    return exchange.ask("calls", "--recent", "100")["recent"]


def logins(world):
    for user in SQL + TERMINAL:
        quoted = user.replace("\\", "\\\\").replace('"', '\\"')
        peer = world.peer(address="127.0.0.7")
        thief = world.account("accueil", peer)
        thief.account = quoted
        assert thief.register().status in (400, 401), user


def injected(world, caller):
    """A header field behind every octet that somebody might take for the end of a line: refused, or never a field."""
    for number, transport in enumerate(("udp", "tcp"), 2):
        callee = world.account("accueil", world.peer(transport))
        assert callee.register().status == 200
        phone = Answering(callee.peer, "2100", [(486, "Busy \u009b2J Here")])
        for ends in ("\r", "\n", "\r\r", "\n\r", "\x0b", "\x0c", "\u0085", "\u2028", "\x00", "%0d%0a", "\\\r\\\n", "\r\n "):
            evil = ends + EVIL
            for headers in ([("Subject", "hello" + evil)], [(f"X-Good{ends}X-Evil", "yes")], [("Call-Info", f"<sip:a@b{evil}>")],
                            [("Reply-To", f'"hello{evil}" <sip:2001@mairie.test>')], [("Referred-By", f"<sip:2001@mairie.test?x={evil}>")]):
                attempt(world.peer(transport, address=f"127.0.1.{number}"), caller, headers)
        for message in phone.invites:
            for name, value in message.headers:
                assert name.lower() != "x-evil" and not re.search("[\x00-\x08\x0a-\x1f\x7f]", value), message.headers
        assert phone.invites
        assert callee.register(contacts=["*"], expires=0).status == 200
        phone.stop()


def attempt(peer, caller, headers):
    """A call that is refused as malformed, or gets to the telephone, which is busy; a stream may be closed."""
    caller.peer, own = peer, caller.peer
    try:
        call = caller.invite("2100", headers=headers)
        final = call.final()
        assert final.status in (400, 486), (headers, final)
        call.acknowledge_failure(final)
    except OSError:
        assert peer.closed_by_server, headers
    finally:
        caller.peer = own


def screen(exchange, *command):
    """What an administrator's terminal is sent."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen([exchange.programs["beffroi"], "--config", exchange.config_path, *command], stdin=subprocess.DEVNULL,
                             stdout=theirs, stderr=theirs, cwd=exchange.folder)
    os.close(theirs)
    text = b""
    with contextlib.suppress(OSError):   # EIO: the other side is closed
        while octets := os.read(ours, 65536):
            text += octets
    os.close(ours)
    assert child.wait(10) == 0, text
    text = text.replace(b"\r\n", b"\n").decode("utf-8", "surrogateescape")
    assert not CONTROL.search(text), (command, text)
    return text


def shown(exchange):
    assert "DROP TABLE" in screen(exchange, "calls", "--recent", "100")
    screen(exchange, "registrations")
    screen(exchange, "status")


def logged(exchange):
    """One line an event, each with a time in front, and nothing that a terminal would obey."""
    lines = exchange.daemon.log().splitlines()[1:]
    assert [line for line in lines if "event=invalid-account" in line and "DROP TABLE" in line], lines
    for line in lines:
        assert LINE.fullmatch(line) and not CONTROL.search(line), repr(line)


def whole(exchange, calls):
    with contextlib.closing(sqlite3.connect(os.path.join(exchange.data, "beffroi.db"))) as database:
        def one(question):
            return database.execute(question).fetchone()[0]
        assert one("PRAGMA integrity_check") == "ok"
        assert one("SELECT count(*) FROM devices") == 2
        assert one("SELECT count(*) FROM extensions") == 3
        assert one("SELECT count(*) FROM bindings") == 1   # the caller's
        assert one("SELECT count(*) FROM calls WHERE dialled <> '2100'") == calls
        assert one("SELECT count(*) FROM calls WHERE cause = 0") == 0
