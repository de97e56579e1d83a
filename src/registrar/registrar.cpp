// SPDX-License-Identifier: AGPL-3.0-or-later
#include "registrar/registrar.hpp"

#include "base/log.hpp"
#include "sip/contact_flow.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <utility>

namespace beffroi::registrar {
namespace {

constexpr log::Area kLog{"registrar"};
constexpr auto kGraceAfterRestart = std::chrono::seconds{60};
// A telephone says that it is there at 80 to 100 % of Flow-Timer (RFC 5626 §4.4.1); a ping may be lost and come again.
constexpr auto kShortestFlowGrace = std::chrono::seconds{10};
constexpr auto kLongestFlowGrace = std::chrono::seconds{45};
constexpr auto kUdpFlowGrace = std::chrono::seconds{40};  // a STUN request is repeated for 39.5 s (RFC 5389 §7.2.1)
constexpr auto kLongestUdpFlowTimer = std::chrono::seconds{29};  // NAT forgets UDP sooner (RFC 5626 §4.4.2)
constexpr auto kSweepInterval = std::chrono::seconds{1};
constexpr std::size_t kLongestUserAgent = 80;
constexpr std::size_t kMostWaiting = 32;           // for one extension: more is nobody's telephone
constexpr std::uint64_t kMalformedExpires = 3600;  // what it counts as (RFC 3261 §20.10)

using Kind = SecurityEvent::Kind;
using std::chrono::seconds;

bool supports(const sip::Message& request, std::string_view option) {
    for (auto list : request.headers("Supported")) {
        while (const auto value = sip::nextListValue(list)) {
            if (sip::equalsIgnoreCase(*value, option)) return true;
        }
    }
    return false;
}

// "0", "1", "0.5", "0.125": thousandths; nothing for what is no qvalue (RFC 3261 §25.1).
std::optional<std::uint16_t> thousandths(std::string_view text) {
    if (text.empty() || (text.front() != '0' && text.front() != '1')) return std::nullopt;
    auto value = static_cast<unsigned>(text.front() - '0') * 1000;
    text.remove_prefix(1);
    if (!text.empty()) {
        if (text.front() != '.' || text.size() > 4) return std::nullopt;
        text.remove_prefix(1);
        unsigned weight = 100;
        for (const char c : text) {
            if (c < '0' || c > '9') return std::nullopt;
            value += static_cast<unsigned>(c - '0') * weight;
            weight /= 10;
        }
    }
    if (value > 1000) return std::nullopt;
    return static_cast<std::uint16_t>(value);
}

// All contact parameters but expires, which is ours to say.
std::string keptParameters(const sip::Parameters& params) {
    std::string kept;
    auto rest = params.text();
    while (const auto pair = sip::Parameters::next(rest)) {
        if (sip::equalsIgnoreCase(pair->name, "expires")) continue;
        kept.append(1, ';').append(pair->name);
        if (pair->value) kept.append(1, '=').append(*pair->value);
    }
    return kept;
}

std::string instanceOf(const sip::Parameters& params) {
    return std::string{params.find("+sip.instance").value_or(std::string_view{})};
}

// Digits as they are to be compared; what is no reg-id counts as none (RFC 5626 §10: 1 to 2^31 - 1).
std::string regIdOf(const sip::Parameters& params) {
    const auto text = params.find("reg-id");
    const auto value = text ? sip::parseNumber(*text, 0x7fffffff) : std::nullopt;
    return value.value_or(0) == 0 ? std::string{} : std::to_string(*value);
}

// RFC 5626 §6: nobody between the telephone and us, or the first one there knows about flows.
bool firstHopSupportsOutbound(const sip::Message& request) {
    const auto path = request.headers("Path");
    if (path.empty()) return request.count("Via") == 1;
    const auto first = sip::parseNameAddr(path.back());
    return first && first->uri.params.has("ob");
}

bool sameUri(const Binding& a, const Binding& b) {
    const auto first = sip::parseUri(a.contact);
    const auto second = sip::parseUri(b.contact);
    return first && second && sip::equivalent(*first, *second);
}

bool samePhone(const Binding& a, const Binding& b) {
    return !a.instance.empty() && a.instance == b.instance && a.account == b.account;
}

// A flow that a telephone watches over is told by its instance and reg-id alone (RFC 5626 §6): the telephone has one
// URI for all of its flows, and behind another router another telephone has the same.
bool sameBinding(const Binding& a, const Binding& b) {
    return isOutbound(a) || isOutbound(b) ? samePhone(a, b) : sameUri(a, b);
}

bool onlyRenews(const Binding& old, const Binding& fresh) {
    return old.contact == fresh.contact && old.parameters == fresh.parameters && old.path == fresh.path &&
           old.flow == fresh.flow && old.local == fresh.local && old.account == fresh.account &&
           old.userAgent == fresh.userAgent;
}

// How long a telephone that is to be heard so often may be silent. By UDP never less than it takes itself to notice
// that its flow is dead.
seconds patienceWith(seconds flowTimer, Transport transport) {
    if (!isReliable(transport)) return flowTimer + kUdpFlowGrace;
    return flowTimer + std::clamp<seconds>(flowTimer / 2, kShortestFlowGrace, kLongestFlowGrace);
}

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

struct Registrar::Asked {
    struct Contact {
        Binding binding;
        seconds expires;
        std::string regId;  // empty if it has none
    };
    std::vector<Contact> contacts;
    std::string callId;
    std::uint32_t cseq = 0;
    Flow flow;               // by which it came
    bool outbound = false;   // it registers a flow that its telephone watches over
    bool watched = false;    // and we too: nobody is between the two
    bool registers = false;  // something
    bool removeAll = false;
    bool query = false;
    [[nodiscard]] bool names(const Binding& binding) const {
        return std::any_of(contacts.begin(), contacts.end(),
                           [&binding](const Contact& contact) { return sameBinding(contact.binding, binding); });
    }
    // Its telephone is back from before our restart, on another connection: nobody is reached by the old one.
    [[nodiscard]] bool replaces(const Binding& binding) const {
        const bool dead = binding.flow && isReliable(binding.flow->transport) && binding.flow->connection == 0;
        return dead && !contacts.empty() && contacts.front().expires > seconds{0} &&
               contacts.front().binding.account == binding.account && !names(binding);
    }
};

Registrar::Refusal Registrar::malformed(std::string_view reason) { return {400, reason, Kind::BadRequest}; }

struct Registrar::Change {
    std::vector<Binding> bindings;  // the extension's bindings when all is done
    std::vector<std::uint64_t> changed;
    std::vector<std::uint64_t> removed;
    std::vector<std::uint64_t> renewed;
    [[nodiscard]] bool needsCommit() const noexcept { return !changed.empty() || !removed.empty(); }
    [[nodiscard]] bool touches(std::uint64_t id) const {
        return std::find(changed.begin(), changed.end(), id) != changed.end() ||
               std::find(renewed.begin(), renewed.end(), id) != renewed.end();
    }
};

Registrar::Registrar(Scheduler& scheduler, Network& network, BindingStore& store, RegistrarSettings settings)
    : clock_{scheduler.clock()},
      network_{network},
      store_{store},
      settings_{std::move(settings)},
      table_{scheduler.clock()},
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
    auto result = read(request, flow, device);
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

std::variant<Registrar::Asked, Registrar::Refusal> Registrar::read(const sip::Message& request, const Flow& flow,
                                                                   const Device& device) const {
    Asked asked;
    asked.flow = flow;
    asked.callId = request.callId();
    asked.cseq = request.cseq().number;
    if (const auto refusal = readContacts(request, asked)) return *refusal;
    std::vector<std::string> path;
    for (const auto value : request.headers("Path")) path.emplace_back(value);
    if (!path.empty() && !supports(request, "path")) {
        return Refusal{420, "Path without Supported: path", Kind::RequestNotSupported};
    }
    if (const auto refusal = readFlowId(request, asked)) return *refusal;
    for (auto& contact : asked.contacts) {
        auto& binding = contact.binding;
        binding.path = path;
        binding.callId = asked.callId;
        binding.cseq = asked.cseq;
        binding.account = device.account;
        binding.userAgent = request.header("User-Agent").value_or(std::string_view{}).substr(0, kLongestUserAgent);
        binding.flow = flow;  // the first proxy of a Path is who sent this, whatever the Path says (RFC 3327 §5.3)
        const auto uri = sip::parseUri(binding.contact);
        const bool secure = uri && path.empty() && uri->scheme == sip::UriView::Scheme::Sips;
        if (secure && flow.transport != Transport::Tls) {
            return Refusal{400, "a sips contact without TLS", Kind::InvalidTransport};
        }
        if (uri && path.empty() && !isOutbound(binding)) binding.flow = sip::flowTowards(flow, *uri);
        const bool registers = contact.expires > seconds{0};
        asked.registers = asked.registers || registers;
        asked.outbound = asked.outbound || (registers && isOutbound(binding));
        asked.watched = asked.watched || (registers && isWatched(binding));
        binding.local = network_.localAddress(flow);
    }
    return asked;
}

std::optional<Registrar::Refusal> Registrar::readContacts(const sip::Message& request, Asked& asked) const {
    const auto values = request.headers("Contact");
    const auto header = request.header("Expires");
    const auto common = header ? sip::parseNumber(*header, UINT32_MAX) : std::nullopt;
    if (header && !common) return malformed("malformed Expires");
    asked.query = values.empty();
    for (const auto value : values) {
        if (value == "*") {
            if (values.size() != 1 || common != 0U)
                return malformed("Contact: * needs Expires: 0 and no other contact");
            asked.removeAll = true;
            return std::nullopt;
        }
        const auto address = sip::parseNameAddr(value);
        if (!address || !address->uri.isSip()) return malformed("a contact is no SIP address");
        std::optional<std::uint64_t> own;
        if (const auto text = address->params.find("expires"))
            own = sip::parseNumber(*text, UINT32_MAX).value_or(kMalformedExpires);
        const auto wanted = own ? own : common;
        auto expires = wanted ? seconds{static_cast<std::int64_t>(*wanted)} : settings_.defaultExpires;
        if (expires > seconds{0} && expires < settings_.minimumExpires) return Refusal{423, "interval too brief"};
        expires = std::min(expires, settings_.maximumExpires);
        Binding binding;
        binding.contact = address->uri.text;
        binding.parameters = keptParameters(address->params);
        binding.instance = instanceOf(address->params);
        if (const auto q = address->params.find("q")) {
            const auto parsed = thousandths(*q);
            if (!parsed) return malformed("malformed q");
            binding.q = *parsed;
        }
        asked.contacts.push_back({std::move(binding), expires, regIdOf(address->params)});
    }
    return std::nullopt;
}

// A reg-id counts only beside an instance, from a telephone that says that it knows what it means (RFC 5626 §6).
std::optional<Registrar::Refusal> Registrar::readFlowId(const sip::Message& request, Asked& asked) {
    if (!supports(request, "outbound")) return std::nullopt;
    int flows = 0;
    for (auto& contact : asked.contacts) {
        if (contact.regId.empty() || contact.binding.instance.empty()) continue;
        if (!firstHopSupportsOutbound(request)) return Refusal{439, "First Hop Lacks Outbound Support"};
        if (contact.expires > seconds{0} && ++flows > 1) return malformed("two flows in one REGISTER");
        contact.binding.instance.append(kRegId).append(contact.regId);
    }
    return std::nullopt;
}

seconds Registrar::flowTimerOf(const Flow& flow) const {
    return isReliable(flow.transport) ? settings_.flowTimer
                                      : std::min<seconds>(settings_.flowTimer, kLongestUdpFlowTimer);
}

void Registrar::process(const std::string& extension, const sip::Message& request, const Asked& asked,
                        std::string_view toTag, const Reply& reply) {
    auto result = apply(extension, asked);
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

// All or nothing (§10.3, step 7): the new state is made beside the old one.
std::variant<Registrar::Change, Registrar::Refusal> Registrar::apply(const std::string& extension, const Asked& asked) {
    Change change;
    const auto now = clock_.now();
    for (const auto& binding : table_.of(extension)) {
        if (binding.expiresAt > now && !asked.replaces(binding)) {
            change.bindings.push_back(binding);
        } else if (!asked.query) {
            change.removed.push_back(binding.id);
        }
    }
    const auto before = change.bindings.size();
    if (asked.removeAll) {
        if (const auto refusal = removeAll(asked, change)) return *refusal;
        return change;
    }
    for (const auto& contact : asked.contacts) {
        if (const auto refusal = applyOne(asked, contact.binding, contact.expires, change)) return *refusal;
    }
    // Who had more before the limit was lowered may keep them.
    const auto most = std::max(before, settings_.maximumContacts);
    if (change.bindings.size() > most) return Refusal{403, "too many contacts", Kind::SessionLimit};
    return change;
}

std::optional<Registrar::Refusal> Registrar::removeAll(const Asked& asked, Change& change) const {
    for (const auto& binding : change.bindings) {
        if (binding.callId == asked.callId && asked.cseq <= binding.cseq) return Refusal{500, "CSeq out of order"};
        change.removed.push_back(binding.id);
    }
    change.bindings.clear();
    return std::nullopt;
}

std::optional<Registrar::Refusal> Registrar::applyOne(const Asked& asked, Binding wanted, seconds expires,
                                                      Change& change) {
    if (expires > seconds{0}) {
        if (const auto refusal = supersede(asked, wanted, change)) return refusal;
    }
    auto& list = change.bindings;
    auto old = std::find_if(list.begin(), list.end(), [&](const Binding& b) { return sameBinding(b, wanted); });
    if (old == list.end()) {
        old = std::find_if(list.begin(), list.end(),
                           [&](const Binding& b) { return samePhone(b, wanted) && !asked.names(b); });
    }
    if (old == list.end()) {
        if (expires == seconds{0}) return std::nullopt;
        wanted.id = nextId_++;
        wanted.expiresAt = clock_.now() + expires;
        change.changed.push_back(wanted.id);
        list.push_back(std::move(wanted));
        return std::nullopt;
    }
    // A contact that stands twice in one request is no later request: its last word counts.
    const bool outOfOrder = old->callId == asked.callId && asked.cseq <= old->cseq;
    if (outOfOrder && !change.touches(old->id)) return Refusal{500, "CSeq out of order"};
    if (expires == seconds{0}) {
        change.removed.push_back(old->id);
        list.erase(old);
        return std::nullopt;
    }
    wanted.id = old->id;
    wanted.expiresAt = clock_.now() + expires;
    (onlyRenews(*old, wanted) ? change.renewed : change.changed).push_back(wanted.id);
    *old = std::move(wanted);
    return std::nullopt;
}

// A phone that rebooted has one contact more than it should: all but one of those that it no longer names go. That one
// becomes the new contact, unless the new contact has a binding already.
std::optional<Registrar::Refusal> Registrar::supersede(const Asked& asked, const Binding& wanted, Change& change) {
    if (wanted.instance.empty()) return std::nullopt;
    auto& list = change.bindings;
    bool spared = std::none_of(list.begin(), list.end(), [&](const Binding& b) { return sameBinding(b, wanted); });
    for (auto binding = list.begin(); binding != list.end();) {
        if (!samePhone(*binding, wanted) || asked.names(*binding) || std::exchange(spared, false)) {
            ++binding;
            continue;
        }
        if (binding->callId == asked.callId && asked.cseq <= binding->cseq) return Refusal{500, "CSeq out of order"};
        change.removed.push_back(binding->id);
        binding = list.erase(binding);
    }
    return std::nullopt;
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
        answer.add("Flow-Timer", std::to_string(flowTimerOf(asked.flow).count()));
        watch(asked.flow);
    } else if (asked.registers) {
        letGo(asked.flow);
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

// A telephone is reached by the flow that registered. Its connection has not survived us, and nobody listens where it
// came from: a flow that is dead says so at once, until the telephone is back. One that listens elsewhere is called
// there.
std::optional<Flow> Registrar::restoredFlow(const StoredBinding& row) {
    if (!isReliable(row.transport)) return network_.restoreFlow(row.transport, row.local, row.remote);
    const auto uri = sip::parseUri(row.contact);
    const bool outbound = row.instance.find(kRegId) != std::string::npos;
    const Flow dead{row.transport, 0, 0, row.remote};  // no connection has this number
    if (uri && !outbound && row.path.empty() && sip::mayListenAt(*uri, dead)) return std::nullopt;
    return dead;
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
        if (row.remote.isSet()) binding.flow = restoredFlow(row);
        if (isWatched(binding) && !isReliable(binding.flow->transport)) watch(*binding.flow);
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

void Registrar::watch(const Flow& flow) {
    watched_.insert(flow);
    network_.expectWithin(flow, patienceWith(flowTimerOf(flow), flow.transport));
}

void Registrar::replace(const std::string& extension, std::vector<Binding> bindings) {
    std::vector<Flow> before;
    for (const auto& binding : table_.of(extension)) {
        if (isWatched(binding)) before.push_back(*binding.flow);
    }
    table_.replace(extension, std::move(bindings));
    for (const auto& flow : before) letGo(flow);
}

bool Registrar::isWatchedFlow(const Flow& flow) const {
    const auto extensions = table_.withFlow(flow);
    return std::any_of(extensions.begin(), extensions.end(), [&](const std::string& extension) {
        assertOnLoop();
        const auto live = table_.live(extension);
        return std::any_of(live.begin(), live.end(),
                           [&](const Binding* binding) { return isWatched(*binding) && binding->flow == flow; });
    });
}

void Registrar::letGo(const Flow& flow) {
    if (watched_.contains(flow) && isWatchedFlow(flow)) return;
    watched_.erase(flow);
    network_.expectWithin(flow, std::nullopt);
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
        if (!isReliable(flow.transport) && !isWatchedFlow(flow)) network_.giveUp(flow, until);
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
        if (isWatched(binding)) letGo(*binding.flow);
    }
    if (!removed.empty()) store_.commit({}, std::move(removed), [](bool) {});
    sweepTimer_.start(kSweepInterval);
}

}  // namespace beffroi::registrar
