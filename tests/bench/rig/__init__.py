# SPDX-License-Identifier: AGPL-3.0-or-later
"""Servers and loads of the measurements; what the system tests have already comes from tests/system/harness."""
