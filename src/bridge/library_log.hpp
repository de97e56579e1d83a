// SPDX-License-Identifier: AGPL-3.0-or-later
//
// belle-sip, oRTP and mediastreamer2 speak through bctoolbox's log. Only their errors are worth a line in ours.
// Thread: main, before any other starts.
#pragma once

namespace beffroi::bridge {

void routeLibraryLogs();

}  // namespace beffroi::bridge
