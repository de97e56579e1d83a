// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What telephones and administrators have set and no plan says: forwards, do-not-disturb, groups that were left, who
// has logged in at which hot-desk device, hours that are overridden. A change is in force, and confirmed, once it is on
// disk; changes that come while one is being written are written together after it, each on top of those before. Only
// what the plan knows has entries, which bounds them; entries of what a new plan has no more, or has given to another
// person, go with it. Thread: loop.
#pragma once

#include "beffroi/directory.hpp"
#include "beffroi/line_states.hpp"
#include "beffroi/line_store.hpp"
#include "beffroi/thread_roles.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::lines {

inline constexpr std::size_t kLongestTarget = 64;   // of a forward, in octets
inline constexpr std::size_t kMostLeftGroups = 64;  // of an extension
inline constexpr std::size_t kMostWaiting = 1000;   // changes, for all telephones together

class LineSettingsTable {
public:
    /// True once the change is on disk and in force; false if nothing was changed.
    using Done = std::function<void(bool)>;
    using Edit = std::function<void(LineSettings&)>;

    LineSettingsTable(const Clock& clock, LineStore& store) : clock_{clock}, store_{store} {}

    /// At the start: what was kept, as far as the plan still has it.
    void restore(const LineEntries& kept, std::shared_ptr<const DirectorySnapshot> directory) BEFFROI_ON_LOOP;
    /// A new plan is in force.
    void keepOnly(std::shared_ptr<const DirectorySnapshot> directory) BEFFROI_ON_LOOP;

    // As in LineStates.
    [[nodiscard]] const LineSettings* settingsOf(std::string_view extension) const BEFFROI_ON_LOOP;
    [[nodiscard]] const HoursOverride* overrideOf(std::string_view department,
                                                  Clock::WallTime at) const BEFFROI_ON_LOOP;
    [[nodiscard]] std::string_view extensionAt(std::string_view account) const BEFFROI_ON_LOOP;

    /// `edit` may be called later, on what the changes before it have left; it leaves `loggedInAt` alone. False as well
    /// if the plan has no such extension, or if the result is beyond the limits above.
    void change(std::string extension, Edit edit, Done done) BEFFROI_ON_LOOP;
    /// From now on the device is this extension's and nobody else's; an empty one: its own again.
    void logIn(std::string account, std::string extension, Done done) BEFFROI_ON_LOOP;
    /// Nothing: the hours of the plan again.
    void setOverride(std::string department, std::optional<HoursOverride> wanted, Done done) BEFFROI_ON_LOOP;

    /// Everything that is set, sorted by name: for the administrator.
    [[nodiscard]] LineEntries all() const BEFFROI_ON_LOOP;

private:
    /// What a group of changes makes of the entries that it touches.
    struct Draft {
        std::map<std::string, LineSettings> lines;
        std::map<std::string, std::string> logins;
        std::map<std::string, std::optional<HoursOverride>> overrides;
    };
    struct Job {
        std::function<bool(Draft&)> edit;  // false: not possible, and the draft is as it was
        Done done;
    };

    void enqueue(Job job) BEFFROI_ON_LOOP;
    void writeNext() BEFFROI_ON_LOOP;
    void adopt(const LineEntries& change) BEFFROI_ON_LOOP;
    void adoptLogin(const std::string& account, const std::string& extension) BEFFROI_ON_LOOP;
    void dropUnset(const std::string& extension) BEFFROI_ON_LOOP;
    void dropOutdated() BEFFROI_ON_LOOP;
    void noteHandedOver(const DirectorySnapshot& next) BEFFROI_ON_LOOP;
    [[nodiscard]] LineSettings& drafted(Draft& draft, const std::string& extension) const BEFFROI_ON_LOOP;
    /// What the plan in force, or time, has made void.
    [[nodiscard]] LineEntries outdated() const BEFFROI_ON_LOOP;

    const Clock& clock_;
    LineStore& store_;
    std::shared_ptr<const DirectorySnapshot> directory_;
    DirectorySnapshot::ByName<LineSettings> lines_;
    DirectorySnapshot::ByName<std::string> logins_;  // by account
    DirectorySnapshot::ByName<HoursOverride> overrides_;
    std::set<std::string, std::less<>> handedOver_;  // numbers that were given to another person while writing
    std::vector<Job> waiting_;
    bool writing_ = false;
    bool replanned_ = false;  // while writing
};

}  // namespace beffroi::lines
