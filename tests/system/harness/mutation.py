# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages of tests/corpus, changed as nobody's grammar has it: always the same ones for a seed. And who sends them to an
exchange and sees what each costs it."""
import os
import random
import re
import select
import socket
import time

LONGEST_DATAGRAM = 8000   # octets: what the exchange takes as one
HEAVY = 0.001             # CPU seconds of the loop thread that no message may take
MOST_HEAVY = 5000

_MARKS = b'"<>;:,@%?=[]\\/\r\n \t\x00\x7f\xff'
_SIGNIFICANT = (b"0", b"-1", b"1", b"255", b"256", b"65536", b"2147483648", b"4294967296", b"99999999999999999999")
_LINES = (b"Content-Length: 0\r\n", b"l: 7\r\n", b"Max-Forwards: 0\r\n", b"Require: nothing\r\n", b"Proxy-Require: x\r\n",
          b"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK\r\n", b"Route: <sip:127.0.0.1;lr>\r\n", b"Contact: *\r\n",
          b"CSeq: 1 INVITE\r\n", b"Expires: 0\r\n", b" folded\r\n", b"Content-Encoding: gzip\r\n", b": \r\n")


def corpus(root):
    """The messages below tests/corpus, by name."""
    messages = {}
    for folder in ("rfc4475", "rfc5118", "phones"):
        for entry in sorted(os.listdir(os.path.join(root, folder))):
            with open(os.path.join(root, folder, entry), "rb") as file:
                data = file.read()
            if entry.endswith(".sip") and b"\r\n" not in data:
                data = data.replace(b"\n", b"\r\n")
            messages[entry.rpartition(".")[0]] = data
    return messages


class Mutator:
    def __init__(self, messages, seed):
        self.messages, self.chance = list(messages), random.Random(seed)
        self._ways = (self._cut, self._splice, self._octets, self._marks, self._line_lost, self._line_twice, self._line_added,
                      self._number, self._long, self._bits)

    def next(self):
        data = self.chance.choice(self.messages)
        for _ in range(self.chance.choice((1, 1, 1, 2, 3))):
            data = self.chance.choice(self._ways)(data) or data
        return data

    def _place(self, data):
        return self.chance.randrange(len(data)) if data else 0

    def _cut(self, data):
        return data[:self._place(data)]

    def _splice(self, data):
        other = self.chance.choice(self.messages)
        return data[:self._place(data)] + other[self._place(other):]

    def _octets(self, data):
        changed = bytearray(data)
        for _ in range(self.chance.randrange(1, 20)):
            changed[self._place(data)] = self.chance.randrange(256)
        return bytes(changed)

    def _bits(self, data):
        changed = bytearray(data)
        for _ in range(self.chance.randrange(1, 4)):
            changed[self._place(data)] ^= 1 << self.chance.randrange(8)
        return bytes(changed)

    def _marks(self, data):
        place = self._place(data)
        return data[:place] + bytes([self.chance.choice(_MARKS)]) * self.chance.randrange(1, 40) + data[place:]

    def _lines(self, data):
        head, separator, body = data.partition(b"\r\n\r\n")
        lines = [line + b"\r\n" for line in head.split(b"\r\n")]
        return lines, separator[2:] + body

    def _line_lost(self, data):
        lines, rest = self._lines(data)
        del lines[self.chance.randrange(len(lines))]
        return b"".join(lines) + rest

    def _line_twice(self, data):
        lines, rest = self._lines(data)
        line = self.chance.choice(lines)
        place = self.chance.randrange(len(lines) + 1)
        lines[place:place] = [line] * self.chance.choice((1, 1, 2, 70, 130))
        return b"".join(lines) + rest

    def _line_added(self, data):
        lines, rest = self._lines(data)
        lines.insert(self.chance.randrange(len(lines) + 1), self.chance.choice(_LINES))
        return b"".join(lines) + rest

    def _number(self, data):
        numbers = list(re.finditer(rb"[0-9]+", data))
        if not numbers:
            return data
        number = self.chance.choice(numbers)
        return data[:number.start()] + self.chance.choice(_SIGNIFICANT) + data[number.end():]

    def _long(self, data):
        place = self._place(data)
        piece = data[place:place + self.chance.randrange(1, 12)]
        return data[:place] + piece * self.chance.choice((10, 100, 500, 3000)) + data[place:]


class Bombardment:
    """Sends anything to an exchange, asks after each whether it is there, and sees what it took.

    `waits`: seconds to the answer of OPTIONS; `idle`: of these, how long the loop or we were ready and had no core, which is
    the fault of other processes; `work`: CPU seconds of the loop thread for one message and the OPTIONS behind
    it, and for whatever else the loop had to do just then.
    """

    def __init__(self, exchange):
        self.exchange, self.pid = exchange, exchange.daemon.pid
        self.replies, self.sent = [], 0   # a datagram each, or all that came on one connection
        self.waits, self.idle, self.work = [], [], []
        self.heavy = []   # what took more than HEAVY, and on which transport
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for each in (self._udp, self._asking):
            each.bind(("127.0.0.1", 0))
        self._udp.setblocking(False)
        self._stream, self._heard = None, []

    def _scheduling(self):
        """CPU seconds of the loop thread, the program's first; and for how long it and we were kept from a core."""
        work, idle = 0, 0
        for path in (f"/proc/{self.pid}/task/{self.pid}/schedstat", "/proc/thread-self/schedstat"):
            with open(path) as file:
                times = file.read().split()
            work, idle = work or int(times[0]), idle + int(times[1])
        return work / 1e9, idle / 1e9

    def datagram(self, data):
        data = data[:LONGEST_DATAGRAM]
        self._measured(data, "udp", lambda: self._udp.sendto(data, self.exchange.server))
        self._collect(self._udp, self.replies)

    def stream(self, data):
        """On the connection of the one before, unless the exchange has closed it."""
        self._measured(data, "tcp", lambda: self._send_on_stream(data))
        if self._stream and not self._collect(self._stream, self._heard):
            self._end_stream()

    def close(self):
        self._end_stream()
        self._udp.close()
        self._asking.close()

    def send(self, transport, data):
        (self.datagram if transport == "udp" else self.stream)(data)

    def _measured(self, data, transport, send):
        work_before, idle_before = self._scheduling()
        send()
        begin = time.monotonic()
        self._ask()
        wait = time.monotonic() - begin
        work, idle = self._scheduling()
        work -= work_before
        self.sent += 1
        self.waits.append(wait)
        self.idle.append(idle - idle_before)
        self.work.append(work)
        if work > HEAVY and len(self.heavy) < MOST_HEAVY:
            self.heavy.append((transport, data))

    def _ask(self):
        own = "127.0.0.1:%d" % self._asking.getsockname()[1]
        number = f"{self.sent}-{len(self.waits)}"
        self._asking.sendto(
            (f"OPTIONS sip:{self.exchange.host_port} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK-asks-{number}\r\n"
             f"From: <sip:asks@{own}>;tag=1\r\nTo: <sip:{self.exchange.host_port}>\r\nCall-ID: asks-{number}\r\n"
             "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n").encode(), self.exchange.server)
        self._asking.settimeout(5)
        try:
            while f"branch=z9hG4bK-asks-{number}\r\n".encode() not in (answer := self._asking.recv(65536)):
                pass   # a late one
        except TimeoutError:
            raise AssertionError(f"OPTIONS is not answered after {self.sent + 1} messages") from None
        assert answer.startswith(b"SIP/2.0 200 "), answer

    def _send_on_stream(self, data):
        if self._stream is None:
            self._stream = socket.create_connection(self.exchange.server, timeout=5)
            self._stream.setblocking(False)
        while data:
            try:
                data = data[self._stream.send(data):]
            except BlockingIOError:
                if not self._collect(self._stream, self._heard):
                    return self._end_stream()
                select.select([self._stream], [self._stream], [], 5)
            except OSError:   # closed while we speak: allowed
                return self._end_stream()
        return None

    def _end_stream(self):
        if self._stream:
            self._stream.close()
            self.replies.append(b"".join(self._heard))
        self._stream, self._heard = None, []

    @staticmethod
    def _collect(source, heard):
        """Keeps what has come back; false at the end of a stream."""
        while True:
            try:
                data = source.recv(65536)
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not data:
                return source.type == socket.SOCK_DGRAM
            heard.append(data)
