# SPDX-License-Identifier: AGPL-3.0-or-later
"""G.711 A-law over RTP for callers that are not phones: a tone to send, and the tones in what came back."""
import math
import socket
import struct
import threading
import time

from .waiting import until


def _decode(octet):
    octet ^= 0x55
    value, segment = (octet & 0x0F) << 4, (octet & 0x70) >> 4
    value = value + 8 if segment == 0 else (value + 0x108) << (segment - 1)
    return value if octet & 0x80 else -value


_DECODED = [_decode(octet) for octet in range(256)]
_ENCODED = sorted((value, octet) for octet, value in enumerate(_DECODED))


def encode(sample):
    low, high = 0, len(_ENCODED) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if _ENCODED[middle][0] < sample else (low, middle)
    if low and sample - _ENCODED[low - 1][0] < _ENCODED[low][0] - sample:
        low -= 1
    return _ENCODED[low][1]


def tone(hertz, amplitude=6000, seconds=1):
    """A-law octets of a tone; whole periods for a frequency in whole hertz, so that it can be repeated."""
    return bytes(encode(amplitude * math.sin(2 * math.pi * hertz * n / 8000)) for n in range(8000 * seconds))


def level(samples, hertz):
    """The amplitude of `hertz` in `samples` at 8000 Hz (Goertzel behind a Hann window)."""
    if not samples:
        return 0
    coefficient, last, before = 2 * math.cos(2 * math.pi * hertz / 8000), 0.0, 0.0
    turn = 2 * math.pi / len(samples)
    for n, sample in enumerate(samples):
        last, before = sample * (1 - math.cos(turn * n)) + coefficient * last - before, last
    return 2 * math.sqrt(max(0.0, last * last + before * before - coefficient * last * before)) / len(samples)


class RtpSocket:
    """One RTP port. What arrives waits in the kernel until it is looked at; what is sent is `speak`'s business."""

    def __init__(self, address="127.0.0.1", port=0):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.samples = []
        self.packets = self.gaps = 0
        self.source = None   # where the last packet came from
        self._expected = None
        self._sequence, self._timestamp, self._ssrc = 1, 160, (id(self) & 0x7FFFFFFF) | 1

    def send(self, remote, payload):
        header = struct.pack("!BBHII", 0x80, 8, self._sequence & 0xFFFF, self._timestamp & 0xFFFFFFFF, self._ssrc)
        self._sequence, self._timestamp = self._sequence + 1, self._timestamp + len(payload)
        self.socket.sendto(header + payload, remote)

    def _packets(self):
        while True:
            try:
                packet, self.source = self.socket.recvfrom(2048)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if len(packet) > 12 and packet[1] & 0x7F == 8:
                sequence = struct.unpack("!H", packet[2:4])[0]
                self.gaps += self._expected not in (None, sequence)
                self._expected = (sequence + 1) & 0xFFFF
                yield packet

    def forget(self):
        self.samples, self.packets = [], 0
        for _ in self._packets():
            pass
        self.gaps = 0

    def listen(self):
        """All samples since forget()."""
        for packet in self._packets():
            self.packets += 1
            self.samples += [_DECODED[octet] for octet in packet[12:]]
        return self.samples

    def hear(self, seconds=0.5, within=5):
        """The last `seconds` of what arrives from now on."""
        wanted = int(seconds * 8000)
        self.forget()
        until(lambda: len(self.listen()) >= wanted, within, f"{seconds} s of sound at port {self.port}")
        return self.samples[-wanted:]

    def close(self):
        self.socket.close()


class Speaking:
    """Sends the next 20 ms of each voice, in time, until stopped. `voices`: (RtpSocket, remote, A-law octets to repeat)."""

    def __init__(self, voices):
        self._voices = [[rtp, remote, octets, 0] for rtp, remote, octets in voices]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._speak, daemon=True)
        self._thread.start()

    def _speak(self):
        due = time.monotonic()
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            due += 0.02
            for voice in self._voices:
                rtp, remote, octets, position = voice
                try:
                    rtp.send(remote, octets[position:position + 160])
                except OSError:
                    continue  # the other side is gone: a caller that speaks into a dead line
                voice[3] = (position + 160) % len(octets)

    def stop(self):
        self._stop.set()
        self._thread.join(2)
