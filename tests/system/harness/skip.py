# SPDX-License-Identifier: AGPL-3.0-or-later
"""For a scenario that this machine cannot run: raise Skip with the reason. It is shown, never hidden."""


class Skip(Exception):
    """Neither passed nor failed."""
