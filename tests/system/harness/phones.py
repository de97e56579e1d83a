# SPDX-License-Identifier: AGPL-3.0-or-later
"""Telephones: beffroi-test-phone (liblinphone without a sound card), spoken to in JSON lines (tests/system/README.md)."""
import json
import os
import queue
import subprocess
import threading
import time

from .waiting import TooLate, until

LEAST_AUDIBLE = 600      # of the 6000 that each phone's tone has
MOST_OF_SILENCE = 150


class PhoneProcess:
    """One process that plays any number of phones."""

    def __init__(self, program, folder, name="phones"):
        self._log = open(os.path.join(folder, f"{name}.log"), "a")
        self._child = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
                                       text=True, cwd=folder)
        self._replies, self._lock, self._number = queue.Queue(), threading.Lock(), 0
        self.events = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._child.stdout:
            self._log.write(f"{time.monotonic():.3f} {line}")
            self._log.flush()
            if not line.startswith("{"):
                continue
            message = json.loads(line)
            if "reply" in message:
                self._replies.put(message)
            else:
                self.events.append(message)

    def do(self, what, **fields):
        with self._lock:
            self._number += 1
            self._child.stdin.write(json.dumps({"id": self._number, "do": what, **fields}) + "\n")
            self._child.stdin.flush()
            try:
                reply = self._replies.get(timeout=20)
            except queue.Empty:
                raise TooLate(f"the phones do not answer {what}; exit code {self._child.poll()}") from None
        assert reply["ok"], f"{what} {fields}: {reply['error']}"
        return reply

    def crash(self):
        """As if the power of these phones had been cut: nothing is unregistered, no call is ended."""
        self._child.kill()
        self._child.wait(10)

    def close(self):
        if self._child.poll() is None:
            self._child.stdin.close()
            try:
                self._child.wait(20)
            except subprocess.TimeoutExpired:
                self.crash()
        self._log.close()


class Phone:
    def __init__(self, process, name, tone, **setup):
        self.process, self.name, self.tone = process, name, tone
        self.number = setup.get("number", name)
        self._seen = 0
        self.port = process.do("create", phone=name, tone=tone, **setup)["port"]

    def do(self, what, **fields):
        return self.process.do(what, phone=self.name, **fields)

    def events(self, kind, **wanted):
        return [event for event in list(self.process.events)
                if event["event"] == kind and event["phone"] == self.name
                and all(event.get(key) == value for key, value in wanted.items())]

    def register(self, expect="registered", seconds=10):
        """The event that ended it."""
        before = len(self.events("registration"))
        self.do("register")
        return self._registration_after(before, expect, seconds)

    def unregister(self, seconds=10):
        before = len(self.events("registration"))
        self.do("unregister")
        return self._registration_after(before, "unregistered", seconds)

    def _registration_after(self, before, expect, seconds):
        event = until(lambda: self.events("registration")[before:], seconds, f"{self.name}: an end of registering")[0]
        assert event["state"] == expect, f"{self.name} is not {expect}: {event}"
        return event

    def call(self, number):
        return Call(self, self.do("call", to=number)["call"])

    def incoming(self, seconds=10):
        """The next call that rings here and was not asked for yet."""
        event = until(lambda: self.events("call", state="incoming")[self._seen:], seconds, f"{self.name} rings")[0]
        self._seen += 1
        return Call(self, event["call"], event)

    def rings(self):
        return len(self.events("call", state="incoming")) > self._seen

    def levels(self, tones, milliseconds=500, seconds=5):
        """How loud each of `tones` is in the next `milliseconds` heard."""
        self.do("mark")

        def listened():
            heard = self.do("listen", milliseconds=milliseconds, tones=tones)
            return heard if heard["milliseconds"] >= milliseconds else None
        return dict(zip(tones, until(listened, seconds, f"{self.name} hears {milliseconds} ms of anything", every=0.1)["levels"]))

    def hears(self, wanted, unwanted=(), seconds=8):
        """Waits until all tones of `wanted` are heard and none of `unwanted`."""
        tones = [*wanted, *unwanted]
        last = {}

        def right():
            try:
                last.update(self.levels(tones))
            except TooLate:
                return False
            return (all(last[tone] >= LEAST_AUDIBLE for tone in wanted)
                    and all(last[tone] <= MOST_OF_SILENCE for tone in unwanted))
        until(right, seconds, lambda: f"{self.name} hears {list(wanted)} Hz and not {list(unwanted)} Hz; heard {last}")

    def hears_nothing(self, seconds=3):
        """Waits until 400 ms pass with silence, or without any sound at all."""
        def silent():
            self.do("mark")
            try:
                until(lambda: self.do("listen", milliseconds=400)["milliseconds"] >= 400, 0.6, "sound", every=0.1)
            except TooLate:
                return True
            return self.do("listen", milliseconds=400)["loudness"] < MOST_OF_SILENCE
        until(silent, seconds, f"{self.name} hears nothing")

    def digits(self):
        return "".join(event["digit"] for event in self.events("digit"))


class Call:
    """One phone's end of a call."""

    def __init__(self, phone, number, event=None):
        self.phone, self.number, self.event = phone, number, event

    def states(self):
        return [event["state"] for event in self.phone.events("call", call=self.number)]

    def wait(self, state, seconds=10, after=0):
        """The event with which the call entered `state`, the first one after `after` earlier ones."""
        return until(lambda: self.phone.events("call", call=self.number, state=state)[after:], seconds,
                     lambda: f"{self.phone.name}: call is {state}; was {self.states()}")[0]

    def wait_end(self, seconds=10):
        """The event with which the call was over, for whatever reason."""
        def over():
            return self.phone.events("call", call=self.number, state="failed") + \
                self.phone.events("call", call=self.number, state="ended")
        return until(over, seconds, lambda: f"{self.phone.name}: call is over; was {self.states()}")[0]

    def count(self, state):
        return self.states().count(state)

    def answer(self):
        self.phone.do("answer", call=self.number)
        return self.wait("running")

    def decline(self, status):
        self.phone.do("decline", call=self.number, status=status)

    def hang_up(self):
        self.phone.do("hang-up", call=self.number)

    def hold(self):
        before = self.count("held")
        self.phone.do("hold", call=self.number)
        return self.wait("held", after=before)

    def resume(self):
        before = self.count("running")
        self.phone.do("resume", call=self.number)
        return self.wait("running", after=before)

    def digits(self, text):
        self.phone.do("digits", call=self.number, digits=text)

    def statistics(self):
        return self.phone.do("statistics", call=self.number)["statistics"]


def connect(caller, callee):
    """`caller` calls `callee`, who answers: both ends of the call."""
    outgoing = caller.call(callee.number)
    incoming = callee.incoming()
    outgoing.wait("ringing")
    incoming.answer()
    outgoing.wait("running")
    return outgoing, incoming
