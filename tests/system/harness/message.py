# SPDX-License-Identifier: AGPL-3.0-or-later
"""SIP messages as a test writes and reads them: text with headers, nothing checked, so that wrong ones can be sent too."""

_COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type",
            "k": "supported", "s": "subject", "e": "content-encoding", "r": "refer-to"}


class Message:
    def __init__(self, data):
        head, _, self.body = data.decode("utf-8", "surrogateescape").partition("\r\n\r\n")
        lines = head.split("\r\n")
        self.first_line = lines[0]
        self.headers = []
        for line in lines[1:]:
            if line[:1] in (" ", "\t") and self.headers:
                name, value = self.headers[-1]
                self.headers[-1] = (name, f"{value} {line.strip()}")
            else:
                name, _, value = line.partition(":")
                self.headers.append((name.strip(), value.strip()))

    @property
    def status(self):
        return int(self.first_line.split()[1]) if self.first_line.startswith("SIP/2.0 ") else 0

    @property
    def method(self):
        return "" if self.status else self.first_line.split()[0]

    @property
    def uri(self):
        return self.first_line.split()[1]

    def all(self, name):
        wanted = name.lower()
        return [value for key, value in self.headers if _COMPACT.get(key.lower(), key.lower()) == wanted]

    def get(self, name, otherwise=""):
        values = self.all(name)
        return values[0] if values else otherwise

    @property
    def cseq_method(self):
        return (self.get("CSeq").split() or [""])[-1]

    def tag(self, name):
        """The tag of From or To, or nothing."""
        return self.get(name).partition(";tag=")[2].partition(";")[0]

    def __repr__(self):
        return f"<{self.first_line} [{self.get('CSeq')}]>"


def compose(first_line, headers, body=""):
    lines = [first_line] + [f"{name}: {value}" for name, value in headers if value is not None]
    if not any(name.lower() == "content-length" for name, _ in headers):
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("utf-8", "surrogateescape")


def reply_to(request, status, phrase, tag="", headers=(), body=""):
    """A response to `request`, a Message, with what a response repeats."""
    to = request.get("To")
    if tag and ";tag=" not in to:
        to += f";tag={tag}"
    repeated = [("Via", via) for via in request.all("Via")]
    if status < 300:
        repeated += [("Record-Route", route) for route in request.all("Record-Route")]
    repeated += [("From", request.get("From")), ("To", to), ("Call-ID", request.get("Call-ID")), ("CSeq", request.get("CSeq"))]
    return compose(f"SIP/2.0 {status} {phrase}", repeated + list(headers), body)


def offer(address, port, payloads="8", extra="a=rtpmap:8 PCMA/8000\r\na=ptime:20\r\n"):
    """A session description with one audio stream."""
    family = "IP6" if ":" in address else "IP4"
    return (f"v=0\r\no=- 1 1 IN {family} {address}\r\ns=-\r\nc=IN {family} {address}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP {payloads}\r\n{extra}")


def media_address(body):
    """Where a session description wants its audio: (address, port)."""
    address, port = "", 0
    for line in body.split("\r\n"):
        if line.startswith("c=IN"):
            address = line.split()[2].split("/")[0]
        elif line.startswith("m=audio"):
            port = int(line.split()[1])
    return address, port
