// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The lines as they are while no exchange runs: what telephones have set counts, every line is idle, and an extension
// that has a device is reached by it.
// Thread: any; never changes.
#pragma once

#include "beffroi/directory.hpp"
#include "beffroi/line_states.hpp"
#include "beffroi/line_store.hpp"

#include <functional>
#include <map>
#include <string>

namespace beffroi::app {

class StoredLines final : public LineStates {
public:
    /// `directory` must outlive it.
    explicit StoredLines(const DirectorySnapshot& directory, const LineEntries& entries = {});

    [[nodiscard]] const LineSettings* settingsOf(std::string_view extension) const override;
    [[nodiscard]] const HoursOverride* overrideOf(std::string_view department, Clock::WallTime at) const override;
    [[nodiscard]] bool isBusy(std::string_view) const override { return false; }
    [[nodiscard]] bool isReachable(std::string_view extension) const override;
    [[nodiscard]] Clock::WallTime idleSince(std::string_view) const override { return {}; }
    [[nodiscard]] std::uint32_t callsOf(std::string_view) const override { return 0; }
    [[nodiscard]] std::uint32_t callsBy(std::string_view) const override { return 0; }
    [[nodiscard]] std::string_view extensionAt(std::string_view account) const override;

private:
    const DirectorySnapshot& directory_;
    std::map<std::string, LineSettings, std::less<>> settings_;
    std::map<std::string, HoursOverride, std::less<>> overrides_;
    std::map<std::string, std::string, std::less<>> logins_;  // by account
};

}  // namespace beffroi::app
