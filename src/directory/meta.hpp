// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Small values kept with the data: the plan's revision, the keys that must survive a restart.
// Thread: the session's owner's.
#pragma once

#include <string>

namespace beffroi::directory {

class Session;

/// Empty if it was never set.
[[nodiscard]] std::string meta(Session& session, const std::string& name);
void setMeta(Session& session, const std::string& name, const std::string& value);

}  // namespace beffroi::directory
