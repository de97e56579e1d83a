# SPDX-License-Identifier: AGPL-3.0-or-later
"""A process that sends requests as fast as it is told, from as many addresses of 127.0.0.0/8 as it is told, and counts
what comes back: sent as a line of JSON. Its arguments: HOST PORT METHOD SOURCES RATE SECONDS."""
import json
import select
import socket
import sys
import time


def main(host, port, method, sources, rate, seconds):
    sockets = []
    for number in range(sources):
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind((f"127.1.{number // 250}.{number % 250 + 1}", 0))
        made.setblocking(False)
        sockets.append(made)
    counts = {"sent": 0, "answers": 0, "refused": 0, "with_retry_after": 0, "longer": 0}
    step = 0.01
    begin = time.monotonic()
    while (now := time.monotonic()) < begin + seconds:
        due = int((now - begin + step) * rate)
        while counts["sent"] < due:
            source = sockets[counts["sent"] % sources]
            data = request(method, counts["sent"], source.getsockname())
            try:
                source.sendto(data, (host, port))
            except BlockingIOError:
                pass
            counts["sent"] += 1
        listen(sockets, counts, len(data), step)
    print(json.dumps(counts))


def listen(sockets, counts, length, wait):
    for ready in select.select(sockets, [], [], wait)[0]:
        try:
            while True:
                answer = ready.recv(4096)
                counts["answers"] += 1
                if answer.startswith(b"SIP/2.0 503"):
                    counts["refused"] += 1
                    counts["with_retry_after"] += b"\r\nRetry-After: " in answer
                    counts["longer"] += len(answer) > length
        except OSError:
            pass


def request(method, number, own):
    return (f"{method} sip:2100@mairie.test SIP/2.0\r\nVia: SIP/2.0/UDP {own[0]}:{own[1]};branch=z9hG4bK{number};rport\r\n"
            f"From: <sip:2100@mairie.test>;tag={number}\r\nTo: <sip:2100@mairie.test>\r\nCall-ID: flood-{number:08}\r\n"
            f"CSeq: 1 {method}\r\nMax-Forwards: 70\r\nContact: <sip:2100@{own[0]}:{own[1]}>\r\nUser-Agent: telephone\r\n"
            "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS\r\nContent-Length: 0\r\n\r\n").encode()


main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), float(sys.argv[6]))
