# SPDX-License-Identifier: AGPL-3.0-or-later
"""The echo test gives back what one says: a phone hears its own tone, in every codec and over UDP and TCP."""


def run(world):
    world.start_exchange()
    for transport, codecs in (("udp", ["PCMA"]), ("tcp", ["PCMU"]), ("udp", ["G722"]), ("tcp", ["opus"])):
        phone = world.phone("accueil", transport=transport, codecs=codecs, name=f"{transport}-{codecs[0]}")
        phone.register()
        call = phone.call("3999")
        call.wait("running")
        phone.hears([phone.tone], seconds=20)
        call.hang_up()
        call.wait("ended")
        phone.unregister()
