# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who enters a room is welcomed by a voice that the others do not hear; they hear a chime, and another one at the end."""
from harness.waiting import until

RISING, FALLING = 880, 587   # the loud ends of the two chimes, in hertz
WELCOME_LOUDNESS = 400       # of a voice, over 100 ms


def run(world):
    exchange = world.start_exchange()
    first, second = world.registered_phones("accueil", "mairie", amplitude=0, codecs=["PCMA"])
    first.call("3000").wait("running")
    until(lambda: in_room(exchange) == [False], 10, lambda: f"the first one is through the lobby: {exchange.rooms()}")
    first.hears_nothing()

    call = second.call("3000")
    call.wait("running")
    until(lambda: in_room(exchange).count(True) == 1, 3, lambda: f"the second one is in the lobby: {exchange.rooms()}")
    first.do("mark")
    until(lambda: loudness(second) > WELCOME_LOUDNESS, 4, "the second one is welcomed", every=0.05)
    if in_room(exchange).count(True) == 1:   # then everything that the first one heard was said in the lobby
        assert first.do("listen", milliseconds=100, tones=[])["loudness"] < WELCOME_LOUDNESS / 4
    hears_chime(first, RISING)
    until(lambda: in_room(exchange) == [False, False], 5, lambda: f"both are in the room: {exchange.rooms()}")
    call.hang_up()
    hears_chime(first, FALLING)


def in_room(exchange):
    """Of each member: whether it is still in the lobby."""
    return [member["in_lobby"] for room in exchange.rooms() for member in room["members"]]


def loudness(phone):
    return phone.do("listen", milliseconds=100, tones=[])["loudness"]


def hears_chime(phone, hertz):
    other = RISING + FALLING - hertz

    def heard():
        levels = phone.do("listen", milliseconds=150, tones=[hertz, other])["levels"]
        return levels[0] > 800 and levels[0] > 2 * levels[1]
    phone.do("mark")
    until(heard, 5, f"a chime that ends at {hertz} Hz", every=0.03)
