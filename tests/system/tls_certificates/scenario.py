# SPDX-License-Identifier: AGPL-3.0-or-later
"""A certificate is replaced under 200 open TLS connections, by reload and by itself, and none drops; broken ones change nothing.

sslscan, which tries everything that there is of TLS, finds the allowed versions, suites and groups and nothing else. What is wrong
with a certificate keeps the exchange from starting, with the file and the cause; one that ends soon is warned of.
"""
import os
import shutil
import signal
import socket
import ssl
import subprocess
import xml.etree.ElementTree as ElementTree

from harness.certificates import Authority
from harness.skip import Skip
from harness.waiting import until

CONNECTIONS = 200
VERSIONS = {"TLSv1.2", "TLSv1.3"}
SUITES = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256",
          "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"}
GROUPS = {"x25519", "secp256r1", "secp384r1"}
OPTIONS = ("OPTIONS sip:mairie.test SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bK{0}\r\nMax-Forwards: 70\r\n"
           "From: <sip:a@mairie.test>;tag=a\r\nTo: <sip:mairie.test>\r\nCall-ID: {0}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")


def run(world):
    authority = Authority(world.folder)
    live = [os.path.join(world.folder, name) for name in ("live.pem", "live.key")]
    install(authority.issue_for_exchange("first", days=20), live)
    exchange = world.prepare_exchange(bridge=False, transports=("udp", "tls"),
                                      settings={"tls": {"certificates": [":".join(live)]},
                                                "edge": {"first-message": "300s", "proof": "300s", "connections-per-address": 400}})
    refuses_to_start(exchange, authority, live)
    exchange.start()
    only_what_is_allowed(exchange)
    warns(exchange)
    replaced_under_connections(exchange, authority, live)


def install(pair, live):
    """As certbot: a link to the new one takes the place of the old one."""
    for source, target in zip(pair, live):
        os.symlink(source, target + ".new")
        os.replace(target + ".new", target)


def refuses_to_start(exchange, authority, live):
    good = [os.readlink(path) for path in live]
    install((good[0], authority.issue_for_exchange("other")[1]), live)
    exchange.apply_plan()
    process = exchange.start_daemon(wait=False) or exchange.daemon
    assert process.wait_end(10) == 78, process.log()
    assert live[1] in process.log() and "does not belong to the certificate" in process.log(), process.log()
    install(good, live)


def only_what_is_allowed(exchange):
    if not shutil.which("sslscan"):
        raise Skip("sslscan is not installed")
    scan = subprocess.run(["sslscan", "--xml=-", "--no-heartbleed", exchange.tls_host_port], capture_output=True, text=True,
                          timeout=120)
    found = ElementTree.fromstring(scan.stdout).find("ssltest")
    versions = {"TLSv" + each.get("version") if each.get("type") == "tls" else "SSLv" + each.get("version")
                for each in found.findall("protocol") if each.get("enabled") == "1"}
    assert versions == VERSIONS, versions
    suites = {each.get("cipher") for each in found.findall("cipher")}
    assert suites == SUITES, suites ^ SUITES
    assert all(int(each.get("bits")) >= 128 for each in found.findall("cipher"))
    groups = {each.get("name").split()[0] for each in found.findall("group")}
    assert groups == GROUPS, groups
    assert found.find("renegotiation").get("supported") == "0" or found.find("renegotiation").get("secure") == "1"
    compression = found.find("compression")
    assert compression is None or compression.get("supported") == "0"


def warns(exchange):
    certificate, = exchange.status()["tls"]["certificates"]
    assert certificate["name"] == "mairie.test" and certificate["days_left"] in (19, 20) and certificate["warning"], certificate
    assert "a certificate ends soon" in exchange.daemon.log()
    assert "WARNING" in exchange.command("status").stdout


class Connection:
    def __init__(self, exchange, authority):
        context = ssl.create_default_context(cafile=authority.certificate)
        self._socket = context.wrap_socket(socket.create_connection((exchange.address, exchange.tls_port), 10),
                                           server_hostname="mairie.test")
        self.serial = self._socket.getpeercert()["serialNumber"]

    def is_answered(self, number):
        self._socket.sendall(OPTIONS.format(number).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = self._socket.recv(4096)
            if not part:
                return False
            answer += part
        return answer.startswith(b"SIP/2.0 200 ")

    def close(self):
        self._socket.close()


def replaced_under_connections(exchange, authority, live):
    old = [Connection(exchange, authority) for _ in range(CONNECTIONS)]
    assert len({each.serial for each in old}) == 1

    def serial():
        connection = Connection(exchange, authority)
        connection.close()
        return connection.serial

    def replaced_by(name, how):
        before = serial()
        install(authority.issue_for_exchange(name), live)
        how()
        until(lambda: serial() != before, 30, f"the certificate {name} is shown")

    def reload():
        os.kill(exchange.daemon.pid, signal.SIGHUP)

    replaced_by("second", reload)
    replaced_by("third", lambda: None)   # it looks by itself

    third = serial()
    good = [os.readlink(path) for path in live]
    failed = exchange.status()["tls"]["reloads_failed"]
    install((good[0], authority.path("first.key")), live)
    reload()
    until(lambda: exchange.status()["tls"]["reloads_failed"] > failed, 10, "the broken pair is noticed")
    assert serial() == third
    install(good, live)
    reload()

    certificate, = exchange.status()["tls"]["certificates"]
    assert not certificate["warning"], certificate
    assert all(each.is_answered(number) for number, each in enumerate(old)), "a connection was dropped"
    for each in old:
        each.close()
