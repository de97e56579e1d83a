# SPDX-License-Identifier: AGPL-3.0-or-later
"""Free ports of the loopback addresses.

Ports for SIP are chosen by the kernel. Ports for media are blocks below its ephemeral range, because liblinphone and
sipp want a range: a block is ours for as long as its guard, a socket bound to its first port, is open.
"""
import random
import socket

_FIRST_MEDIA_PORT = 16384
_LAST_MEDIA_PORT = 32000


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def free_port(address="127.0.0.1", attempts=50):
    """A port that is free for UDP and for TCP."""
    for _ in range(attempts):
        with socket.socket(family_of(address), socket.SOCK_DGRAM) as udp:
            udp.bind((address, 0))
            port = udp.getsockname()[1]
            with socket.socket(family_of(address), socket.SOCK_STREAM) as tcp:
                tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    tcp.bind((address, port))
                except OSError:
                    continue
                return port
    raise RuntimeError("no port is free for both UDP and TCP")


class MediaPorts:
    """A block of `count` UDP ports; `first` and `last` may be used, the guard below them may not."""

    def __init__(self, count, address="127.0.0.1", attempts=200):
        for _ in range(attempts):
            start = random.randrange(_FIRST_MEDIA_PORT, _LAST_MEDIA_PORT - count - 2, 2)
            self._guards = []
            if self._all_free(address, start, count):
                self.first, self.last = start + 2, start + 1 + count
                return
        raise RuntimeError("no free block of media ports")

    def _all_free(self, address, start, count):
        probes = []
        try:
            for port in range(start, start + 2 + count):
                probe = socket.socket(family_of(address), socket.SOCK_DGRAM)
                probes.append(probe)
                probe.bind((address, port))
        except OSError:
            for probe in probes:
                probe.close()
            return False
        self._guards = [probes[0]]
        for probe in probes[1:]:
            probe.close()
        return True

    def close(self):
        for guard in self._guards:
            guard.close()
        self._guards = []
