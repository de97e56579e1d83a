# SPDX-License-Identifier: AGPL-3.0-or-later
"""The town that is measured: 10,000 extensions with one telephone each."""
import os

from harness import plans

REALM = "mairie.test"
NUMBERS = range(10000, 20000)
CALLEES_FROM = 15000  # number n calls n + 5000


def write_plan(folder):
    path = os.path.join(folder, "plan.toml")
    with open(path, "w") as file:
        file.write(plans.town(REALM) + plans.phones(NUMBERS, REALM) + plans.room("8000"))
    return path


def write_users(folder, numbers, name):
    """For SIPp: number; credentials; who is called."""
    path = os.path.join(folder, f"{name}.csv")
    with open(path, "w") as file:
        file.write("SEQUENTIAL\n")
        file.writelines(f"{number};[authentication username={number} password={plans.password(number)}];{number + 5000};\n"
                        for number in numbers)
    return path
