# SPDX-License-Identifier: AGPL-3.0-or-later
"""Plans that are too long to be written by hand."""
from . import digest


def town(realm="mairie.test"):
    return f'# SPDX-License-Identifier: AGPL-3.0-or-later\n\n[town]\nname = "Beffroi-sur-Test"\nrealm = "{realm}"\n'


def phones(numbers, realm="mairie.test"):
    """An extension with one device each; account and extension are the same number."""
    return "".join(f'\n[[extension]]\nnumber = "{number}"\n\n[[device]]\naccount = "{number}"\nextension = "{number}"\n'
                   f'{_secrets(number, realm)}' for number in numbers)


def room(number, kind="room"):
    return f'\n[[extension]]\nnumber = "{number}"\nkind = "{kind}"\n'


def password(number):
    """Short, so that one line of SIPp's data stays short; the plan has only its hashes."""
    return f"pw{number}"


def _secrets(number, realm):
    text = f"{number}:{realm}:{password(number)}"
    return f'ha1-sha256 = "{digest.hashed("SHA-256", text)}"\nha1-md5 = "{digest.hashed("MD5", text)}"\n'
