// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/exchange_control.hpp"

#include "app/emergency_audit.hpp"
#include "app/request_fields.hpp"
#include "app/route_explanation.hpp"
#include "base/log.hpp"
#include "base/wiping.hpp"
#include "directory/session.hpp"
#include "proxy/sqlite_call_record_store.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace beffroi::app {
namespace {

using nlohmann::json;

constexpr int kMostRecent = 10'000;
constexpr long long kLongestBan = 100LL * 365 * 86400;  // seconds
constexpr std::size_t kLongestReason = 200;

json failure(const std::string& text) { return {{"error", text}}; }

long long secondsOf(Clock::Duration duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

json timeOf(const std::optional<Clock::WallTime>& time) {
    if (!time) return nullptr;
    return std::chrono::duration_cast<std::chrono::milliseconds>(time->time_since_epoch()).count();
}

std::string_view nameOf(CallEnd end) {
    switch (end) {
        case CallEnd::Open: return "open";
        case CallEnd::CallerHungUp: return "caller hung up";
        case CallEnd::CalleeHungUp: return "callee hung up";
        case CallEnd::Refused: return "refused";
        case CallEnd::NoAnswer: return "no answer";
        case CallEnd::Cancelled: return "cancelled";
        case CallEnd::Failed: return "failed";
        case CallEnd::Interrupted: return "interrupted";
    }
    return "";
}

json describe(const CallRecord& record) {
    return {{"id", record.id},
            {"call_id", record.callId},
            {"caller", record.caller},
            {"caller_name", record.callerName},
            {"caller_account", record.callerAccount},
            {"dialled", record.dialled},
            {"answered_by", record.answeredBy},
            {"start_ms", timeOf(record.start)},
            {"ring_ms", timeOf(record.ring)},
            {"answer_ms", timeOf(record.answer)},
            {"end_ms", timeOf(record.end)},
            {"cause", nameOf(record.cause)},
            {"status", record.status},
            {"kind", record.kind == CallKind::Emergency ? "emergency" : "ordinary"},
            {"incoming_gateway", record.incomingGateway},
            {"destination", record.destination},
            {"forwarded_by", record.forwardedBy},
            {"gateway", record.gateway},
            {"number_class", record.numberClass},
            {"presented", record.presented}};
}

json describe(const directory::StoreThread::Health& health) {
    return {{"writable", health.writable},
            {"problem", health.problem},
            {"kept", health.kept},
            {"lost", health.lost},
            {"commits", health.commits},
            {"writes", health.writes},
            {"longest_commit_ms", std::chrono::duration_cast<std::chrono::milliseconds>(health.longestCommit).count()}};
}

json describe(const edge::Edge::Counters& counters) {
    return {{"datagrams_in", counters.udp.received},
            {"datagrams_out", counters.udp.sent},
            {"datagrams_not_sent", counters.udp.notSent},
            {"datagrams_unreachable", counters.udp.unreachable},
            {"keep_alives", counters.keepAlives},
            {"stun_answers", counters.stunAnswers},
            {"flows_watched", counters.watchedFlows},
            {"flows_silent", counters.silentFlows},
            {"connections", counters.open},
            {"connections_accepted", counters.streams.accepted},
            {"connections_unproven", counters.strangers},
            {"connections_opened", counters.streams.connected},
            {"connections_refused", counters.streams.refused},
            {"connections_gave_way", counters.streams.gaveWay},
            {"connections_crowded", counters.streams.crowded},
            {"connections_timed_out", counters.streams.timedOut},
            {"connections_failed", counters.streams.failed},
            {"accept_pauses", counters.acceptPauses},
            {"octets_waiting", counters.waiting},
            {"stream_messages_refused", counters.streams.messagesRefused},
            {"stream_unframable", counters.streams.unframable},
            {"stream_messages_in", counters.streams.messagesIn},
            {"stream_messages_out", counters.streams.messagesOut}};
}

json describe(const guard::Guard& guard, std::size_t bans) {
    const auto& counters = guard.counters();
    return {{"bans", bans},
            {"known_flows", guard.knownFlows()},
            {"messages_known", counters.known},
            {"messages_strangers", counters.strangers},
            {"turned_away", counters.turnedAway},
            {"dropped_over_limit", counters.overLimit},
            {"dropped_banned", counters.banned},
            {"dropped_scanners", counters.scanners},
            {"connections_closed", counters.connectionsClosed},
            {"accounts_over_limit", counters.accountsOverLimit}};
}

json describe(const guard::SecurityLog::Counters& counters) {
    json events = json::object();
    for (std::size_t kind = 0; kind < counters.size(); ++kind) {
        events[std::string{toString(static_cast<SecurityEvent::Kind>(kind))}] = counters[kind];
    }
    return events;
}

json describe(const Ban& ban, Clock::WallTime now) {
    const bool forever = ban.until == Ban::kForever;
    return {{"address", ban.range.toString()},
            {"account", ban.account},
            {"since_ms", timeOf(ban.since)},
            {"until_ms", forever ? json(nullptr) : timeOf(ban.until)},
            {"seconds_left", forever ? json(nullptr) : json(std::max(0LL, secondsOf(ban.until - now)))},
            {"reason", ban.reason},
            {"by", ban.by}};
}

json describe(const edge::tls::Tls& tls) {
    json certificates = json::array();
    for (const auto& each : tls.certificates()) {
        certificates.push_back({{"name", each.name},
                                {"file", each.file},
                                {"not_after_ms", timeOf(each.notAfter)},
                                {"days_left", each.left.count()},
                                {"warning", each.warned}});
    }
    const auto counters = tls.counters();
    return {{"certificates", certificates},
            {"handshakes", counters.handshakes},
            {"handshakes_failed", counters.failed},
            {"reloads", counters.reloads},
            {"reloads_failed", counters.reloadsFailed}};
}

}  // namespace

ExchangeControl::ExchangeControl(const std::string& socket, const Parts& parts, std::string realm,
                                 directory::PlanKnowledge knowledge)
    : parts_{parts},
      lineControl_{{parts.clock, parts.directory, parts.country, parts.lines, parts.settings}},
      plan_{{parts.loop, parts.clock, parts.store, parts.directory,
             [this](const std::shared_ptr<const DirectorySnapshot>& plan) {
                 assertOnLoop();
                 follow(plan);
             }},
            std::move(realm),
            std::move(knowledge)},
      started_{parts.clock.now()},
      server_{socket, [this](const json& request, Respond respond) {
                  const auto shared = std::make_shared<json>(request);
                  parts_.loop.post([this, shared, respond = std::move(respond)] {
                      assertOnLoop();
                      const base::Wiping wiping;
                      handle(*shared, respond);
                      *shared = nullptr;
                  });
              }} {}

void ExchangeControl::follow(const std::shared_ptr<const DirectorySnapshot>& plan) {
    parts_.registrar.keepOnly(*plan);
    parts_.guard.keepOnly(*plan);
    parts_.settings.keepOnly(plan);
}

void ExchangeControl::handle(const json& request, const Respond& respond) {
    try {
        obey(request, respond);
    } catch (const std::invalid_argument& mistake) {
        respond(failure(mistake.what()));
    }
}

void ExchangeControl::obey(const json& request, const Respond& respond) {
    const auto command = fieldOr<std::string>(request, "command", "");
    if (command == "status") return respond(status());
    if (command == "registrations") return respond(registrations());
    if (command == "calls") return calls(fieldOr(request, "recent", 0), respond);
    if (command == "bans") return respond(bans());
    if (command == "ban") return ban(request, respond);
    if (command == "unban") return unban(request, respond);
    if (command == "explain") return respond(explain(request));
    if (command == "emergency-audit") {
        const auto directory = parts_.directory.snapshot();
        return respond(emergencyAudit(*directory, parts_.country, parts_.lines, parts_.clock.wallNow()));
    }
    if (lineControl_.obey(command, request, respond)) return;
    if (plan_.obey(command, request, respond)) return;
    respond(failure("unknown command \"" + command + '"'));
}

json ExchangeControl::explain(const json& request) const {
    const auto directory = parts_.directory.snapshot();
    return explainRoute({fieldOr<std::string>(request, "number", ""), fieldOr<std::string>(request, "from", ""),
                         fieldOr<std::string>(request, "at", "")},
                        {*directory, parts_.country, parts_.lines, parts_.routing}, parts_.clock.wallNow());
}

json ExchangeControl::status() const {
    const auto directory = parts_.directory.snapshot();
    json listening = json::array();
    for (const auto& address : parts_.edge.listening()) listening.push_back(address.toString());
    const auto& auth = parts_.authenticator.counters();
    const auto& sip = parts_.transactions.counters();
    const auto load = parts_.loop.load();
    return {
        {"program", "beffroid"},
        {"version", BEFFROI_VERSION},
        {"uptime_seconds", secondsOf(parts_.clock.now() - started_)},
        {"listening", listening},
        {"plan",
         {{"revision", directory->revision},
          {"extensions", directory->extensions.size()},
          {"devices", directory->devices.size()}}},
        {"registrations", parts_.registrar.table().size()},
        {"calls", parts_.calls.size()},
        {"transactions",
         {{"server", parts_.transactions.serverTransactions()}, {"client", parts_.transactions.clientTransactions()}}},
        {"messages",
         {{"received", sip.received},
          {"refused", sip.refused},
          {"retransmissions", sip.retransmissions},
          {"stray_responses", sip.strayResponses},
          {"sent", sip.sent}}},
        {"authentication", {{"accepted", auth.accepted}, {"challenged", auth.challenged}, {"failed", auth.failed}}},
        {"guard", describe(parts_.guard, parts_.bans.list().size())},
        {"security_events", describe(parts_.securityLog.counters())},
        {"network", describe(parts_.edge.counters())},
        {"tls", parts_.edge.tls() == nullptr ? json::object() : describe(*parts_.edge.tls())},
        {"store", describe(parts_.store.health())},
        {"loop",
         {{"turns", load.turns},
          {"busy_ms", std::chrono::duration_cast<std::chrono::milliseconds>(load.busy).count()}}}};
}

json ExchangeControl::registrations() const {
    json list = json::array();
    const auto now = parts_.clock.now();
    parts_.registrar.table().forEach([&](const std::string& extension, const registrar::Binding& binding) {
        list.push_back({{"extension", extension},
                        {"account", binding.account},
                        {"contact", binding.contact},
                        {"remote", binding.flow ? binding.flow->remote.toString() : ""},
                        {"transport", binding.flow ? toString(binding.flow->transport) : ""},
                        {"user_agent", binding.userAgent},
                        {"q", binding.q / 1000.0},
                        {"expires_in", std::max(0LL, secondsOf(binding.expiresAt - now))}});
    });
    std::sort(list.begin(), list.end(), [](const json& a, const json& b) {
        return a["extension"].get_ref<const std::string&>() < b["extension"].get_ref<const std::string&>();
    });
    return {{"registrations", std::move(list)}};
}

void ExchangeControl::calls(int recent, const Respond& respond) {
    auto answer = std::make_shared<json>();
    auto& active = (*answer)["calls"] = json::array();
    for (const auto& record : parts_.calls.active()) active.push_back(describe(record));
    if (recent <= 0) return respond(std::move(*answer));
    parts_.store.run(
        [answer, recent](directory::Session& session) {
            auto& list = (*answer)["recent"] = json::array();
            for (const auto& record : proxy::SqliteCallRecordStore::recent(session, std::min(recent, kMostRecent))) {
                list.push_back(describe(record));
            }
        },
        [answer, respond](bool read) { respond(read ? *answer : failure("the database cannot be read now")); });
}

json ExchangeControl::bans() const {
    json list = json::array();
    const auto now = parts_.clock.wallNow();
    for (const auto& ban : parts_.bans.list().all()) list.push_back(describe(ban, now));
    return {{"bans", std::move(list)}};
}

void ExchangeControl::ban(const json& request, const Respond& respond) {
    const auto address = fieldOr<std::string>(request, "address", "");
    const auto range = AddressRange::parse(address);
    if (!range) return respond(failure('"' + address + "\" is neither an address nor ADDRESS/BITS"));
    if (parts_.guard.trusts(*range)) {
        return respond(failure(range->toString() + " is within guard.trusted-networks, which are never banned"));
    }
    Ban wanted;
    wanted.range = *range;
    wanted.since = parts_.clock.wallNow();
    const auto seconds = std::min(fieldOr(request, "seconds", 0LL), kLongestBan);
    wanted.until = seconds == 0 ? Ban::kForever : wanted.since + std::chrono::seconds{seconds};
    wanted.reason = fieldOr<std::string>(request, "reason", "").substr(0, kLongestReason);
    wanted.by = fieldOr<std::string>(request, "who", "").substr(0, kLongestReason);
    if (wanted.by.empty()) wanted.by = "?";  // nobody's would be one of ours
    parts_.bans.add(wanted, [this, respond, wanted](bool done) {
        assertOnLoop();
        if (!done) return respond(failure("the ban could not be kept: no room, or " + parts_.store.health().problem));
        respond({{"ban", describe(wanted, parts_.clock.wallNow())}});
    });
}

void ExchangeControl::unban(const json& request, const Respond& respond) {
    const auto address = fieldOr<std::string>(request, "address", "");
    const auto range = AddressRange::parse(address);
    if (!range) return respond(failure('"' + address + "\" is neither an address nor ADDRESS/BITS"));
    parts_.guard.forgive(*range);
    parts_.bans.remove(*range, [this, respond](std::optional<std::size_t> removed) {
        if (!removed) return respond(failure("nothing could be written: " + parts_.store.health().problem));
        respond({{"removed", *removed}});
    });
}

}  // namespace beffroi::app
