# SPDX-License-Identifier: AGPL-3.0-or-later
"""One file a figure: measure(bench) measures it and reports it."""
