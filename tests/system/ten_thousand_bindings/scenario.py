# SPDX-License-Identifier: AGPL-3.0-or-later
"""kill -9 of an exchange with 10,000 registered phones: after the restart all 10,000 are there.

SIPp registers them. How long the restart took, from the start of the program until it says that it is ready, is
printed and is measured with care by tests/bench/run restart; a loaded test machine is no stopwatch.
"""
import os

from harness import plans, sipp

RUN_ALONE = True
NUMBERS = range(10000, 20000)


def run(world):
    path = os.path.join(world.folder, "plan.toml")
    with open(path, "w") as file:
        file.write(plans.town() + plans.phones(NUMBERS))
    world.use_plan(path)
    exchange = world.start_exchange(bridge=False, settings=sipp.MD5_ONLY)
    users = os.path.join(world.folder, "users.csv")
    with open(users, "w") as file:
        file.write("SEQUENTIAL\n")
        file.writelines(f"{number};[authentication username={number} password={plans.password(number)}];\n"
                        for number in NUMBERS)
    totals = world.sipp("register.xml", server=exchange.host_port, calls=len(NUMBERS), rate=1000, limit=2000,
                        keys={"domain": world.domain}, csv_file=users, seconds=120,
                        arguments=["-auth_uri", world.domain]).finish(120)
    assert totals["succeeded"] == len(NUMBERS), totals
    before = exchange.registrations()
    assert len(before) == len(NUMBERS)
    exchange.daemon.crash()
    seconds = exchange.start_daemon()
    print(f"ready with {len(NUMBERS)} bindings after {seconds * 1000:.0f} ms")
    after = exchange.registrations()
    assert [(each["extension"], each["contact"]) for each in after] == [(each["extension"], each["contact"]) for each in before]
    assert seconds < 10, seconds
