# SPDX-License-Identifier: AGPL-3.0-or-later
"""A hundred callers in one room, signalled by SIPp, with A-law of our own: four speak, and what comes back is checked.

Each of the 96 that are silent hears all four tones, each speaker the three others and not itself, and nobody misses a
packet. One more caller than the room has places for is told that it is busy.
"""
import os

from harness import sipp, sound
from harness.waiting import until

RUN_ALONE = True
CALLERS = 100
TONES = [440, 690, 1070, 1530]
STAY = 40_000   # milliseconds


def run(world):
    exchange = world.start_exchange(settings=sipp.MD5_ONLY)
    callers = [world.keep(sound.RtpSocket()) for _ in range(CALLERS)]
    call_in(world, exchange, "in", callers, STAY)
    until(lambda: members(exchange) == CALLERS, 30, lambda: f"all are in the room: {members(exchange)}")
    until(lambda: all(caller.listen() and caller.source for caller in callers), 10, "the bridge speaks to everybody")
    assert room_is_full(world)
    speakers = callers[:len(TONES)]
    speaking = sound.Speaking([(caller, caller.source, sound.tone(hertz)) for caller, hertz in zip(speakers, TONES)])
    try:
        until(lambda: everybody_hears_right(callers), 15, "everybody hears the four and nobody themselves", every=0.2)
    finally:
        speaking.stop()


def call_in(world, exchange, name, callers, stay):
    device = world.devices["conseil"]
    users = os.path.join(world.folder, f"{name}.csv")
    with open(users, "w") as file:
        file.write("SEQUENTIAL\n")
        file.writelines(f"{caller.port};[authentication username=conseil password={device['password']}];\n"
                        for caller in callers)
    return world.sipp("joins.xml", name=name, server=exchange.host_port, calls=len(callers), rate=20,
                      keys={"domain": world.domain}, csv_file=users, seconds=90,
                      arguments=["-d", str(stay), "-auth_uri", world.domain])


def members(exchange):
    return sum(len(room["members"]) for room in exchange.rooms())


def room_is_full(world):
    call = world.account("conseil").invite("3000")
    final = call.final()
    call.acknowledge_failure(final)
    return final.status == 486


def everybody_hears_right(callers):
    for caller in callers:
        caller.forget()
    until(lambda: all(len(caller.listen()) >= 2400 for caller in callers), 5, "300 ms of sound at every port")
    return all(hears_right(caller, None if place >= len(TONES) else TONES[place]) for place, caller in enumerate(callers))


def hears_right(caller, own):
    levels = {hertz: sound.level(caller.samples[-2400:], hertz) for hertz in TONES}
    return caller.gaps == 0 and all(levels[hertz] > 2000 if hertz != own else levels[hertz] < 300 for hertz in TONES)
