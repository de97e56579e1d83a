# SPDX-License-Identifier: AGPL-3.0-or-later
"""Both daemons tell the service manager that they are ready, alive again and again, and stopping; SIGTERM ends them with 0."""
import os
import signal

from harness.process import Process
from harness.waiting import until

WATCHDOG = {"WATCHDOG_USEC": "200000"}   # fed every 100 ms


def run(world):
    exchange = world.prepare_exchange()
    exchange.apply_plan()
    for name in ("beffroi-bridge", "beffroid"):
        daemon = Process(name, [world.programs[name], "--config", exchange.config_path], world.folder, environment=WATCHDOG)
        try:
            daemon.wait_ready(15)
            until(lambda: daemon.readiness.read(0.05).count("WATCHDOG=1") >= 5, 10, f"{name} feeds its watchdog", every=0)
            assert "STOPPING=1" not in daemon.readiness.received, daemon.readiness.received
            os.kill(daemon.pid, signal.SIGTERM)
            assert daemon.wait_end(10) == 0, daemon.log()
            until(lambda: "STOPPING=1" in daemon.readiness.read(0.05), 5, f"{name} says that it is stopping", every=0)
        finally:
            daemon.stop()
