// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/feature_codes.hpp"

#include "beffroi/announcements.hpp"
#include "beffroi/feature_functions.hpp"
#include "routing/code_table.hpp"
#include "routing/dialled.hpp"
#include "routing/emergency.hpp"
#include "routing/targets.hpp"

#include <algorithm>
#include <charconv>

namespace beffroi::routing {
namespace {

using Verb = FeatureRequest::Verb;

bool isForward(std::string_view function) {
    return function == functions::kForwardAlways || function == functions::kForwardBusy ||
           function == functions::kForwardNoAnswer || function == functions::kForwardUnreachable;
}

Ending notAllowed(std::string why) { return Ending::noWay(403, std::move(why), announcements::kCodeNotAllowed); }

Ending callOn(Decision& decision, std::string_view number) {
    if (auto help = emergencyCall(decision, number)) return *help;
    return leadTo(decision, number, callersWay(decision));
}

// The exchange cannot do it, but routing can: where would a call go that is forwarded there now?
std::optional<Ending> judgeForward(const Decision& decision, const Extension& extension, std::string_view number) {
    Decision trial{decision.call, decision.world};
    Way way = callersWay(trial);
    way.visited.push_back(&extension);
    way.payer = extension.number;
    way.forwarded = true;
    way.forwards = 1;
    const auto ending = leadTo(trial, number, std::move(way));
    if (trial.circle) {
        return Ending::noWay(403, "calls that go to " + std::string{number} + " come back", announcements::kLoop);
    }
    if (ending.followed) return std::nullopt;
    return Ending::noWay(
        ending.refusal.status, ending.refusal.reason,
        ending.refusal.status == 403 ? announcements::kForwardNotAllowed : announcements::kUnknownNumber);
}

bool isMember(const DirectorySnapshot& directory, std::string_view group, std::string_view number) {
    const auto* extension = directory.extension(group);
    if (extension == nullptr || extension->kind == ExtensionKind::Phone) return false;
    return std::find(extension->members.begin(), extension->members.end(), number) != extension->members.end();
}

std::optional<Ending> askForward(const Decision& decision, const Extension& extension, const ReadCode& read,
                                 FeatureRequest& request) {
    if (request.verb != Verb::Set) return std::nullopt;
    request.argument = read.first;
    int after = 0;
    std::from_chars(read.second.data(), read.second.data() + read.second.size(), after);
    request.after = std::chrono::seconds{after};
    return judgeForward(decision, extension, read.first);
}

// Completes the request; an ending says why it is refused.
std::optional<Ending> ask(const Decision& decision, const Extension& extension, const ReadCode& read,
                          FeatureRequest& request) {
    const auto& directory = decision.world.directory;
    const auto function = read.code.function;
    if (isForward(function)) return askForward(decision, extension, read, request);
    if (function == functions::kGroup) {
        request.argument = read.first;
        if (!isMember(directory, read.first, extension.number)) {
            return notAllowed(extension.number + " is no member of the group " + read.first);
        }
    } else if (function == functions::kHours) {
        request.argument = departmentOf(directory, extension);
        if (request.argument.empty()) return notAllowed(extension.number + " belongs to no department");
    } else if (function == functions::kHotDesk) {
        const auto* device = directory.device(decision.call.callerAccount);
        if (device == nullptr || !device->hotDesk) return notAllowed("this telephone is nobody's to log in at");
        if (request.verb == Verb::Set) request.argument = read.first + '*' + read.second;
    } else if (function == functions::kCallByPin) {
        request.argument = read.first + '*' + read.second;
    }
    return std::nullopt;
}

Ending toEcho(Decision& decision, std::string_view code) {
    RouteStage stage;
    stage.targets.emplace_back(CallService{Service::Echo, std::string{code}});
    return decision.place(std::move(stage), callersWay(decision));
}

}  // namespace

std::optional<Ending> featureCode(Decision& decision, std::string_view dialled) {
    const auto& call = decision.call;
    const auto* extension = decision.world.directory.extension(call.caller);
    const bool transferred = !call.payer.empty() && call.payer != call.caller;
    if (extension == nullptr || transferred) return std::nullopt;
    const auto read = readCode(dialled, decision.world.directory);
    if (!read) {
        decision.consider(withoutPin(dialled, decision.world.directory) + " is no feature code");
        return std::nullopt;
    }
    const auto function = read->code.function;
    const auto entry = "code " + std::string{read->code.code};
    if (!read->complete) {
        decision.consider("something is missing behind the code", entry, std::string{function});
        return Ending::noWay(484, "the code is not complete", announcements::kCodeIncomplete);
    }
    decision.decide(std::string{read->code.code} + " is the code for " + std::string{function}, entry,
                    std::string{function});
    if (function == functions::kEchoTest) return toEcho(decision, beginningOf(read->code.code));
    if (function == functions::kHideNumber) {
        decision.plan.withheld = true;
        return callOn(decision, read->first);
    }
    if (function == functions::kCallByPin) {
        if (auto help = emergencyCall(decision, read->second)) return *help;
    }
    FeatureRequest request{std::string{function}, read->code.verb, call.caller};
    if (auto refused = ask(decision, *extension, *read, request)) return *refused;
    decision.plan.feature = std::move(request);
    return Ending{};
}

std::string withoutPin(std::string_view dialled, const DirectorySnapshot& directory) {
    const auto keys = readDialled(dialled).value_or(std::string{dialled});
    if (const auto read = readCode(keys, directory)) {
        const auto shown = [&read](const std::string& number) { return std::string{read->code.code} + number; };
        if (read->code.argument == CodeArgument::NumberPin) return shown(read->first);
        if (read->code.argument == CodeArgument::PinNumber) return shown(read->second);
        return std::string{dialled};
    }
    // A slip, or a code that is off: what stands behind it may be a PIN all the same.
    std::string_view begins;
    const auto look = [&](std::string_view code, std::string_view function) {
        const bool takesPin = function == functions::kHotDesk || function == functions::kCallByPin;
        if (takesPin && keys.starts_with(beginningOf(code))) begins = code;
    };
    for (const auto& code : franceCodes()) look(code.code, code.function);
    for (const auto& change : directory.codes) look(change.code, change.function);
    return std::string{begins.empty() ? dialled : begins};
}

}  // namespace beffroi::routing
