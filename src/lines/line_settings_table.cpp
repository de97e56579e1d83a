// SPDX-License-Identifier: AGPL-3.0-or-later
#include "lines/line_settings_table.hpp"

#include <algorithm>
#include <utility>

namespace beffroi::lines {
namespace {

bool isWithinLimits(const LineSettings& settings) {
    const auto& forwards = settings.forwards;
    for (const auto* target :
         {&forwards.always, &forwards.busy, &forwards.noAnswer, &forwards.unreachable, &forwards.closed}) {
        if (target->size() > kLongestTarget) return false;
    }
    return settings.leftGroups.size() <= kMostLeftGroups;
}

bool isHotDesk(const DirectorySnapshot& directory, std::string_view account) {
    const auto* device = directory.device(account);
    return device != nullptr && device->hotDesk;
}

bool hasPassed(const HoursOverride& hours, Clock::WallTime at) { return hours.until && *hours.until <= at; }

template <typename Entries>
void sortByName(Entries& entries) {
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}

}  // namespace

void LineSettingsTable::restore(const LineEntries& kept, std::shared_ptr<const DirectorySnapshot> directory) {
    adopt(kept);
    keepOnly(std::move(directory));
}

void LineSettingsTable::keepOnly(std::shared_ptr<const DirectorySnapshot> directory) {
    if (directory_) noteHandedOver(*directory);
    directory_ = std::move(directory);
    // What is being written stands in no row that we know: a row written now would undo it on disk.
    replanned_ = writing_;
    if (writing_) return;
    dropOutdated();
    handedOver_.clear();
}

void LineSettingsTable::dropOutdated() {
    auto gone = outdated();
    if (gone.empty()) return;
    adopt(gone);
    store_.commit(std::move(gone), {});
}

// A number of another person has nothing of the former one's: no forward to a private telephone, no login.
void LineSettingsTable::noteHandedOver(const DirectorySnapshot& next) {
    for (const auto& [number, before] : directory_->extensions) {
        const auto* now = next.extension(number);
        if (now != nullptr && now->person != before.person) handedOver_.insert(number);
    }
}

const LineSettings* LineSettingsTable::settingsOf(std::string_view extension) const {
    const auto found = lines_.find(extension);
    return found == lines_.end() ? nullptr : &found->second;
}

const HoursOverride* LineSettingsTable::overrideOf(std::string_view department, Clock::WallTime at) const {
    const auto found = overrides_.find(department);
    return found == overrides_.end() || hasPassed(found->second, at) ? nullptr : &found->second;
}

std::string_view LineSettingsTable::extensionAt(std::string_view account) const {
    const auto found = logins_.find(account);
    return found == logins_.end() ? std::string_view{} : std::string_view{found->second};
}

LineSettings& LineSettingsTable::drafted(Draft& draft, const std::string& extension) const {
    const auto [entry, isNew] = draft.lines.try_emplace(extension);
    if (const auto* settings = isNew ? settingsOf(extension) : nullptr; settings != nullptr) entry->second = *settings;
    return entry->second;
}

void LineSettingsTable::change(std::string extension, Edit edit, Done done) {
    enqueue({[this, extension = std::move(extension), edit = std::move(edit)](Draft& draft) {
                 assertOnLoop();
                 if (directory_->extension(extension) == nullptr) return false;
                 auto& settings = drafted(draft, extension);
                 auto changed = settings;
                 edit(changed);
                 if (!isWithinLimits(changed)) return false;
                 settings = std::move(changed);
                 return true;
             },
             std::move(done)});
}

void LineSettingsTable::logIn(std::string account, std::string extension, Done done) {
    enqueue({[this, account = std::move(account), extension = std::move(extension)](Draft& draft) {
                 assertOnLoop();
                 const bool isOut = extension.empty();
                 if (!isOut && (!isHotDesk(*directory_, account) || directory_->extension(extension) == nullptr)) {
                     return false;
                 }
                 draft.logins[account] = extension;
                 return true;
             },
             std::move(done)});
}

void LineSettingsTable::setOverride(std::string department, std::optional<HoursOverride> wanted, Done done) {
    enqueue({[this, department = std::move(department), wanted = std::move(wanted)](Draft& draft) {
                 assertOnLoop();
                 if (directory_->departments.find(department) == directory_->departments.end()) return false;
                 draft.overrides[department] = wanted;
                 return true;
             },
             std::move(done)});
}

void LineSettingsTable::enqueue(Job job) {
    if (waiting_.size() >= kMostWaiting) return job.done(false);
    waiting_.push_back(std::move(job));
    if (!writing_) writeNext();
}

// All that waits goes in one commit. What cannot be done is answered at once, and takes nobody with it.
void LineSettingsTable::writeNext() {
    Draft draft;
    std::vector<Done> possible;
    std::vector<Done> impossible;
    for (auto& job : std::exchange(waiting_, {})) {
        (job.edit(draft) ? possible : impossible).push_back(std::move(job.done));
    }
    if (!possible.empty()) {
        writing_ = true;
        LineEntries change;
        change.lines.assign(draft.lines.begin(), draft.lines.end());
        change.logins.assign(draft.logins.begin(), draft.logins.end());
        change.overrides.assign(draft.overrides.begin(), draft.overrides.end());
        auto copy = change;
        store_.commit(std::move(copy),
                      [this, change = std::move(change), possible = std::move(possible)](bool durable) {
                          assertOnLoop();
                          if (durable) adopt(change);
                          if (replanned_) dropOutdated();
                          handedOver_.clear();
                          writing_ = replanned_ = false;
                          for (const auto& done : possible) done(durable);
                          if (!writing_ && !waiting_.empty()) writeNext();
                      });
    }
    for (const auto& done : impossible) done(false);
}

void LineSettingsTable::adopt(const LineEntries& change) {
    for (const auto& [extension, settings] : change.lines) {
        auto& ours = lines_[extension];
        auto loggedInAt = std::move(ours.loggedInAt);
        ours = settings;
        ours.loggedInAt = std::move(loggedInAt);
        dropUnset(extension);
    }
    for (const auto& [account, extension] : change.logins) adoptLogin(account, extension);
    for (const auto& [department, hours] : change.overrides) {
        if (hours) {
            overrides_[department] = *hours;
        } else {
            overrides_.erase(department);
        }
    }
}

void LineSettingsTable::adoptLogin(const std::string& account, const std::string& extension) {
    if (const auto before = logins_.find(account); before != logins_.end()) {
        const auto left = std::move(before->second);
        logins_.erase(before);
        std::erase(lines_[left].loggedInAt, account);
        dropUnset(left);
    }
    if (extension.empty()) return;
    logins_[account] = extension;
    lines_[extension].loggedInAt.push_back(account);
}

void LineSettingsTable::dropUnset(const std::string& extension) {
    const auto found = lines_.find(extension);
    if (found != lines_.end() && found->second == LineSettings{}) lines_.erase(found);
}

LineEntries LineSettingsTable::outdated() const {
    LineEntries gone;
    for (const auto& [extension, settings] : lines_) {
        if (directory_->extension(extension) == nullptr || handedOver_.contains(extension)) {
            gone.lines.emplace_back(extension, LineSettings{});
            continue;
        }
        auto kept = settings;
        const auto left = std::erase_if(
            kept.leftGroups, [this](const std::string& group) { return directory_->extension(group) == nullptr; });
        if (left > 0) gone.lines.emplace_back(extension, std::move(kept));
    }
    for (const auto& [account, extension] : logins_) {
        const bool known = directory_->extension(extension) != nullptr && !handedOver_.contains(extension);
        if (!known || !isHotDesk(*directory_, account)) {
            gone.logins.emplace_back(account, "");
        }
    }
    for (const auto& [department, hours] : overrides_) {
        const bool known = directory_->departments.find(department) != directory_->departments.end();
        if (!known || hasPassed(hours, clock_.wallNow())) gone.overrides.emplace_back(department, std::nullopt);
    }
    return gone;
}

LineEntries LineSettingsTable::all() const {
    LineEntries entries;
    entries.lines.assign(lines_.begin(), lines_.end());
    entries.logins.assign(logins_.begin(), logins_.end());
    for (const auto& [department, hours] : overrides_) {
        if (!hasPassed(hours, clock_.wallNow())) entries.overrides.emplace_back(department, hours);
    }
    sortByName(entries.lines);
    sortByName(entries.logins);
    sortByName(entries.overrides);
    return entries;
}

}  // namespace beffroi::lines
