# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a system test needs around it: the real daemons in a folder of their own, phones, SIPp, hand-made SIP and RTP."""
