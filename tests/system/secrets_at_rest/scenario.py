# SPDX-License-Identifier: AGPL-3.0-or-later
"""No password is left anywhere, and the daemons work without any privilege of the kernel.

Telephones register and call, one with a wrong password, and the log tells all that it can: then no password is in the memory of
the daemons, which is what a core would hold, also after one was changed and another one made while they run. Passwords, digests
and answers to challenges are in no file but the database, which has digests for its owner alone, and in nothing that the kernel
shows of the processes. All the while the daemons have no capability and cannot gain any, and a user of their own if the test
may choose one.
"""
import os
import re
import shutil
import stat

from harness import digest

NOBODY = 65534
PASSWORDS = {"accueil": "belfry-bell-accueil", "mairie": "belfry-bell-mairie"}
LATER = "belfry-bell-of-tomorrow"
WRONG = "not-the-password-but-secret"
UNPRIVILEGED = ["setpriv", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]


def run(world):
    exchange = world.prepare_exchange(settings={"log": {"level": "debug"}})
    privileged = os.geteuid() == 0
    confine(world, exchange, privileged)
    exchange.start()
    for name in ("accueil", "mairie"):
        assert world.account(name).register().status == 200
    for algorithm in ("SHA-256", "MD5"):
        stranger = world.account("accueil", world.peer(address="127.0.0.2"), algorithm)
        stranger.password = WRONG
        assert stranger.register().status == 401
    room(world)
    daemons = {"beffroid": exchange.daemon.pid, "beffroi-bridge": exchange.bridge.pid}
    for name, pid in daemons.items():
        without_privileges(name, pid, privileged)
        nothing_secret(f"the memory of {name}", memory(pid))
    change_a_password(world, exchange)
    nothing_secret("the memory of beffroid after plan apply", memory(exchange.daemon.pid))
    made = make_a_password(world, exchange)
    assert made.encode() not in memory(exchange.daemon.pid), "a password that was made is in the memory of beffroid"
    for name, pid in daemons.items():
        for place in ("cmdline", "environ"):
            nothing_secret(f"{place} of {name}", octets_of(f"/proc/{pid}/{place}"))
    digests = stored_digests(exchange)
    for path in files(world.folder):
        if not path.endswith(".toml") and f"{os.sep}usr{os.sep}" not in path:
            nothing_secret(path, octets_of(path), [] if "beffroi.db" in path else digests)
    exported = exchange.command("plan", "export").stdout
    assert "ha1-sha256" in exported
    nothing_secret("the exported plan", exported.encode())
    modes(exchange)


def confine(world, exchange, privileged):
    """Programs and folder go to nobody; what the kernel can forbid is forbidden."""
    inside = os.path.join(world.folder, "usr")
    for name in ("beffroid", "beffroi-bridge", "beffroi"):
        os.makedirs(os.path.join(inside, "bin"), exist_ok=True)
        shutil.copy(world.programs[name], os.path.join(inside, "bin", name))
    shutil.copytree(os.path.join(os.path.dirname(world.programs["beffroi-bridge"]), "..", "share"), os.path.join(inside, "share"))
    exchange.programs = {**exchange.programs, **{name: os.path.join(inside, "bin", name) for name in os.listdir(f"{inside}/bin")}}
    exchange.plan = shutil.copy(exchange.plan, world.folder)
    exchange.write_config()
    exchange.enter = list(UNPRIVILEGED)
    if privileged:
        exchange.enter += [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        for folder, _, names in os.walk(world.folder):
            for path in [folder, *(os.path.join(folder, name) for name in names)]:
                os.chown(path, NOBODY, NOBODY)


def room(world):
    call = world.account("mairie").invite("8001")
    answer = call.final()
    assert answer.status == 200, answer
    call.acknowledge(answer)
    assert call.hang_up(answer).status == 200


def change_a_password(world, exchange):
    with open(exchange.plan) as file:
        text = file.read()
    path = world.write_plan(text.replace(PASSWORDS["accueil"], LATER), "later.toml")
    os.chmod(path, 0o644)
    result = exchange.command("plan", "apply", path)
    assert result.returncode == 0, result.stdout + result.stderr
    nothing_secret("what plan apply says", (result.stdout + result.stderr).encode())
    account = world.account("accueil")
    assert account.register().status == 401
    account.password = LATER
    assert account.register().status == 200


def make_a_password(world, exchange):
    with open(exchange.plan) as file:
        text = file.read().replace(PASSWORDS["accueil"], LATER)
    path = world.write_plan(text + '\n[[device]]\naccount = "annexe"\nextension = "2001"\n', "annexe.toml")
    os.chmod(path, 0o644)
    made, = exchange.ask("plan", "apply", path, "--generate-passwords")["passwords"]
    assert made["account"] == "annexe" and len(made["password"]) == 20, made["account"]
    return made["password"]


def octets_of(path):
    with open(path, "rb") as file:
        return file.read()


def files(folder):
    for each, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(each, name)
            if stat.S_ISREG(os.lstat(path).st_mode):
                yield path


def memory(pid):
    """Everything that the process can write to, and so may have left something in."""
    octets = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as image:
        for line in maps:
            first, last, rights = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line).groups()
            if not rights.startswith("rw") or "[v" in line:
                continue
            image.seek(int(first, 16))
            octets.append(image.read(int(last, 16) - int(first, 16)))
    assert sum(map(len, octets)) > 100_000, f"the memory of {pid} was not read"
    return b"\0".join(octets)


def stored_digests(exchange):
    """Made here; that the exchange exports those of the later passwords shows that these are the ones to look for."""
    texts = [f"{account}:{exchange.realm}:{password}" for account, password in [*PASSWORDS.items(), ("accueil", LATER)]]
    digests = [digest.hashed(algorithm, text) for algorithm in ("MD5", "SHA-256") for text in texts]
    exported = exchange.command("plan", "export").stdout
    assert len([each for each in digests if each in exported]) == 4, exported
    return digests


def nothing_secret(where, octets, digests=()):
    for secret in [*PASSWORDS.values(), LATER, WRONG, *digests]:
        assert secret.encode() not in octets, f"{secret} in {where}"
    if where.endswith(".log"):
        assert not re.search(rb'response="?[0-9a-f]{32}|nonce=|Authorization:', octets), where


def without_privileges(name, pid, privileged):
    with open(f"/proc/{pid}/status") as status:
        values = dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)
    for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(values[key], 16) == 0 or (key == "CapBnd" and not privileged), (name, key, values[key])
    assert values["NoNewPrivs"] == "1", (name, values["NoNewPrivs"])
    assert not privileged or set(values["Uid"].split()) == {str(NOBODY)}, (name, values["Uid"])


def modes(exchange):
    """For their user alone: the database with its parts, whatever the umask was."""
    found = [path for path in files(exchange.data) if "beffroi.db" in path]
    assert found, os.listdir(exchange.data)
    for path in found:
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600, (path, oct(os.stat(path).st_mode))
    for name in ("exchange.sock", "bridge.sock"):
        mode = os.stat(os.path.join(exchange.folder, name)).st_mode
        assert stat.S_IMODE(mode) & 0o007 == 0, (name, oct(mode))
