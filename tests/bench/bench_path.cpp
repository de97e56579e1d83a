// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What one message costs on its whole path through the exchange, without the kernel: read, matched, authenticated,
// routed, forked, written, and in the end forgotten. Whole authenticated calls and registrations, with every part as in
// beffroid but the sockets and the database. The budget is docs/performance.md's: 20 µs a message.

#include "app/flow_watch.hpp"
#include "app/routing_chain.hpp"
#include "app/town_lines.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "base/timer_wheel.hpp"
#include "guard/security_log.hpp"
#include "support/countries.hpp"
#include "support/fake_clock.hpp"
#include "support/sip_messages.hpp"
#include "support/wire.hpp"

#include <benchmark/benchmark.h>
#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace beffroi;
using namespace std::chrono_literals;

constexpr const char* kRealm = "mairie.test";
constexpr const char* kSdp =
    "v=0\r\no=- 53655765 2353687637 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n"
    "m=audio 6000 RTP/AVP 8 0\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n";
constexpr const char* kHeaders =
    "Contact: <sip:2101@192.0.2.10>\r\nUser-Agent: load\r\nAllow: INVITE, ACK, BYE, CANCEL, OPTIONS\r\n";

class NoNames final : public NextHopResolver {
public:
    std::unique_ptr<Lookup> resolve(const NextHop&, Answer answer) override {
        answer({});
        return nullptr;
    }
};

class NoDisk final : public BindingStore, public CallRecordStore, public LineStore {
public:
    void commit(std::vector<StoredBinding>, std::vector<std::uint64_t>, BindingStore::Committed done) override {
        done(true);
    }
    void renewed(std::uint64_t, const std::string&, std::uint32_t, Clock::WallTime) override {}
    void write(const CallRecord&) override {}
    void commit(LineEntries, LineStore::Committed) override {}
};

class NoBans final : public BanStore {
public:
    void commit(std::vector<Ban>, std::vector<Ban>, Committed) override {}
};

class OneTown final : public Directory {
public:
    OneTown() {
        auto town = std::make_shared<DirectorySnapshot>();
        town->realm = kRealm;
        for (const std::string number : {"2101", "2102"}) {
            auto& extension = town->extensions[number];
            extension.number = number;
            extension.devices = {number};
            town->devices[number] = {number,
                                     number,
                                     "",
                                     base::makeHa1(base::HashAlgorithm::Md5, number, kRealm, "secret"),
                                     base::makeHa1(base::HashAlgorithm::Sha256, number, kRealm, "secret"),
                                     ""};
        }
        snapshot_ = std::move(town);
    }
    [[nodiscard]] std::shared_ptr<const DirectorySnapshot> snapshot() const override { return snapshot_; }

private:
    std::shared_ptr<const DirectorySnapshot> snapshot_;
};

// The exchange without sockets and without a disk, and the time that it has spent.
// Telephones of a trusted network: the guard's questions without its limits, which are not the subject here.
guard::GuardSettings unlimited() {
    guard::GuardSettings settings;
    settings.trusted = {*AddressRange::parse("192.0.2.0/24")};
    return settings;
}

class Path {
public:
    Path() {
        transactions_.setUser(chain_);
        registerPhone("2102", callee_);
    }

    /// INVITE, 407, ACK, INVITE, 100, 180, 200, ACK, BYE, 200: eight messages in, each forwarded or answered.
    void call() {
        begin("2101", "sip:2102@mairie.test");
        auto invite = request("INVITE", 1, kHeaders, kSdp);
        receive(caller_, invite.text());
        const auto challenge = wire_.take().text;
        invite.method = "ACK";
        receive(caller_, invite.text());
        invite = request("INVITE", 2, kHeaders + credentials("Proxy-Auth", challenge, "INVITE"), kSdp);
        receive(caller_, invite.text());
        expect(wire_.take().text, "SIP/2.0 100");
        const auto forwarded = wire_.take().text;
        expect(forwarded, "INVITE ");
        receive(callee_, test::answerTo(forwarded, 180, "callee"));
        expect(wire_.take().text, "SIP/2.0 180");
        receive(callee_, test::answerTo(forwarded, 200, "callee"));
        const auto answered = wire_.take().text;
        expect(answered, "SIP/2.0 200");
        uri_ = "sip:callee@192.0.2.20";
        to_ += ";tag=callee";
        const auto route = "Route: " + header(answered, "Record-Route") + "\r\n";
        receive(caller_, request("ACK", 2, route).text());
        expect(wire_.take().text, "ACK ");
        receive(caller_, request("BYE", 3, route).text());
        receive(callee_, test::answerTo(wire_.take().text, 200, "callee"));
        expect(wire_.take().text, "SIP/2.0 200");
        passTime();
    }

    /// REGISTER, 401, REGISTER, 200: two messages in.
    void registration() {
        registerPhone("2101", caller_);
        passTime();
    }

    /// Time within the exchange since it was asked last.
    [[nodiscard]] double takeSpent() { return std::chrono::duration<double>(std::exchange(spent_, {})).count(); }

private:
    using Stopwatch = std::chrono::steady_clock;

    void registerPhone(const std::string& number, const Flow& flow) {
        begin(number, "sip:mairie.test");
        to_ = "<sip:" + number + "@mairie.test>";
        const auto contact = "Contact: <sip:" + number + '@' + flow.remote.toString() + ">\r\nExpires: 3600\r\n";
        receive(flow, request("REGISTER", 1, contact).text());
        const auto challenge = wire_.take().text;
        receive(flow, request("REGISTER", 2, contact + credentials("WWW-Auth", challenge, "REGISTER")).text());
        expect(wire_.take().text, "SIP/2.0 200");
    }

    void begin(const std::string& number, const std::string& uri) {
        ++dialogue_;
        number_ = number;
        uri_ = uri;
        to_ = '<' + uri + '>';
    }

    [[nodiscard]] test::RequestText request(const std::string& method, unsigned cseq, const std::string& more,
                                            const std::string& body = {}) {
        test::RequestText text;
        text.method = method;
        text.uri = uri_;
        text.via = "SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK-" + std::to_string(dialogue_) + '-' + std::to_string(cseq) +
                   (method == "ACK" ? "a" : "");
        text.from = "<sip:" + number_ + "@mairie.test>;tag=from" + std::to_string(dialogue_);
        text.to = to_;
        text.callId = std::to_string(dialogue_) + "-load@192.0.2.10";
        text.cseq = cseq;
        text.more = more + (body.empty() ? "" : "Content-Type: application/sdp\r\n");
        text.body = body;
        return text;
    }

    void receive(const Flow& flow, const std::string& text) {
        const auto before = Stopwatch::now();
        watch_.onMessage(flow, text);
        spent_ += Stopwatch::now() - before;
    }

    // 100 dialogues a second: transactions that have lived their time end as new ones begin.
    void passTime() {
        clock_.advance(10ms);
        const auto before = Stopwatch::now();
        timers_.advance();
        spent_ += Stopwatch::now() - before;
        wire_.clear();
    }

    [[nodiscard]] std::string credentials(const std::string& name, const std::string& challenge,
                                          const std::string& method) const {
        const auto begin = challenge.find("nonce=\"") + 7;
        const auto nonce = challenge.substr(begin, challenge.find('"', begin) - begin);
        const auto ha1 = base::makeHa1(base::HashAlgorithm::Md5, number_, kRealm, "secret");
        const auto ha2 = base::hashHex(base::HashAlgorithm::Md5, method + ':' + uri_);
        const auto response =
            base::hashHex(base::HashAlgorithm::Md5, ha1 + ':' + nonce + ":00000001:0a4f113b:auth:" + ha2);
        return (name == "WWW-Auth" ? "Authorization" : "Proxy-Authorization") + std::string{": Digest username=\""} +
               number_ + "\", realm=\"" + kRealm + "\", nonce=\"" + nonce + "\", uri=\"" + uri_ +
               "\", qop=auth, nc=00000001, cnonce=\"0a4f113b\", algorithm=MD5, response=\"" + response + "\"\r\n";
    }

    static std::string header(const std::string& message, const std::string& name) {
        const auto begin = message.find("\r\n" + name + ": ") + name.size() + 4;
        return message.substr(begin, message.find("\r\n", begin) - begin);
    }

    static void expect(const std::string& message, const char* beginning) {
        if (!message.starts_with(beginning)) std::abort();  // not the path that is to be measured
    }

    test::FakeClock clock_;
    base::TimerWheel timers_{clock_};
    test::Wire wire_;
    NoNames names_;
    NoDisk disk_;
    OneTown directory_;
    base::Random random_;
    sip::Reader reader_;
    sip::TransactionLayer transactions_{wire_, timers_, reader_, {}, 1, [this] { return random_.token(); }};
    registrar::Registrar registrar_{timers_, wire_, disk_, {kRealm, 60s, 7200s, 3600s, 5}};
    auth::Authenticator authenticator_{clock_, {kRealm, 5min, true, {}, true}};
    guard::SourceHash sources_{{7}};
    guard::SecurityLog log_{clock_, sources_};
    NoBans noBans_;
    guard::Bans bans_{timers_, noBans_, log_};
    guard::Guard guard_{timers_, bans_, log_, sources_, unlimited(), [] { return Clock::Duration{}; }};
    proxy::CallTable calls_{timers_, disk_, [this] { return random_.token(12); }, 12h};
    proxy::Proxy proxy_{transactions_,
                        wire_,
                        names_,
                        timers_,
                        calls_,
                        {3min, {}},
                        [](const sip::UriView&) { return std::optional<Flow>{}; },
                        [](std::string_view host) { return host == kRealm; }};
    lines::LineSettingsTable lineSettings_{clock_, disk_};
    app::TownLines lines_{{directory_, lineSettings_, calls_.usage(), registrar_.table(), clock_}};
    app::RoutingChain chain_{
        {clock_, wire_, directory_, authenticator_, registrar_, proxy_, calls_, guard_, log_, lines_, test::france()},
        {{kRealm}, [](const SocketAddress&) { return false; }, {}, {60s}}};
    app::FlowWatch watch_{transactions_, registrar_, guard_, log_};
    const Flow caller_ = test::udpFlow(10);
    const Flow callee_ = test::udpFlow(20);
    Stopwatch::duration spent_{};
    std::uint64_t dialogue_ = 0;
    std::string number_;
    std::string uri_;
    std::string to_;
};

void measure(benchmark::State& state, void (Path::*dialogue)(), int messages) {
    becomeLoopThread();
    if (sodium_init() < 0) std::abort();
    sip::silenceLibrary();
    Path path;
    for (int i = 0; i < 4000; ++i) (path.*dialogue)();  // 40 s: as many transactions end as begin
    static_cast<void>(path.takeSpent());
    std::vector<double> spent;
    for (auto _ : state) {
        (path.*dialogue)();
        spent.push_back(path.takeSpent());
        state.SetIterationTime(spent.back());
    }
    // The median: where the thread lost the processor within a dialogue, its time is not the exchange's.
    const auto middle = spent.begin() + static_cast<std::ptrdiff_t>(spent.size() / 2);
    std::nth_element(spent.begin(), middle, spent.end());
    state.counters["us_per_message"] = 1e6 * *middle / messages;
}

}  // namespace

BENCHMARK_CAPTURE(measure, call, &Path::call, 8)->UseManualTime()->Iterations(20000);
BENCHMARK_CAPTURE(measure, registration, &Path::registration, 2)->UseManualTime()->Iterations(50000);

BENCHMARK_MAIN();
