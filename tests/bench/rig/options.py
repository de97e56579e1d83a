# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asks a server by OPTIONS until it answers."""
import socket
import time

_REQUEST = ("OPTIONS sip:{host} SIP/2.0\r\nVia: SIP/2.0/UDP {own};rport;branch=z9hG4bK-{number}\r\nFrom: <sip:load@{host}>;tag=1\r\n"
            "To: <sip:{host}>\r\nCall-ID: options-{number}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n")
_EVERY = 0.002


def answers_options(server, seconds):
    """Returns when an OPTIONS has been answered with 200."""
    address, port = server.host_port.split(":")
    deadline = time.monotonic() + seconds
    number = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        peer.settimeout(_EVERY)
        own = "127.0.0.1:%d" % peer.getsockname()[1]
        while time.monotonic() < deadline:
            number += 1
            text = _REQUEST.format(host=server.host_port, own=own, number=f"{time.monotonic_ns()}")
            try:
                peer.sendto(text.encode(), (address, int(port)))
                if peer.recv(4096).startswith(b"SIP/2.0 200"):
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                time.sleep(_EVERY)
    raise AssertionError(f"{server.name} does not answer OPTIONS within {seconds} s")
