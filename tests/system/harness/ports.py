# SPDX-License-Identifier: AGPL-3.0-or-later
"""Free ports of the loopback addresses.

Ports for SIP are chosen by the kernel. Ports for media are slots of 16 below its ephemeral range, because telephones want
a range: a slot is ours for as long as its guard, a socket bound to its first port, is open. Two telephones must never be
given the same slot: theirs share a port in silence, and one of them hears nothing.
"""
import random
import socket

_FIRST_MEDIA_PORT = 16384
_LAST_MEDIA_PORT = 32000
_SLOT = 16


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
    """`slots` slots in a row: `first` to `last` may be used, but for the guards, the first port of each slot."""

    def __init__(self, slots=1, address="127.0.0.1", attempts=500):
        for _ in range(attempts):
            start = _FIRST_MEDIA_PORT + _SLOT * random.randrange((_LAST_MEDIA_PORT - _FIRST_MEDIA_PORT) // _SLOT - slots)
            self._guards = []
            if self._take(address, start, slots):
                self.first, self.last = start + 2, start + slots * _SLOT - 1
                return
            self.close()
        raise RuntimeError("no free block of media ports")

    def _take(self, address, start, slots):
        """Every port must be free; the guards stay."""
        probes = []
        try:
            for port in range(start, start + slots * _SLOT):
                probe = socket.socket(family_of(address), socket.SOCK_DGRAM)
                (self._guards if (port - start) % _SLOT == 0 else probes).append(probe)
                probe.bind((address, port))
        except OSError:
            return False
        finally:
            for probe in probes:
                probe.close()
        return True

    def close(self):
        for guard in self._guards:
            guard.close()
        self._guards = []
