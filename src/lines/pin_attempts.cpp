// SPDX-License-Identifier: AGPL-3.0-or-later
#include "lines/pin_attempts.hpp"

#include <algorithm>

namespace beffroi::lines {

PinAttempts::Record& PinAttempts::at(Records& records, const std::string& name) {
    const auto now = clock_.now();
    const auto isForgiven = [now](const Record& record) {
        return now >= std::max(record.last, record.lockedUntil) + kForgiven;
    };
    if (records.size() >= kMostKnown) {
        std::erase_if(records, [&isForgiven](const auto& entry) { return isForgiven(entry.second); });
    }
    const auto [entry, isNew] = records.try_emplace(name);
    if (!isNew && isForgiven(entry->second)) entry->second = {};
    return entry->second;
}

bool PinAttempts::begin(const std::string& account, const std::string& extension) {
    auto& ofExtension = at(extensions_, extension);
    auto& atDevice = at(devices_, account);
    const auto now = clock_.now();
    if (now < ofExtension.lockedUntil || now < atDevice.lockedUntil) return false;
    count(ofExtension, kMostOfExtension);
    count(atDevice, kMostAtDevice);
    return true;
}

void PinAttempts::count(Record& record, std::uint32_t most) const {
    record.last = clock_.now();
    if (++record.wrong < most) return;
    const auto doubled = kFirstLock * (std::int64_t{1} << std::min<std::uint32_t>(record.locks, 10));
    record.lockedUntil = record.last + std::min<Clock::Duration>(doubled, kLongestLock);
    record.wrong = 0;
    ++record.locks;
}

// What begin() counted is taken back; a lock that it brought about as well.
void PinAttempts::right(const std::string& account, const std::string& extension) {
    extensions_.erase(extension);
    auto& device = at(devices_, account);
    if (device.wrong > 0) {
        --device.wrong;
    } else if (device.locks > 0) {
        --device.locks;
        device.lockedUntil = {};
        device.wrong = kMostAtDevice - 1;
    }
}

}  // namespace beffroi::lines
