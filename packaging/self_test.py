# SPDX-License-Identifier: AGPL-3.0-or-later
#
# packaging/quickstart --self-test: the example town on 127.0.0.1, and real telephones (liblinphone, no sound card) that
# register, call and listen. Each telephone hums a tone of its own, so what is heard says who is heard.
"""Starts the example town on free ports of 127.0.0.1 and lets telephones of its own call and listen."""
import argparse
import json
import os
import shutil
import signal
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests", "system"))
sys.dont_write_bytecode = True

from harness.phones import connect  # noqa: E402
from harness.waiting import until  # noqa: E402
from harness.world import World  # noqa: E402

PLAN = os.path.join(TOP, "config", "plans", "demo-town.toml")
MAYOR, CLERK, POLICE = "2001", "2120", "2500"
ROOM, ECHO = "8000", "8099"
NAMES = {MAYOR: "the mayor (2001)", CLERK: "the registry office (2120)", POLICE: "the municipal police (2500)"}


def say(text):
    print(f"self-test: {text}", flush=True)


def ask_to_end(signal_number, _):
    raise SystemExit(128 + signal_number)


def start_town(world):
    """Both daemons with the example plan; the passwords that were made for it go to `world`."""
    exchange = world.prepare_exchange()
    made = json.loads(exchange.apply_plan(PLAN, "--generate-passwords", "--json").stdout)["passwords"]
    for password in made:
        world.devices[password["account"]]["password"] = password["password"]
    exchange.start()
    status = exchange.status()
    say(f"beffroid {status['version']} and beffroi-bridge run on {exchange.host_port}, "
        f"with {status['plan']['extensions']} extensions and {status['plan']['devices']} telephones")
    return exchange


def register(world):
    phones = {}
    for account, transport, algorithm in ((MAYOR, "udp", "SHA-256"), (CLERK, "tcp", "SHA-256"), (POLICE, "udp", "MD5")):
        phones[account] = world.phone(account, transport=transport, algorithm=algorithm)
        phones[account].register()
        say(f"{NAMES[account]} is registered, by {transport.upper()} with {algorithm}")
    return phones


def call_one_another(phones):
    caller, callee = phones[MAYOR], phones[CLERK]
    outgoing, incoming = connect(caller, callee)
    caller.hears([callee.tone], [caller.tone])
    callee.hears([caller.tone], [callee.tone])
    outgoing.hang_up()
    incoming.wait_end()
    say(f"{NAMES[MAYOR]} called {NAMES[CLERK]}, and each heard the other")


def meet(exchange, phones):
    calls = []
    for phone in phones.values():
        calls.append(phone.call(ROOM))
        calls[-1].wait("running")
    everybody = list(phones.values())
    for phone in everybody:
        phone.hears([other.tone for other in everybody if other is not phone], [phone.tone], seconds=20)
    say(f"three met in room {ROOM}, and each heard the two others and not itself")
    for call in calls:
        call.hang_up()
        call.wait_end()
    until(lambda: not any(room["members"] for room in exchange.rooms()), 5, "the room is empty again")


def hear_oneself(phone):
    call = phone.call(ECHO)
    call.wait("running")
    phone.hears([phone.tone], seconds=20)
    call.hang_up()
    call.wait_end()
    say(f"the echo test {ECHO} played back what it heard")


def check_records(exchange):
    """The records of the five calls that were answered."""
    def finished():
        return [record for record in exchange.ask("calls", "--recent", "10")["recent"]
                if record["status"] == 200 and record["end_ms"]]
    records = until(lambda: len(finished()) == 5 and finished(), 5, lambda: f"five records of calls: {finished()}")
    say(f"{len(records)} calls are in the records")


def run(world):
    exchange = start_town(world)
    phones = register(world)
    call_one_another(phones)
    meet(exchange, phones)
    hear_oneself(phones[POLICE])
    check_records(exchange)


def show_logs(folder):
    for entry in sorted(os.listdir(folder)):
        if entry.endswith(".log"):
            with open(os.path.join(folder, entry), errors="replace") as file:
                lines = file.readlines()
            print(f"----- {entry}, its end\n" + "".join(lines[-30:]).rstrip(), file=sys.stderr)


def carry_out(programs, folder):
    """None, or what went wrong in words. However it ends, nothing is left running."""
    wrong = None
    world = None
    try:
        world = World(programs, folder, folder)
        world.use_plan(PLAN)
        run(world)
    except (Exception, SystemExit, KeyboardInterrupt) as error:  # pylint: disable=broad-except
        wrong = f"{type(error).__name__}: {error}"
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        if world:
            world.close()
    except AssertionError as error:
        wrong = wrong or str(error)
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="build folder")
    parser.add_argument("--folder", required=True, help="where a folder for configuration, database and logs is made")
    options = parser.parse_args()
    programs = {name: os.path.join(options.programs, "bin", name) for name in ("beffroid", "beffroi-bridge", "beffroi")}
    programs["beffroi-test-phone"] = os.path.join(options.programs, "tests", "system", "beffroi-test-phone")
    missing = [path for path in programs.values() if not os.access(path, os.X_OK)]
    if missing:
        print(f"self-test: not built: {', '.join(missing)}", file=sys.stderr)
        return 66
    os.makedirs(options.folder, exist_ok=True)
    folder = tempfile.mkdtemp(dir=options.folder)
    signal.signal(signal.SIGTERM, ask_to_end)
    wrong = carry_out(programs, folder)
    if wrong:
        show_logs(folder)
        print(f"self-test: FAILED: {wrong}\nself-test: configuration and logs are left in {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    say("passed; nothing is left running")
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # a thread that waits for a telephone must not hold us up
