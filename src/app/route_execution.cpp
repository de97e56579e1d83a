// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/route_execution.hpp"

#include "app/asserted_identity.hpp"

#include <algorithm>
#include <variant>

namespace beffroi::app {
namespace {

// RFC 3261 §19.1.1: the header fields of a contact are for who composes a request, and have no place in its first line.
std::string requestUriOf(const std::string& contact) {
    const auto uri = sip::parseUri(contact);
    const auto headers = uri && !uri->headers.empty() ? uri->headers.size() + 1 : 0;
    return contact.substr(0, contact.size() - headers);
}

// Whose telephone it is now: somebody may have logged in there.
bool isAt(const LineStates* lines, const std::string& account, std::string_view number, std::string_view own) {
    const auto guest = lines == nullptr ? std::string_view{} : lines->extensionAt(account);
    return (guest.empty() ? own : guest) == number;
}

std::string labelOf(const RouteTarget& target) {
    if (const auto* phones = std::get_if<RingExtension>(&target)) return phones->number;
    if (const auto* service = std::get_if<CallService>(&target)) return service->number;
    return std::get<DialOutside>(target).number;
}

}  // namespace

proxy::ForkPlan RouteExecution::forkPlan(const RoutePlan& plan, const Call& call) const {
    proxy::ForkPlan fork;
    fork.secure = call.secure;
    for (const auto& from : plan.stages) {
        auto& stage = fork.stages.emplace_back();
        for (const auto& target : from.targets) {
            auto rounds = towards(target, call);
            if (stage.rounds.size() < rounds.size()) stage.rounds.resize(rounds.size());
            for (std::size_t i = 0; i < rounds.size(); ++i) {
                auto& branches = stage.rounds[i].branches;
                std::move(rounds[i].begin(), rounds[i].end(), std::back_inserter(branches));
            }
        }
        for (auto& round : stage.rounds) round.timeout = from.timeout;
        stage.shared = from.shared;
        if (!call.invite) return fork;
        stage.ifBusy = from.ifBusy;
        stage.ifNoAnswer = from.ifNoAnswer;
        stage.ifUnreachable = from.ifUnreachable;
        if (call.historyWanted) tellHistory(stage, from, call);
    }
    return fork;
}

RouteExecution::Rounds RouteExecution::towards(const RouteTarget& target, const Call& call) const {
    if (const auto* phones = std::get_if<RingExtension>(&target)) return phonesOf(phones->number, call);
    if (const auto* service = std::get_if<CallService>(&target)) {
        auto branch = serviceOf(*service);
        if (!service->number.empty()) branch.identity = identityOf(call.directory, service->number);
        return {{std::move(branch)}};
    }
    return {};
}

// Equal q ring together, lower q after them (RFC 3261 §16.6). A phone that calls its own number does not ring itself,
// and a secure call rings those alone that are reached by TLS; the bridge is on this machine.
// Of several flows of one phone the latest is tried, the others only if it fails (RFC 5626 §7).
RouteExecution::Rounds RouteExecution::phonesOf(const std::string& number, const Call& call) const {
    const auto& table = parts_.registrar.table();
    auto bindings = table.live(number);
    const auto elsewhere = [&](const registrar::Binding* binding) {
        return !isAt(call.lines, binding->account, number, number);
    };
    bindings.erase(std::remove_if(bindings.begin(), bindings.end(), elsewhere), bindings.end());
    if (const auto* settings = call.lines == nullptr ? nullptr : call.lines->settingsOf(number)) {
        for (const auto& account : settings->loggedInAt) {
            const auto* device = call.directory.device(account);
            if (device == nullptr || device->extension == number) continue;
            for (const auto* binding : table.live(device->extension)) {
                if (binding->account == account) bindings.push_back(binding);
            }
        }
        std::stable_sort(bindings.begin(), bindings.end(), [](const auto* a, const auto* b) { return a->q > b->q; });
    }

    Rounds rounds;
    const auto identity = identityOf(call.directory, number);
    struct Phone {
        const registrar::Binding* binding;
        std::size_t round;
        std::size_t branch;
    };
    std::vector<Phone> phones;
    for (const auto* binding : bindings) {
        if (binding->account == call.callerAccount) continue;
        if (call.secure && (!binding->flow || binding->flow->transport != Transport::Tls)) continue;
        proxy::Branch branch{requestUriOf(binding->contact), binding->path, binding->flow,
                             number + " (" + binding->account + ')', identity};
        branch.extension = number;
        branch.account = binding->account;
        const auto same = std::find_if(phones.begin(), phones.end(), [binding](const Phone& phone) {
            return registrar::sameInstance(*phone.binding, *binding);
        });
        if (same != phones.end()) {
            auto& others = rounds[same->round][same->branch].others;
            others.insert(others.begin(), std::move(branch));
            continue;
        }
        if (phones.empty() || phones.back().binding->q != binding->q) rounds.emplace_back();
        rounds.back().push_back(std::move(branch));
        phones.push_back({binding, rounds.size() - 1, rounds.back().size() - 1});
    }
    return rounds;
}

proxy::Branch RouteExecution::serviceOf(const CallService& service) const {
    if (service.service == Service::Announcement) return announcement(service.announcement, false);
    auto uri = "sip:" + service.number + '@' + settings_.bridge.toString();
    uri += service.service == Service::Room ? ";service=room" : ";service=echo";
    if (service.maximumMembers > 0) uri += ";members=" + std::to_string(service.maximumMembers);
    return {std::move(uri), {}, parts_.network.flowTo(Transport::Udp, settings_.bridge), service.number};
}

proxy::Branch RouteExecution::announcement(const std::string& text, bool early) const {
    auto uri = "sip:announcement@" + settings_.bridge.toString() + ";service=announcement;say=" + text;
    if (early) uri += ";early";
    return {std::move(uri), {}, parts_.network.flowTo(Transport::Udp, settings_.bridge), "announcement " + text};
}

std::string RouteExecution::identityOf(const DirectorySnapshot& directory, const std::string& number) const {
    const auto* extension = directory.extension(number);
    return app::identityOf(number, extension == nullptr ? "" : extension->label, settings_.domain);
}

// Telephones show it; the bridge has no use for it.
void RouteExecution::tellHistory(proxy::ForkStage& stage, const RouteStage& from, const Call& call) const {
    static const proxy::TakenHistory kNothing;
    const auto& taken = call.history == nullptr ? kNothing : *call.history;
    if (from.targets.empty()) return;
    const proxy::HistoryWriter writer{
        [this](std::string_view number) { return "sip:" + std::string{number} + '@' + settings_.domain; },
        [&call](std::string_view number) {
            const auto* extension = call.directory.extension(number);
            return extension == nullptr || extension->label.empty() ? std::string{} : quotedName(extension->label);
        }};
    std::size_t place = 0;
    const auto tell = [&](proxy::Branch& branch) {
        const auto target = branch.extension.empty() ? labelOf(from.targets.front()) : branch.extension;
        branch.headers = proxy::historyOf(from.diversions, target, branch.requestUri, place, taken, writer);
    };
    for (auto& round : stage.rounds) {
        for (auto& branch : round.branches) {
            ++place;
            if (branch.extension.empty()) continue;
            tell(branch);
            for (auto& other : branch.others) tell(other);
        }
    }
}

}  // namespace beffroi::app
