# SPDX-License-Identifier: AGPL-3.0-or-later
"""A database on a disk that is read-only: a clear error at once, and nothing is changed.

Neither the exchange nor the command line pretends to work: both name the file and say that it cannot be written. When
the disk is writable again everything is as before.
"""
from harness.small_disk import SmallDisk


def run(world):
    exchange = world.prepare_exchange(bridge=False)
    disk = world.keep(SmallDisk(exchange.data, 4096))
    exchange.enter = disk.enter
    exchange.start()
    account = world.account("accueil")
    assert account.register().status == 200
    before = exchange.registrations()
    exchange.daemon.stop()
    disk.make_read_only()
    exchange.start_daemon(wait=False)
    code = exchange.daemon.wait_end(10)
    log = exchange.daemon.log()
    assert code not in (0, None) and code > 0, f"ended with {code}: {log}"
    assert "beffroi.db" in log and ("read-only" in log or "writ" in log), log
    refused = exchange.command("plan", "apply", exchange.plan, "--offline")
    assert refused.returncode != 0 and "beffroi.db" in refused.stderr, refused
    exchange.daemon.readiness.close()
    disk.make_read_only(False)
    exchange.start_daemon()
    after = exchange.registrations()
    assert [each["contact"] for each in after] == [each["contact"] for each in before]
    assert account.register().status == 200
