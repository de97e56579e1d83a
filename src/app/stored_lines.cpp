// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/stored_lines.hpp"

namespace beffroi::app {

StoredLines::StoredLines(const DirectorySnapshot& directory, const LineEntries& entries) : directory_{directory} {
    settings_.insert(entries.lines.begin(), entries.lines.end());
    for (const auto& [account, extension] : entries.logins) {
        logins_.emplace(account, extension);
        settings_[extension].loggedInAt.push_back(account);
    }
    for (const auto& [department, hours] : entries.overrides) {
        if (hours) overrides_.emplace(department, *hours);
    }
}

const LineSettings* StoredLines::settingsOf(std::string_view extension) const {
    const auto found = settings_.find(extension);
    return found == settings_.end() ? nullptr : &found->second;
}

const HoursOverride* StoredLines::overrideOf(std::string_view department, Clock::WallTime at) const {
    const auto found = overrides_.find(department);
    const bool counts = found != overrides_.end() && (!found->second.until || *found->second.until > at);
    return counts ? &found->second : nullptr;
}

bool StoredLines::isReachable(std::string_view number) const {
    const auto* settings = settingsOf(number);
    if (settings != nullptr && !settings->loggedInAt.empty()) return true;
    const auto* extension = directory_.extension(number);
    return extension != nullptr && !extension->devices.empty();
}

std::string_view StoredLines::extensionAt(std::string_view account) const {
    const auto found = logins_.find(account);
    return found == logins_.end() ? std::string_view{} : std::string_view{found->second};
}

}  // namespace beffroi::app
