# SPDX-License-Identifier: AGPL-3.0-or-later
"""A port, or the control socket, that another program has: a clear error that names it, and the other one is not harmed."""
import os
import socket


def run(world):
    exchange = world.prepare_exchange(bridge=False)
    exchange.apply_plan()
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as other:
            other.bind(exchange.server)
            if kind == socket.SOCK_STREAM:
                other.listen()
            log = refused(exchange)
            assert str(exchange.port) in log and "in use" in log.lower(), log
    exchange.start_daemon()
    second_exchange(world, exchange)
    assert world.account("accueil").register().status == 200


def refused(exchange):
    """Starts in vain; what the log said."""
    exchange.start_daemon(wait=False)
    code = exchange.daemon.wait_end(10)
    exchange.daemon.readiness.close()
    log = exchange.daemon.log()
    assert code is not None and code > 0, f"ended with {code}: {log}"
    return log


def second_exchange(world, first):
    """Another exchange with the same control socket and database, on ports of its own."""
    daemon, port, size = first.daemon, first.port, len(first.daemon.log())
    first.port = world.free_port()
    first.write_config()
    log = refused(first)[size:]
    assert "exchange.sock" in log or "beffroi.db" in log, log
    first.daemon, first.port = daemon, port
    first.write_config()
    assert first.status()["plan"]["devices"] == 1
    assert os.path.exists(os.path.join(first.folder, "exchange.sock"))
