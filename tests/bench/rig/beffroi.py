# SPDX-License-Identifier: AGPL-3.0-or-later
"""The exchange as the measurements see it: the same interface as rig/kamailio.py."""
import os
import shutil
import time

from harness import sipp
from harness.exchange import Exchange

from . import town
from .options import answers_options


class Beffroi:
    """beffroid with the plan of the town; every start() is on an empty table of bindings."""

    name = "beffroid"

    def __init__(self, programs, folder, bridge=False, settings=None, transports=("udp",)):
        self.folder = os.path.join(folder, "beffroid")
        os.makedirs(self.folder, exist_ok=True)
        # SIPp cannot answer a challenge of SHA-256.
        self.exchange = Exchange(programs, self.folder, town.write_plan(self.folder), settings={**sipp.MD5_ONLY, **(settings or {})},
                                 bridge=bridge, transports=transports)
        self._applied = None

    @property
    def host_port(self):
        return self.exchange.host_port

    @property
    def pid(self):
        return self.exchange.daemon.pid

    def start(self):
        data, kept = self.exchange.data, os.path.join(self.folder, "applied")
        if self._applied is None:
            self.exchange.apply_plan()
            shutil.copytree(data, kept)
            self._applied = kept
        shutil.rmtree(data)
        shutil.copytree(kept, data)
        self.exchange.start()
        answers_options(self, 10)

    def launch(self):
        """With the bindings that are in the database; seconds until OPTIONS is answered."""
        begin = time.monotonic()
        self.exchange.start_daemon(wait=False)
        answers_options(self, 10)
        return time.monotonic() - begin

    def bindings(self):
        return len(self.exchange.registrations())

    def crash(self):
        self.exchange.daemon.crash()

    def stop(self):
        if self.exchange.daemon is not None:
            self.exchange.daemon.stop(30)
            self.exchange.daemon = None
