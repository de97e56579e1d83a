# SPDX-License-Identifier: AGPL-3.0-or-later
"""A plan file with mistakes: each is named with its place, nothing of the plan is taken, and the exchange goes on.

Online and offline alike. A good plan is in force at once, and a device that it leaves out cannot register any more.
"""
TOWN = '[town]\nname = "Beffroi-sur-Test"\nrealm = "mairie.test"\n'
GOOD = '[[extension]]\nnumber = "2100"\n[[device]]\naccount = "accueil"\nextension = "2100"\npassword = "belfry-bell-accueil"\n'
MISTAKES = [
    ("syntax", TOWN + "[[extension]\n", ":4:"),
    ("unknown key", TOWN + GOOD + '[[extension]]\nnumbr = "2101"\n', "did you mean"),
    ("no such extension", TOWN + GOOD + '[[device]]\naccount = "x"\nextension = "2999"\npassword = "a-long-password"\n', "2999"),
    ("twice", TOWN + GOOD + '[[extension]]\nnumber = "2100"\n', "2100"),
    ("emergency number", TOWN + GOOD + '[[extension]]\nnumber = "112"\n', "emergency"),
    ("weak password", TOWN + GOOD + '[[extension]]\nnumber = "2101"\n[[device]]\naccount = "y"\nextension = "2101"\n'
                                    'password = "short"\n', "password"),
    ("another realm", TOWN.replace("mairie.test", "elsewhere.test") + GOOD, "realm"),
    ("not text", "\x00\xff\x00", ""),
]


def run(world):
    exchange = world.start_exchange(bridge=False)
    account = world.account("accueil")
    assert account.register().status == 200
    in_force = exchange.command("plan", "export").stdout
    assert "2100" in in_force
    refused(world, exchange)
    missing = exchange.command("plan", "apply", "no-such-file.toml")
    assert missing.returncode > 0 and "no-such-file.toml" in missing.stderr, missing
    assert exchange.command("plan", "export").stdout == in_force
    assert account.register().status == 200
    exchange.daemon.stop()
    refused(world, exchange, "--offline")
    exchange.start_daemon()
    assert exchange.command("plan", "export").stdout == in_force
    good_plan(world, exchange, account)


def refused(world, exchange, *how):
    for name, text, expected in MISTAKES:
        path = world.write_plan(text, "broken.toml")
        result = exchange.command("plan", "apply", path, *how)
        assert result.returncode > 0, (name, how, result)
        assert "broken.toml" in result.stderr and expected in result.stderr, (name, how, result)


def good_plan(world, exchange, account):
    path = world.write_plan(TOWN + '[[extension]]\nnumber = "2105"\n[[device]]\naccount = "neuf"\nextension = "2105"\n'
                                   'password = "belfry-bell-neuf"\n', "good.toml")
    assert exchange.command("plan", "apply", path, "--dry-run").returncode == 0
    assert account.register().status == 200, "a dry run changes nothing"
    applied = exchange.command("plan", "apply", path)
    assert applied.returncode == 0, applied
    assert account.register().status == 401
    assert not exchange.registrations(), "who left the plan is no longer registered"
    world.use_plan(path)
    assert world.account("neuf").register().status == 200
