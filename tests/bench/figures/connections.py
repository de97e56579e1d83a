# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a phone costs that is registered by a TCP connection of its own: memory, and CPU until it is there."""
import concurrent.futures
import resource
import socket

from harness import digest, plans
from harness.message import Message, compose
from harness.process import cpu_seconds, memory_kb
from rig import town

_COUNTS = (1000, 4000)
_AT_A_TIME = 32
_SOURCES = 8  # addresses: one may have so many connections and no more


def measure(bench):
    needed = max(_COUNTS) + 100
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(needed, hard)), hard))
    server = bench.ours(("udp", "tcp"))
    for count in _COUNTS:
        with bench.running(server):
            address, _, port = server.host_port.rpartition(":")
            memory, cpu = memory_kb(server.pid), cpu_seconds(server.pid)
            with concurrent.futures.ThreadPoolExecutor(_AT_A_TIME) as pool:
                phones = list(pool.map(lambda number: _Phone((address, int(port)), number), town.NUMBERS[:count]))
            try:
                assert server.bindings() == count, f"{server.bindings()} of {count} are registered"
                bench.report.figure(f"memory of a phone by TCP, {count} of them", (memory_kb(server.pid) - memory) / count, "KB")
                bench.report.figure(f"CPU to connect and register, {count} of them", (cpu_seconds(server.pid) - cpu) / count * 1e3,
                                    "ms")
            finally:
                for phone in phones:
                    phone.socket.close()


class _Phone:
    """Connects, registers and stays."""

    def __init__(self, server, number):
        self.number, self._cseq, self._pending = number, 0, b""
        self.socket = socket.socket()
        self.socket.settimeout(60)
        self.socket.bind((f"127.0.0.{2 + number % _SOURCES}", 0))
        self.socket.connect(server)
        uri = f"sip:{town.REALM}"
        challenge = digest.choose(self._register(uri, []).all("WWW-Authenticate"))
        value = digest.answer(challenge, str(number), plans.password(number), "REGISTER", uri)
        accepted = self._register(uri, [("Authorization", value)])
        assert accepted.status == 200, accepted

    def _register(self, uri, more):
        self._cseq += 1
        host, port = self.socket.getsockname()
        identity = f"<sip:{self.number}@{town.REALM}>"
        fields = [("Via", f"SIP/2.0/TCP {host}:{port};branch=z9hG4bK{self.number}x{self._cseq};rport"), ("Max-Forwards", "70"),
                  ("From", f"{identity};tag={self.number}"), ("To", identity), ("Call-ID", f"{self.number}@{host}"),
                  ("CSeq", f"{self._cseq} REGISTER"), ("Contact", f"<sip:{self.number}@{host}:{port};transport=tcp>"),
                  ("Expires", "3600")]
        self.socket.sendall(compose(f"REGISTER {uri} SIP/2.0", fields + more))
        while b"\r\n\r\n" not in self._pending:
            data = self.socket.recv(65536)
            assert data, f"{self.number}: the connection was closed"
            self._pending += data
        head, separator, self._pending = self._pending.partition(b"\r\n\r\n")
        return Message(head + separator)
