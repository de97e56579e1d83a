// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/route_execution.hpp"

#include "app/asserted_identity.hpp"
#include "base/log.hpp"
#include "country/number_class.hpp"
#include "gateway/outgoing_call.hpp"

#include <algorithm>
#include <variant>

namespace beffroi::app {
namespace {

constexpr log::Area kLog{"gateway"};

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

std::string classOf(const DialOutside& dial, const country::Country& country) {
    if (dial.emergency) return std::string{country::toString(NumberClass::Emergency)};
    const auto read = country.readFrom(dial.number, NumberFormat::E164);
    const auto* found = std::get_if<country::OutsideNumber>(&read);
    return std::string{country::toString(found == nullptr ? NumberClass::Unknown : found->numberClass)};
}

// An extension, and whatever it stands for: an alias's target, the members of a group and of the groups among them.
void addStoodFor(const DirectorySnapshot& directory, const std::string& number, std::vector<const Extension*>& all) {
    const auto* extension = directory.extension(number);
    if (extension == nullptr || std::find(all.begin(), all.end(), extension) != all.end()) return;
    all.push_back(extension);
    if (extension->kind == ExtensionKind::Alias) addStoodFor(directory, extension->target, all);
    for (const auto& member : extension->members) addStoodFor(directory, member, all);
}

}  // namespace

std::vector<std::string> groupsOf(const RoutePlan& plan) {
    std::vector<std::string> groups;
    for (const auto& stage : plan.stages) {
        for (const auto& diversion : stage.diversions) {
            if (diversion.reason != DiversionReason::Group) continue;
            if (std::find(groups.begin(), groups.end(), diversion.number) == groups.end()) {
                groups.push_back(diversion.number);
            }
        }
    }
    return groups;
}

proxy::ForkPlan RouteExecution::forkPlan(const RoutePlan& plan, const Call& call) const {
    proxy::ForkPlan fork;
    fork.secure = call.secure;
    for (const auto& from : plan.stages) {
        auto& stage = fork.stages.emplace_back();
        for (const auto& target : from.targets) {
            auto rounds = towards(target, call);
            if (stage.rounds.size() < rounds.size()) stage.rounds.resize(rounds.size());
            for (std::size_t i = 0; i < rounds.size(); ++i) {
                for (auto& branch : rounds[i]) {
                    showOutsideCaller(branch, call);
                    if (!from.diversions.empty()) branch.forwardedBy = from.diversions.back().number;
                }
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
    return outsideBy(std::get<DialOutside>(target), call);
}

// The next hops of a gateway are one branch: each is tried if those before it fail before anybody rings. Over sips the
// way is by TLS to its end or not at all, but for who needs help. Only calls go there: a REFER or a MESSAGE would make
// the operator do what no class of service was asked for.
RouteExecution::Rounds RouteExecution::outsideBy(const DialOutside& dial, const Call& call) const {
    if (!call.invite) return {};
    const auto* gateway = parts_.gateways.find(dial.gateway);
    if (gateway == nullptr) return {};
    std::vector<proxy::Branch> hops;
    for (const auto& hop : gateway::nextHops(*gateway)) {
        auto out = gateway::outgoingCall(dial, *gateway, hop, call.withheld, settings_.domain, parts_.country);
        const bool downgraded = call.secure && !dial.emergency && !out.requestUri.starts_with("sips:");
        if (out.requestUri.empty() || downgraded) continue;
        proxy::Branch branch{std::move(out.requestUri), {}, std::nullopt, dial.number};
        branch.gateway = gateway->id;
        branch.destination = dial.number;
        branch.numberClass = classOf(dial, parts_.country);
        branch.presented = out.hidden ? std::string{} : dial.presented.empty() ? gateway->number : dial.presented;
        branch.presentation = proxy::Presentation{std::move(out.from), std::move(out.to), out.hidden};
        const auto add = [&branch](const char* name, std::string value) {
            if (!value.empty()) branch.headers.push_back({name, std::move(value)});
        };
        add("P-Asserted-Identity", std::move(out.assertedIdentity));
        add("Privacy", std::move(out.privacy));
        add("Priority", std::move(out.priority));
        hops.push_back(std::move(branch));
    }
    if (hops.empty()) return {};
    log::info(kLog, "call to the outside",
              {{"gateway", gateway->id}, {"number", dial.number}, {"presented", dial.presented}});
    auto first = std::move(hops.front());
    first.others.assign(std::make_move_iterator(hops.rbegin()), std::make_move_iterator(hops.rend() - 1));
    return {{std::move(first)}};
}

// Telephones see a number that they can call back; nothing else of what the operator says.
void RouteExecution::showOutsideCaller(proxy::Branch& branch, const Call& call) const {
    if (call.outside == nullptr || branch.presentation) return;
    const auto& caller = *call.outside;
    proxy::Presentation shown{"\"Anonymous\" <sip:anonymous@anonymous.invalid>", {}, true};
    if (!caller.caller.empty()) {
        const auto number = gateway::dialBack(caller.caller, call.directory, parts_.country);
        shown = {app::identityOf(number, caller.name, settings_.domain), {}, false};
        branch.headers.push_back({"P-Asserted-Identity", shown.from});
    }
    branch.presentation = std::move(shown);
    for (auto& other : branch.others) showOutsideCaller(other, call);
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
        branch.destination = number;
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

std::vector<proxy::Branch> RouteExecution::telephonesOf(const std::string& number, const Call& call) const {
    std::vector<proxy::Branch> telephones;
    std::vector<const Extension*> all;
    addStoodFor(call.directory, number, all);
    for (const auto* each : all) {
        for (auto& round : phonesOf(each->number, call)) {
            std::move(round.begin(), round.end(), std::back_inserter(telephones));
        }
    }
    return telephones;
}

proxy::Branch RouteExecution::serviceOf(const CallService& service) const {
    if (service.service == Service::Announcement) return announcement(service.announcement, false);
    auto uri = "sip:" + service.number + '@' + settings_.bridge.toString();
    uri += service.service == Service::Room ? ";service=room" : ";service=echo";
    if (service.maximumMembers > 0) uri += ";members=" + std::to_string(service.maximumMembers);
    proxy::Branch branch{std::move(uri), {}, parts_.network.flowTo(Transport::Udp, settings_.bridge), service.number};
    branch.destination = service.number;
    return branch;
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

// Telephones show it, the bridge has no use for it; a gateway is told, in its own format, if it lets the number of
// somebody else pass: its operator asks then who answers for the call.
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
        const auto* gateway = parts_.gateways.find(branch.gateway);
        const auto outsideWriter = proxy::HistoryWriter{
            [&](std::string_view number) {
                const auto direct = call.directory.directNumberOf.find(number);
                const auto known = direct != call.directory.directNumberOf.end() ? std::string_view{direct->second}
                                   : number.starts_with('+')                     ? number
                                                                                 : std::string_view{gateway->number};
                return gateway::callingUri(known, *gateway, settings_.domain, parts_.country);
            },
            [](std::string_view) { return std::string{}; }};
        const auto target = branch.extension.empty() ? labelOf(from.targets.front()) : branch.extension;
        auto told = proxy::historyOf(from.diversions, target, branch.requestUri, place, taken,
                                     gateway == nullptr ? writer : outsideWriter);
        std::move(told.begin(), told.end(), std::back_inserter(branch.headers));
    };
    for (auto& round : stage.rounds) {
        for (auto& branch : round.branches) {
            ++place;
            const auto* gateway = parts_.gateways.find(branch.gateway);
            if (branch.extension.empty() && (gateway == nullptr || !gateway->presentsCaller)) continue;
            tell(branch);
            for (auto& other : branch.others) tell(other);
        }
    }
}

}  // namespace beffroi::app
