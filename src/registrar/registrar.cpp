// SPDX-License-Identifier: AGPL-3.0-or-later
#include "registrar/registrar.hpp"

#include "base/log.hpp"
#include "registrar/outbound.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <utility>

namespace beffroi::registrar {
namespace {

constexpr log::Area kLog{"registrar"};
constexpr auto kGraceAfterRestart = std::chrono::seconds{60};
constexpr auto kSweepInterval = std::chrono::seconds{1};
constexpr std::size_t kMostWaiting = 32;  // for one extension: more is nobody's telephone

using Kind = SecurityEvent::Kind;
using std::chrono::seconds;

// RFC 3261 §20.17: "Sat, 13 Nov 2010 23:29:00 GMT". Telephones without a time server set their clock by it.
std::string dateText(Clock::WallTime time) {
    constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<seconds>(time - day)};
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  kDays[std::chrono::weekday{day}.c_encoding()], unsigned{date.day()},
                  kMonths[unsigned{date.month()} - 1], int{date.year()}, static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return text.data();
}

sip::Message laterPlease(const sip::Message& request, std::string_view toTag, std::string_view reason) {
    auto answer = sip::Message::answer(request, 500, toTag, reason);
    answer.add("Retry-After", "30");
    return answer;
}

}  // namespace

Registrar::Registrar(Scheduler& scheduler, Network& network, BindingStore& store, RegistrarSettings settings)
    : clock_{scheduler.clock()},
      network_{network},
      store_{store},
      settings_{std::move(settings)},
      table_{scheduler.clock()},
      watched_{network, table_, settings_.flowTimer},
      sweepTimer_{scheduler, [this] { sweep(); }} {
    sweepTimer_.start(kSweepInterval);
}

void Registrar::handle(const sip::Message& request, const Flow& flow, const Device& device, std::string_view toTag,
                       const std::function<bool(std::string_view host)>& ownDomain, Reply reply) {
    const auto refuse = [&](const Refusal& refusal) {
        log::debug(kLog, "registration refused",
                   {{"account", device.account}, {"status", refusal.status}, {"reason", refusal.reason}});
        auto answer = sip::Message::answer(request, refusal.status, toTag);
        if (refusal.status == 420) answer.add("Unsupported", "path");
        if (refusal.status == 423) answer.add("Min-Expires", std::to_string(settings_.minimumExpires.count()));
        reply(std::move(answer), refusal.concern());
    };
    const auto& uri = request.to().uri;
    if (!uri.isSip()) return refuse(malformed("To is no SIP address"));
    if (!ownDomain(uri.host) || !ownDomain(request.requestUri().host)) {
        return refuse({404, "not a domain of ours", Kind::RequestNotAllowed});
    }
    const auto user = uri.userUnescaped();
    if (user != device.extension && user != device.account) {
        return refuse({403, "third-party registration", Kind::RequestNotAllowed});
    }
    auto result = readRegister(request, flow, network_.localAddress(flow), device, settings_);
    if (const auto* refusal = std::get_if<Refusal>(&result)) return refuse(*refusal);
    auto& asked = std::get<Asked>(result);
    const auto busy = waiting_.find(device.extension);
    if (busy == waiting_.end()) return process(device.extension, request, asked, toTag, reply);
    if (busy->second.size() >= kMostWaiting) {
        return reply(laterPlease(request, toTag, "Too Many Registrations Wait"), std::nullopt);
    }
    // The request outlives this call: it is shared with the task that waits.
    const auto kept = std::make_shared<const sip::Message>(request.share());
    busy->second.push_back([this, extension = device.extension, kept, asked = std::move(asked),
                            tag = std::string{toTag}, reply = std::move(reply)] {
        assertOnLoop();
        process(extension, *kept, asked, tag, reply);
    });
}

void Registrar::process(const std::string& extension, const sip::Message& request, const Asked& asked,
                        std::string_view toTag, const Reply& reply) {
    auto result = BindingChange{asked, clock_.now(), nextId_}.applyTo(table_.of(extension), settings_.maximumContacts);
    if (const auto* refusal = std::get_if<Refusal>(&result)) {
        log::debug(kLog, "registration refused", {{"extension", extension}, {"reason", refusal->reason}});
        return reply(sip::Message::answer(request, refusal->status, toTag, refusal->reason), refusal->concern());
    }
    auto& change = std::get<Change>(result);
    if (change.needsCommit()) {
        return commit(extension, request, asked, std::move(change), std::string{toTag}, reply);
    }
    if (!change.renewed.empty()) {
        for (const auto& binding : change.bindings) {
            if (std::find(change.renewed.begin(), change.renewed.end(), binding.id) == change.renewed.end()) continue;
            const auto left = std::chrono::duration_cast<Clock::WallTime::duration>(binding.expiresAt - clock_.now());
            store_.renewed(binding.id, binding.callId, binding.cseq, clock_.wallNow() + left);
        }
        replace(extension, std::move(change.bindings));
    }
    reply(accepted(extension, request, asked, toTag), std::nullopt);
}

void Registrar::commit(const std::string& extension, const sip::Message& request, const Asked& asked, Change change,
                       std::string toTag, Reply reply) {
    std::vector<StoredBinding> rows;
    for (const auto& binding : change.bindings) {
        if (change.touches(binding.id)) rows.push_back(stored(extension, binding));
    }
    waiting_.try_emplace(extension);
    const auto kept = std::make_shared<const sip::Message>(request.share());
    const auto shared = std::make_shared<Change>(std::move(change));
    auto removed = shared->removed;
    store_.commit(
        std::move(rows), std::move(removed),
        [this, extension, kept, shared, asked, tag = std::move(toTag), reply = std::move(reply)](bool durable) {
            assertOnLoop();
            if (durable) {
                committed(extension, std::move(shared->bindings));
                reply(accepted(extension, *kept, asked, tag), std::nullopt);
            } else {
                reply(laterPlease(*kept, tag, "Registration Not Stored"), std::nullopt);
            }
            finished(extension);
        });
}

// A connection may have closed while its binding was on the way to the disk, when the table did not know it.
void Registrar::committed(const std::string& extension, std::vector<Binding> bindings) {
    std::vector<Flow> closed;
    for (const auto& binding : bindings) {
        const bool connected = binding.flow && isReliable(binding.flow->transport) && binding.flow->connection != 0;
        if (connected && !network_.alive(*binding.flow)) {
            closed.push_back(*binding.flow);
        }
    }
    replace(extension, std::move(bindings));
    for (const auto& flow : closed) flowFailed(flow);
}

void Registrar::finished(const std::string& extension) {
    const auto queue = waiting_.extract(extension);
    if (queue.empty()) return;
    auto tasks = std::move(queue.mapped());
    while (!tasks.empty()) {
        const auto task = std::move(tasks.front());
        tasks.pop_front();
        task();
        const auto again = waiting_.find(extension);
        if (again == waiting_.end()) continue;
        // That one commits too: the rest waits behind it.
        again->second.insert(again->second.end(), tasks.begin(), tasks.end());
        return;
    }
}

sip::Message Registrar::accepted(const std::string& extension, const sip::Message& request, const Asked& asked,
                                 std::string_view toTag) {
    auto answer = sip::Message::answer(request, 200, toTag);
    answer.add("Supported", "path, outbound");
    if (asked.outbound) answer.add("Require", "outbound");
    if (asked.watched) {
        answer.add("Flow-Timer", std::to_string(watched_.timerOf(asked.flow).count()));
        watched_.watch(asked.flow);
    } else if (asked.registers) {
        watched_.letGo(asked.flow);
    }
    const auto now = clock_.now();
    for (const auto& binding : table_.of(extension)) {
        if (binding.expiresAt <= now) continue;
        const auto left = std::chrono::ceil<seconds>(binding.expiresAt - now).count();
        std::string value{"<"};
        value.append(binding.contact).append(1, '>').append(binding.parameters);
        answer.add("Contact", value.append(";expires=").append(std::to_string(left)));
    }
    for (const auto path : request.headers("Path")) answer.add("Path", path);
    answer.add("Date", dateText(clock_.wallNow()));
    return answer;
}

StoredBinding Registrar::stored(const std::string& extension, const Binding& binding) const {
    StoredBinding row;
    row.id = binding.id;
    row.aor = {extension, settings_.domain};
    row.contact = binding.contact;
    row.parameters = binding.parameters;
    row.instance = binding.instance;
    row.path = binding.path;
    row.callId = binding.callId;
    row.cseq = binding.cseq;
    row.q = binding.q;
    row.account = binding.account;
    row.userAgent = binding.userAgent;
    row.transport = binding.flow ? binding.flow->transport : Transport::Udp;
    row.local = binding.local;
    row.remote = binding.flow ? binding.flow->remote : SocketAddress{};
    const auto left = std::chrono::duration_cast<Clock::WallTime::duration>(binding.expiresAt - clock_.now());
    row.expiresAt = clock_.wallNow() + left;
    return row;
}

void Registrar::restore(const std::vector<StoredBinding>& rows) {
    std::unordered_map<std::string, std::vector<Binding>> byExtension;
    for (const auto& row : rows) {
        Binding binding;
        binding.id = row.id;
        binding.contact = row.contact;
        binding.parameters = row.parameters;
        binding.instance = row.instance;
        binding.path = row.path;
        binding.callId = row.callId;
        binding.cseq = row.cseq;
        binding.q = row.q;
        binding.account = row.account;
        binding.userAgent = row.userAgent;
        binding.local = row.local;
        if (row.remote.isSet()) binding.flow = restoredFlow(row, network_);
        if (isWatched(binding) && !isReliable(binding.flow->transport)) watched_.watch(*binding.flow);
        const auto left = std::chrono::duration_cast<Clock::Duration>(row.expiresAt - clock_.wallNow());
        const auto most = Clock::Duration{settings_.maximumExpires};
        binding.expiresAt = clock_.now() + std::clamp<Clock::Duration>(left, kGraceAfterRestart, most);
        nextId_ = std::max(nextId_, row.id + 1);
        byExtension[row.aor.user].push_back(std::move(binding));
    }
    for (auto& [extension, bindings] : byExtension) table_.replace(extension, std::move(bindings));
}

void Registrar::flowFailed(const Flow& flow) {
    for (const auto& extension : table_.withFlow(flow)) {
        drop(extension, [flow](const Binding& binding) { return binding.flow == flow; });
    }
}

void Registrar::flowSilent(const Flow& flow) {
    for (const auto& extension : table_.withFlow(flow)) {
        drop(extension, [flow](const Binding& binding) { return binding.flow == flow && isWatched(binding); });
    }
}

void Registrar::replace(const std::string& extension, std::vector<Binding> bindings) {
    std::vector<Flow> before;
    for (const auto& binding : table_.of(extension)) {
        if (isWatched(binding)) before.push_back(*binding.flow);
    }
    table_.replace(extension, std::move(bindings));
    for (const auto& flow : before) watched_.letGo(flow);
}

void Registrar::keepOnly(const DirectorySnapshot& directory) {
    std::unordered_map<std::string, std::vector<std::string>> concerned;  // with the accounts that remain
    for (const auto& [extension, tasks] : waiting_) concerned.try_emplace(extension);
    table_.forEach([&](const std::string& extension, const Binding& binding) {
        const auto* device = directory.device(binding.account);
        if (device == nullptr || device->extension != extension) concerned.try_emplace(extension);
    });
    for (const auto& [account, device] : directory.devices) {
        const auto found = concerned.find(device.extension);
        if (found != concerned.end()) found->second.push_back(account);
    }
    for (auto& [extension, accounts] : concerned) {
        drop(extension, [remaining = std::move(accounts)](const Binding& binding) {
            return std::find(remaining.begin(), remaining.end(), binding.account) == remaining.end();
        });
    }
}

// While a commit is under way for the extension the bindings that it carries would come back: it goes first.
void Registrar::drop(const std::string& extension, std::function<bool(const Binding&)> isGone) {
    if (const auto busy = waiting_.find(extension); busy != waiting_.end()) {
        busy->second.push_back([this, extension, gone = std::move(isGone)] {
            assertOnLoop();
            drop(extension, gone);
        });
        return;
    }
    auto bindings = table_.of(extension);
    std::vector<std::uint64_t> removed;
    std::unordered_map<Flow, Clock::TimePoint> reliedOn;
    for (const auto& binding : bindings) {
        if (!isGone(binding)) continue;
        removed.push_back(binding.id);
        if (isWatched(binding)) reliedOn[*binding.flow] = std::max(reliedOn[*binding.flow], binding.expiresAt);
    }
    if (removed.empty()) return;
    std::erase_if(bindings, isGone);
    replace(extension, std::move(bindings));
    for (const auto& [flow, until] : reliedOn) {
        if (!isReliable(flow.transport) && !watched_.isReliedOn(flow)) network_.giveUp(flow, until);
    }
    store_.commit({}, std::move(removed), [](bool) {});
}

// A phone may write what it likes in front of the @: its number is only the likeliest.
std::optional<Flow> Registrar::flowOf(const sip::UriView& contact) const {
    for (const auto& extension : table_.withContactUser(contact.userUnescaped())) {
        for (const auto* binding : table_.live(extension)) {
            const auto uri = sip::parseUri(binding->contact);
            if (uri && sip::equivalent(*uri, contact)) return binding->flow;
        }
    }
    return std::nullopt;
}

void Registrar::sweep() {
    assertOnLoop();
    std::vector<std::uint64_t> removed;
    for (const auto& binding :
         table_.expire([this](const std::string& extension) { return waiting_.contains(extension); })) {
        removed.push_back(binding.id);
        if (isWatched(binding)) watched_.letGo(*binding.flow);
    }
    if (!removed.empty()) store_.commit({}, std::move(removed), [](bool) {});
    sweepTimer_.start(kSweepInterval);
}

}  // namespace beffroi::registrar
