// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where is kept what telephones have set, so that a forward that was confirmed survives kill -9 and a power cut.
// The interface is called on the loop and never waits; the work is the store thread's.
#pragma once

#include "beffroi/line_states.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace beffroi {

/// What is set, or what has become of it in a change; each extension, account and department at most once.
struct LineEntries {
    /// By extension. One that equals a new LineSettings is not kept; `loggedInAt` is not looked at.
    std::vector<std::pair<std::string, LineSettings>> lines;
    /// By account of the device: the extension that has logged in; empty: none any more.
    std::vector<std::pair<std::string, std::string>> logins;
    /// By department; nothing: none any more.
    std::vector<std::pair<std::string, std::optional<HoursOverride>>> overrides;

    [[nodiscard]] bool empty() const noexcept { return lines.empty() && logins.empty() && overrides.empty(); }
};

class LineStore {
public:
    /// Called on the loop thread; false if the change could not be made durable.
    using Committed = std::function<void(bool)>;

    virtual ~LineStore() = default;

    /// Writes all of `change` or nothing, then calls `done`. Without `done` it is repeated until it succeeds.
    virtual void commit(LineEntries change, Committed done) = 0;
};

}  // namespace beffroi
