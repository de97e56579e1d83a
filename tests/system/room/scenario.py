# SPDX-License-Identifier: AGPL-3.0-or-later
"""Five phones meet in one room: each hears the other four and not itself.

Over UDP and TCP, with A-law, µ-law, G.722 and Opus in one room. Who leaves is heard no more and the others stay
undisturbed; keys that are pressed reach the bridge.
"""
from harness.waiting import until

MEMBERS = [("accueil", "udp", ["PCMA"]), ("mairie", "tcp", ["PCMU"]), ("police", "udp", ["G722"]), ("ecole", "tcp", ["opus"]),
           ("voirie", "udp", ["PCMA"])]


def run(world):
    exchange = world.start_exchange()
    phones = [world.phone(account, transport=transport, codecs=codecs) for account, transport, codecs in MEMBERS]
    calls = []
    for phone in phones:
        phone.register()
        calls.append(phone.call("3000"))
        calls[-1].wait("running")
    assert [call.statistics()["codec"].upper() for call in calls] == ["PCMA", "PCMU", "G722", "OPUS", "PCMA"]
    for phone in phones:
        phone.hears([other.tone for other in phones if other is not phone], [phone.tone], seconds=20)
    assert members(exchange) == 5, exchange.rooms()
    press_keys(exchange, calls[0])
    one_leaves(exchange, phones, calls)
    for call in calls[1:]:
        call.hang_up()
        call.wait("ended")
    until(lambda: not members(exchange), 5, lambda: f"the room is empty: {exchange.rooms()}")


def members(exchange):
    return sum(len(room["members"]) for room in exchange.rooms() if room["extension"] == "3000")


def press_keys(exchange, call):
    call.digits("15#")

    def keys():
        return [member["digits"] for room in exchange.rooms() for member in room["members"] if member["caller"] == "2100"]
    until(lambda: keys() == ["15#"], 8, lambda: f"the keys reach the bridge: {exchange.rooms()}")


def one_leaves(exchange, phones, calls):
    leaver, *others = phones
    calls[0].hang_up()
    calls[0].wait("ended")
    until(lambda: members(exchange) == 4, 5, lambda: f"four are left: {exchange.rooms()}")
    for phone in others:
        phone.hears([other.tone for other in others if other is not phone], [phone.tone, leaver.tone], seconds=20)
