// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/feature_desk.hpp"

#include "app/department_hours.hpp"
#include "base/log.hpp"
#include "beffroi/announcements.hpp"
#include "beffroi/feature_functions.hpp"
#include "lines/feature_change.hpp"
#include "routing/opening.hpp"

#include <utility>

namespace beffroi::app {
namespace {

constexpr log::Area kLog{"features"};

using Verb = FeatureRequest::Verb;

FeatureDesk::Say say(std::string_view name, std::string_view target = {}) {
    std::string text{name};
    if (const auto digits = lines::spokenTarget(target); !digits.empty()) text += '+' + digits;
    return {std::move(text)};
}

/// Null if the extension has no person with a PIN.
const std::string* pinOf(const DirectorySnapshot& directory, std::string_view number) {
    const auto* extension = directory.extension(number);
    const auto person = extension == nullptr ? directory.people.end() : directory.people.find(extension->person);
    return person == directory.people.end() || person->second.pin.empty() ? nullptr : &person->second.pin;
}

}  // namespace

void FeatureDesk::carryOut(const FeatureRequest& request, const std::string& account, Done done) {
    const auto& function = request.function;
    if (lines::isAboutSettings(request)) return changeSettings(request, std::move(done));
    if (function == functions::kHours) return changeHours(request, account, std::move(done));
    if (function == functions::kCallByPin) return callByPin(request, account, std::move(done));
    if (function != functions::kHotDesk) return done(say(announcements::kUnknownCode));
    if (request.verb == Verb::Clear) return logOut(account, std::move(done));
    logIn(request, account, std::move(done));
}

void FeatureDesk::changeSettings(const FeatureRequest& request, Done done) {
    const auto settings = [this, extension = request.extension] {
        assertOnLoop();
        const auto* set = parts_.settings.settingsOf(extension);
        return set == nullptr ? LineSettings{} : *set;
    };
    if (lines::isQuery(request)) return done(Say{lines::spoken(request, settings())});
    parts_.settings.change(
        request.extension, [request](LineSettings& changed) { lines::obey(request, changed); },
        [request, settings, done = std::move(done)](bool saved) {
            if (!saved) return done(say(announcements::kNotSaved));
            log::info(kLog, "obeyed", {{"extension", request.extension}, {"function", request.function}});
            done(Say{lines::spoken(request, settings())});
        });
}

// By code it is for the rest of the day: what is forgotten in the evening has not closed the town next morning.
HoursOverride FeatureDesk::untilMidnight(const Department& department, bool open) const {
    const auto directory = parts_.directory.snapshot();
    const auto& zone = routing::zoneOf(*directory, routing::siteOf(*directory, department));
    const auto now = std::chrono::floor<std::chrono::seconds>(parts_.clock.wallNow());
    const auto today = std::chrono::floor<std::chrono::days>(zone.toLocal(now));
    return {open, zone.toInstant(today + std::chrono::days{1}), ""};
}

void FeatureDesk::changeHours(const FeatureRequest& request, const std::string& account, Done done) {
    const auto directory = parts_.directory.snapshot();
    const auto found = directory->departments.find(request.argument);
    if (found == directory->departments.end()) return done(say(announcements::kCodeNotAllowed));
    const auto& department = found->second;
    const auto now = parts_.clock.wallNow();
    const auto hours = hoursOf(*directory, parts_.country, parts_.lines, department, now);
    if (request.verb == Verb::Query) {
        if (hours.byHand == nullptr) return done(say(announcements::kHoursPlanned));
        return done(say(hours.open ? announcements::kHoursOpen : announcements::kHoursClosed));
    }
    const bool isByHand = parts_.lines.overrideOf(department.id, now) != nullptr;
    std::optional<HoursOverride> wanted;
    if (request.verb == Verb::Set) wanted = untilMidnight(department, false);
    if (request.verb == Verb::Toggle && !isByHand) wanted = untilMidnight(department, !hours.open);
    auto text = say(announcements::kHoursPlanned);
    if (wanted) text = say(wanted->open ? announcements::kHoursOpen : announcements::kHoursClosed);
    const std::string state = !wanted ? "planned" : wanted->open ? "open" : "closed";
    parts_.settings.setOverride(
        department.id, std::move(wanted),
        [text, state, account, by = request.extension, id = department.id, done = std::move(done)](bool saved) {
            if (!saved) return done(say(announcements::kNotSaved));
            log::info(kLog, "hours changed", {{"department", id}, {"state", state}, {"by", by}, {"account", account}});
            done(text);
        });
}

void FeatureDesk::checkPin(const std::string& account, const std::string& extension, std::string pin, const Done& done,
                           std::function<void()> right) {
    const auto directory = parts_.directory.snapshot();
    const auto* hash = pinOf(*directory, extension);
    const std::string counted = hash == nullptr ? "" : extension;  // who has no PIN shares one count
    if (!attempts_.begin(account, counted)) {
        log::warning(kLog, "too many wrong PINs", {{"account", account}, {"extension", counted}});
        return done(say(announcements::kLocked));
    }
    if (hash == nullptr) return done(say(announcements::kWrongPin));
    const auto checked = [this, account, counted, done, right = std::move(right)](bool isRight) {
        assertOnLoop();
        if (!isRight) return done(say(announcements::kWrongPin));
        attempts_.right(account, counted);
        right();
    };
    if (!parts_.pins.check(*hash, std::move(pin), checked)) done(say(announcements::kLocked));
}

void FeatureDesk::logIn(const FeatureRequest& request, const std::string& account, Done done) {
    const auto parts = lines::splitPin(request.argument);
    if (!parts) return done(say(announcements::kCodeIncomplete));
    const auto directory = parts_.directory.snapshot();
    const auto* device = directory->device(account);
    if (device == nullptr || !device->hotDesk) return done(say(announcements::kCodeNotAllowed));
    const std::string extension{parts->first};
    checkPin(account, extension, std::string{parts->second}, done, [this, account, extension, done] {
        assertOnLoop();
        parts_.settings.logIn(account, extension, [account, extension, done](bool saved) {
            if (!saved) return done(say(announcements::kNotSaved));
            log::info(kLog, "logged in", {{"account", account}, {"extension", extension}});
            done(say(announcements::kLoggedIn, extension));
        });
    });
}

void FeatureDesk::logOut(const std::string& account, Done done) {
    const auto directory = parts_.directory.snapshot();
    const auto* device = directory->device(account);
    if (device == nullptr || !device->hotDesk) return done(say(announcements::kCodeNotAllowed));
    parts_.settings.logIn(account, "", [account, own = device->extension, done = std::move(done)](bool saved) {
        if (!saved) return done(say(announcements::kNotSaved));
        log::info(kLog, "logged out", {{"account", account}});
        done(say(announcements::kLoggedOut, own));
    });
}

void FeatureDesk::callByPin(const FeatureRequest& request, const std::string& account, Done done) {
    const auto parts = lines::splitPin(request.argument);
    if (!parts) return done(say(announcements::kCodeIncomplete));
    checkPin(account, request.extension, std::string{parts->first}, done,
             [done, number = std::string{parts->second}] { done(CallOn{number}); });
}

}  // namespace beffroi::app
