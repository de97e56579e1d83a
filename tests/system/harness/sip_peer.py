# SPDX-License-Identifier: AGPL-3.0-or-later
"""A SIP user agent without any state machine: sends what a test composes, keeps everything that arrives in order.

For what a well-behaved phone never does: late ACKs, retransmissions at will, malformed messages, several contacts.
"""
import itertools
import random
import select
import socket
import ssl
import threading

from . import digest
from .message import Message, compose, offer, reply_to
from .ports import family_of
from .waiting import TooLate, until

_numbers = itertools.count(1)


def token():
    return f"{random.getrandbits(48):012x}{next(_numbers)}"


class SipPeer:
    """Over UDP each datagram, over TCP and TLS each message framed by Content-Length, goes to `received`.

    By TLS `authority` is the file of who vouches for the exchange, `certificate` the peer's own pair of files.
    """

    def __init__(self, server, transport="udp", address="127.0.0.1", port=0, authority=None, certificate=None):
        self.server, self.transport, self.address = server, transport, address
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        self.socket = socket.socket(family_of(address), kind)
        self.socket.bind((address, port))
        if transport != "udp":
            self.socket.connect(server)
        if transport == "tls":
            self.socket = TlsSocket(self.socket, server[0], authority, certificate)
        self.port = self.socket.getsockname()[1]
        self.received = []
        self.closed_by_server = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def host_port(self):
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    def _read(self):
        pending = b""
        while True:
            try:
                data = self.socket.recv(65536)
            except OSError:
                return
            if self.transport == "udp":
                if data.strip(b"\r\n\0"):   # not a keep-alive
                    self.received.append(Message(data))
                continue
            if not data:
                self.closed_by_server = True
                return
            pending = self._frame(pending + data)

    def _frame(self, pending):
        while True:
            pending = pending.lstrip(b"\r\n")
            head, separator, rest = pending.partition(b"\r\n\r\n")
            if not separator:
                return pending
            length = int(Message(head + separator).get("Content-Length", "0"))
            if len(rest) < length:
                return pending
            self.received.append(Message(head + separator + rest[:length]))
            pending = rest[length:]

    def send(self, data):
        if self.transport == "udp":
            self.socket.sendto(data, self.server)
        else:
            self.socket.sendall(data)

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()

    # What arrives --------------------------------------------------------------------------------------------------

    def matching(self, **wanted):
        """Messages with these: status, method, cseq_method, call_id."""
        def fits(message):
            return all((message.get("Call-ID") if key == "call_id" else getattr(message, key)) == value
                       for key, value in wanted.items())
        return [message for message in list(self.received) if fits(message)]

    def wait(self, seconds=5, count=1, **wanted):
        """The `count`-th message that matches."""
        found = until(lambda: self.matching(**wanted)[count - 1:count], seconds,
                      lambda: f"message number {count} with {wanted}; got {self.received}", every=0.005)
        return found[0]

    def wait_final(self, call_id, cseq, seconds=10, stop=None):
        """The final response to the request with this Call-ID and CSeq ("2 INVITE"); `stop`: an Event that ends waiting."""
        def final():
            if stop and stop.is_set():
                raise TooLate("stopped")
            return [m for m in list(self.received)
                    if m.status >= 200 and m.get("Call-ID") == call_id and m.get("CSeq") == cseq]
        return until(final, seconds, lambda: f"final response to {cseq}; got {self.received}", every=0.005)[0]

    # What is sent --------------------------------------------------------------------------------------------------

    def via(self, branch=None):
        return f"SIP/2.0/{self.transport.upper()} {self.host_port};branch={branch or 'z9hG4bK' + token()};rport"

    def contact(self, user):
        suffix = "" if self.transport == "udp" else f";transport={self.transport}"
        return f"<sip:{user}@{self.host_port}{suffix}>"

    def request(self, method, uri, headers=(), body="", **dialog):
        """The bytes of a request; `dialog` may give from_, to, call_id, cseq, branch, max_forwards."""
        fields = [("Via", self.via(dialog.get("branch"))),
                  ("Max-Forwards", str(dialog.get("max_forwards", 70))),
                  ("From", dialog.get("from_", f"<sip:test@{self.host_port}>;tag={token()}")),
                  ("To", dialog.get("to", f"<{uri}>")),
                  ("Call-ID", dialog.get("call_id", token())),
                  ("CSeq", f"{dialog.get('cseq', 1)} {method}")]
        return compose(f"{method} {uri} SIP/2.0", fields + list(headers), body)

    def options(self, uri, seconds=5):
        """Sends OPTIONS; its final response."""
        call_id = token()
        self.send(self.request("OPTIONS", uri, call_id=call_id))
        return self.wait_final(call_id, "1 OPTIONS", seconds)


class TlsSocket:
    """A TLS socket that one thread may read while others write, which those of Python's are not made for."""

    def __init__(self, connected, server, authority, certificate=None):
        context = ssl.create_default_context(cafile=authority)
        if certificate:
            context.load_cert_chain(*certificate)
        self._socket = context.wrap_socket(connected, server_hostname=server)
        self._socket.setblocking(False)
        self._lock = threading.Lock()

    def __getattr__(self, name):
        return getattr(self._socket, name)

    def recv(self, size):
        while True:
            with self._lock:
                try:
                    return self._socket.recv(size)
                except ssl.SSLWantReadError:
                    descriptor = self._socket.fileno()
            if descriptor < 0:
                return b""
            select.select([descriptor], [], [], 0.5)

    def sendall(self, data):
        view = memoryview(data)
        while view:
            with self._lock:
                try:
                    view = view[self._socket.send(view):]
                    continue
                except ssl.SSLWantWriteError:
                    descriptor = self._socket.fileno()
            select.select([], [descriptor], [], 0.5)


class Account:
    """A device of the plan as a SipPeer uses it: registers and calls with digest authentication."""

    def __init__(self, peer, domain, number, account, password, algorithm=None):
        self.peer, self.domain, self.number = peer, domain, number
        self.account, self.password, self.algorithm = account, password, algorithm
        self.registration_id, self.register_cseq, self.tag = token(), 0, token()

    @property
    def identity(self):
        return f"sip:{self.number}@{self.domain}"

    def credentials(self, response, method, uri):
        """The header that answers the challenge in `response`."""
        name = "WWW-Authenticate" if response.status == 401 else "Proxy-Authenticate"
        challenge = digest.choose(response.all(name), self.algorithm)
        assert challenge, f"no challenge that can be answered in {response.headers}"
        value = digest.answer(challenge, self.account, self.password, method, uri)
        return ("Authorization" if response.status == 401 else "Proxy-Authorization", value)

    def register(self, contacts=None, expires=3600, headers=(), stop=None):
        """The final response to REGISTER; `contacts`: values of Contact, by default the peer's own address."""
        uri = f"sip:{self.domain}"
        own = [self.peer.contact(self.number)] if contacts is None else contacts
        fields = [("Contact", contact) for contact in own] + [("Expires", str(expires))] + list(headers)
        response = self._register(uri, fields, stop)
        if response.status != 401:
            return response
        return self._register(uri, fields + [self.credentials(response, "REGISTER", uri)], stop)

    def _register(self, uri, fields, stop=None):
        self.register_cseq += 1
        identity = f"<{self.identity}>"
        self.peer.send(self.peer.request("REGISTER", uri, fields, from_=f"{identity};tag={self.tag}", to=identity,
                                         call_id=self.registration_id, cseq=self.register_cseq))
        return self.peer.wait_final(self.registration_id, f"{self.register_cseq} REGISTER", stop=stop)

    def invite(self, number, body=None, headers=()):
        """Starts a call: answers the challenge and returns an OutgoingCall that waits for what follows."""
        return OutgoingCall(self, f"sip:{number}@{self.domain}",
                            offer(self.peer.address, 40000) if body is None else body, headers)


class OutgoingCall:
    def __init__(self, account, uri, body, headers):
        self.account, self.peer, self.uri, self.body = account, account.peer, uri, body
        self.call_id, self.tag = token(), token()
        self.headers = [("Contact", self.peer.contact(account.number)), ("Content-Type", "application/sdp"), *headers]
        self.cseq = 1
        self.invite = self._invite([])
        challenge = self.final(1)
        if challenge.status in (401, 407):
            self.acknowledge_failure(challenge)
            self.cseq = 2
            self.invite = self._invite([account.credentials(challenge, "INVITE", uri)])

    @property
    def from_(self):
        return f"<{self.account.identity}>;tag={self.tag}"

    def _invite(self, extra):
        self.branch = "z9hG4bK" + token()
        data = self.peer.request("INVITE", self.uri, self.headers + extra, self.body, from_=self.from_,
                                 call_id=self.call_id, cseq=self.cseq, branch=self.branch)
        self.peer.send(data)
        return data

    def repeat(self):
        """Sends the same INVITE once more, as a phone does that heard nothing."""
        self.peer.send(self.invite)

    def responses(self, status=None):
        return [m for m in list(self.peer.received)
                if m.get("Call-ID") == self.call_id and m.get("CSeq") == f"{self.cseq} INVITE" and m.status
                and status in (None, m.status)]

    def wait(self, status, seconds=10):
        return until(lambda: self.responses(status), seconds,
                     lambda: f"{status} for {self.uri}; got {self.responses()}", every=0.005)[0]

    def final(self, seconds=15):
        return self.peer.wait_final(self.call_id, f"{self.cseq} INVITE", seconds)

    def acknowledge_failure(self, response):
        self.peer.send(self.peer.request("ACK", self.uri, from_=self.from_, to=response.get("To"), call_id=self.call_id,
                                         cseq=self.cseq, branch=self.branch))

    def cancel(self):
        self.peer.send(self.peer.request("CANCEL", self.uri, from_=self.from_, call_id=self.call_id, cseq=self.cseq,
                                         branch=self.branch))

    def in_dialog(self, method, response, cseq=None, body="", headers=()):
        """A request inside the dialog that the 2xx `response` made: through its route set, to its contact."""
        routes = [("Route", value) for value in reversed(response.all("Record-Route"))]
        contact = response.get("Contact")
        target = contact.partition("<")[2].partition(">")[0] or contact.partition(";")[0]
        data = self.peer.request(method, target, routes + list(headers), body, from_=self.from_, to=response.get("To"),
                                 call_id=self.call_id, cseq=cseq or self.cseq)
        self.peer.send(data)
        return data

    def acknowledge(self, response):
        return self.in_dialog("ACK", response)

    def hang_up(self, response):
        cseq = self.cseq + 1
        self.in_dialog("BYE", response, cseq)
        return self.peer.wait_final(self.call_id, f"{cseq} BYE")


class Answering:
    """The other side of a call, by hand: each INVITE that arrives is answered as `plan` says, other requests with 200.

    `plan`: a list of (status, phrase), sent one after the other for each new INVITE.
    """

    def __init__(self, peer, user, plan, body=None):
        self.peer, self.user, self.plan = peer, user, plan
        self.body = offer(peer.address, 40002) if body is None else body
        self.invites, self.cancelled, self.acknowledged, self.byes = [], [], [], []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        served, seen, tags = 0, {}, {}
        while not self._stop.is_set():
            if served == len(self.peer.received):
                self._stop.wait(0.003)
                continue
            message = self.peer.received[served]
            served += 1
            if message.status:
                continue
            key = (message.get("Call-ID"), message.get("CSeq"), message.get("Via").partition("branch=")[2])
            tag = tags.setdefault(message.get("Call-ID"), token())
            if message.method == "INVITE":
                self._invited(message, key, tag, seen)
            else:
                self._other(message, tag)

    def _invited(self, message, key, tag, seen):
        if key in seen:
            if seen[key]:
                self.peer.send(seen[key])
            return
        self.invites.append(message)
        seen[key] = b""
        for status, phrase in self.plan:
            seen[key] = self.respond(message, status, phrase, tag)

    def respond(self, request, status, phrase, tag):
        with_body = 200 <= status < 300 and request.method == "INVITE"
        headers = [("Contact", self.peer.contact(self.user))] if status < 300 else []
        if with_body:
            headers.append(("Content-Type", "application/sdp"))
        data = reply_to(request, status, phrase, tag, headers, self.body if with_body else "")
        self.peer.send(data)
        return data

    def _other(self, message, tag):
        if message.method == "ACK":
            self.acknowledged.append(message)
            return
        if message.method == "CANCEL":
            self.cancelled.append(message)
            self.respond(message, 200, "OK", tag)
            for invite in self.invites:
                if invite.get("Call-ID") == message.get("Call-ID") and self.plan[-1][0] < 200:
                    self.respond(invite, 487, "Request Terminated", tag)
            return
        if message.method == "BYE":
            self.byes.append(message)
        self.respond(message, 200, "OK", tag)

    def stop(self):
        self._stop.set()
        self._thread.join(2)
