# SPDX-License-Identifier: AGPL-3.0-or-later
"""A thousand telephones by TLS: what a connection occupies, and what it costs if all of them come within ten seconds.

They are played by one process; after a power cut each of them shakes hands anew, for nothing is resumed.
"""
import asyncio
import os
import ssl
import statistics
import time

from harness import digest, plans
from harness.certificates import Authority, openssl
from harness.process import cpu_seconds, memory_kb
from rig import town
from rig.beffroi import Beffroi

PHONES = 1000
STORM = 10.0  # seconds
REGISTER = ("REGISTER sip:{realm} SIP/2.0\r\nVia: SIP/2.0/{transport} {own};rport;branch=z9hG4bK{number}{cseq}\r\nMax-Forwards: 70\r\n"
            "From: <sip:{number}@{realm}>;tag={number}\r\nTo: <sip:{number}@{realm}>\r\nCall-ID: {number}@{own}\r\n"
            "CSeq: {cseq} REGISTER\r\nContact: <sip:{number}@{own};transport={transport}>\r\nExpires: 3600\r\n{credentials}"
            "Content-Length: 0\r\n\r\n")


def measure(bench):
    authority = Authority(bench.folder, "bench-authority")
    pairs = {"P-256": authority.issue_for_exchange("p256"), "RSA 2048": _rsa(authority)}
    for name, pair in pairs.items():
        server = Beffroi(bench.programs, os.path.join(bench.folder, name.replace(" ", "")), transports=("udp", "tcp", "tls"), settings={
            "tls": {"certificates": [":".join(pair)]}, "edge": {"connections-per-address": 2 * PHONES}})
        with bench.running(server):
            asyncio.run(_figures(bench, server, authority, name))


def _rsa(authority):
    certificate, key = authority.issue_for_exchange("rsa")
    openssl("genrsa", "-out", key, "2048")
    request = authority.path("rsa.csr")
    openssl("req", "-new", "-key", key, "-subj", "/CN=rsa", "-out", request)
    openssl("x509", "-req", "-in", request, "-CA", authority.certificate, "-CAkey", authority.path("authority.key"), "-days", "365",
            "-extfile", authority.path("rsa.ext"), "-out", certificate)
    return certificate, key


async def _figures(bench, server, authority, name):
    context = ssl.create_default_context(cafile=authority.certificate)
    # These use up what the reading of the plan has left free, which would hide what the next ones need.
    others = await _storm(server, None, town.NUMBERS[PHONES:2 * PHONES])
    before = memory_kb(server.pid)
    cpu, started = cpu_seconds(server.pid), time.monotonic()
    phones = await _storm(server, context)
    seconds = time.monotonic() - started
    waits = sorted(phone.waited for phone in phones)
    lost = 2 * PHONES - server.bindings()
    assert lost == 0, f"{lost} registrations were lost"
    bench.report.figure(f"a registered phone by TLS, {name}", (memory_kb(server.pid) - before) / PHONES, "KiB")
    bench.report.figure(f"storm of {PHONES}, {name}: all are registered", seconds, "s")
    bench.report.figure(f"storm of {PHONES}, {name}: median wait", 1000 * statistics.median(waits), "ms")
    bench.report.figure(f"storm of {PHONES}, {name}: longest wait", 1000 * waits[-1], "ms")
    bench.report.figure(f"storm of {PHONES}, {name}: CPU", cpu_seconds(server.pid) - cpu, "s")
    await _leave(server, phones + others)


async def _storm(server, context, numbers=town.NUMBERS[:PHONES]):
    """Each begins at a moment of its own within ten seconds."""
    phones = [_Phone(number) for number in numbers]
    await asyncio.gather(*(phone.come(server, context, index * STORM / PHONES) for index, phone in enumerate(phones)))
    return phones


async def _leave(server, phones):
    for phone in phones:
        phone.writer.close()
    while any(phone.number in here for here in [_connected(server)] for phone in phones):
        await asyncio.sleep(0.1)


def _connected(server):
    return {int(entry["extension"]) for entry in server.exchange.registrations()}


class _Phone:
    def __init__(self, number):
        self.number, self.waited = number, 0.0
        self.reader = self.writer = None

    async def come(self, server, context, after):
        """Connects and registers; raises if it is refused."""
        await asyncio.sleep(after)
        started = time.monotonic()
        port = server.exchange.tls_port if context else server.exchange.port
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port, ssl=context,
                                                                 server_hostname="mairie.test" if context else None)
        self._transport = "tls" if context else "tcp"
        status, challenge = await self._register(1, "")
        assert status == 401, status
        value = digest.answer(digest.parse_challenge(challenge), str(self.number), plans.password(self.number), "REGISTER",
                              f"sip:{town.REALM}")
        status, _ = await self._register(2, f"Authorization: {value}\r\n")
        assert status == 200, status
        self.waited = time.monotonic() - started

    async def _register(self, cseq, credentials):
        own = "%s:%d" % self.writer.get_extra_info("sockname")
        self.writer.write(REGISTER.format(realm=town.REALM, transport=self._transport.upper(), own=own, number=self.number, cseq=cseq,
                                          credentials=credentials).encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        challenges = [line.split(":", 1)[1].strip() for line in head.split("\r\n") if line.startswith("WWW-Authenticate:")]
        return int(head.split(" ", 2)[1]), challenges[0] if challenges else ""
