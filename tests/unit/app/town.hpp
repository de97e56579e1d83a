// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A small town on a wire of the test's own: the real parts of the exchange put together as exchange.cpp does, without a
// socket, a database or a clock that moves by itself. Its telephones answer challenges as telephones do.
#pragma once

#include "app/flow_watch.hpp"
#include "app/routing_chain.hpp"
#include "app/town_lines.hpp"
#include "auth/digest.hpp"
#include "base/timer_wheel.hpp"
#include "directory/published_directory.hpp"
#include "support/countries.hpp"
#include "support/ear.hpp"
#include "support/fake_ban_store.hpp"
#include "support/fake_call_record_store.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_line_store.hpp"
#include "support/fake_resolver.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace beffroi::test {

/// Everything is durable at once.
class InstantBindingStore final : public BindingStore {
public:
    void commit(std::vector<StoredBinding>, std::vector<std::uint64_t>, Committed done) override { done(true); }
    void renewed(std::uint64_t, const std::string&, std::uint32_t, Clock::WallTime) override {}
};

struct Phone {
    std::string account;
    std::string number;
    Flow flow;
    std::string password = "secret";

    [[nodiscard]] std::string contact() const {
        constexpr const char* kTransports[] = {"", ";transport=tcp", ";transport=tls"};
        return "sip:" + account + '@' + flow.remote.toString() + kTransports[static_cast<int>(flow.transport)];
    }
    /// A request of this phone, under its own number, in no dialog.
    [[nodiscard]] RequestText request(const std::string& method, const std::string& uri) const {
        RequestText text;
        text.method = method;
        text.uri = uri;
        text.via = "SIP/2.0/" + std::string{toString(flow.transport)} + ' ' + flow.remote.toString() +
                   ";branch=z9hG4bK" + account + '-';
        text.from = "<sip:" + number + "@town.example>;tag=" + account;
        text.to = '<' + uri + '>';
        text.callId = account + method;
        return text;
    }
};

class SmallTown {
public:
    static constexpr const char* kRealm = "town.example";

    explicit SmallTown(guard::GuardSettings settings = trusting()) : guardSettings{std::move(settings)} {
        assertOnLoop();
        transactions.setUser(chain);
    }

    [[nodiscard]] static std::shared_ptr<const DirectorySnapshot> plan() {
        auto town = std::make_shared<DirectorySnapshot>();
        town->realm = kRealm;
        const auto add = [&town](std::string number, ExtensionKind kind, std::string label,
                                 std::vector<std::string> devices, std::uint32_t members) {
            Extension extension;
            extension.number = std::move(number);
            extension.kind = kind;
            extension.label = std::move(label);
            extension.devices = std::move(devices);
            extension.maximumMembers = members;
            for (const auto& account : extension.devices) {
                town->devices[account] = {account,
                                          extension.number,
                                          "",
                                          base::makeHa1(base::HashAlgorithm::Md5, account, kRealm, "secret"),
                                          base::makeHa1(base::HashAlgorithm::Sha256, account, kRealm, "secret"),
                                          ""};
            }
            town->extensions[extension.number] = std::move(extension);
        };
        add("2101", ExtensionKind::Phone, "Anne \"la Mairie\" Castelain", {"2101-bureau"}, 0);
        town->devices["2101-bureau"].certificate = "2101.phones.example";
        town->accountsByCertificate["2101.phones.example"] = "2101-bureau";
        add("2102", ExtensionKind::Phone, "Accueil", {"2102-comptoir", "2102-bureau"}, 0);
        add("2103", ExtensionKind::Phone, "", {"2103-ecole"}, 0);
        add("2104", ExtensionKind::Phone, "Sans poste", {}, 0);
        add("8000", ExtensionKind::Room, "Conseil", {}, 12);
        add("8001", ExtensionKind::Room, "Cantine", {}, 0);
        add("8099", ExtensionKind::EchoTest, "Echo", {}, 0);
        return town;
    }

    void receive(const Flow& from, const std::string& text) {
        assertOnLoop();
        watch.onMessage(from, text);
    }
    /// The connection of this phone has closed, or a datagram to it was refused by the network.
    void lose(const Phone& phone) {
        assertOnLoop();
        wire.kill(phone.flow);
        watch.onFlowFailed(phone.flow);
    }
    void pass(Clock::Duration time) {
        clock.advance(time);
        wheel.advance();
    }

    /// Sends a request, answers the challenge if there is one, and returns what the phone heard after that. The answer
    /// may leave from elsewhere.
    Lines send(const Phone& phone, RequestText request, std::optional<Flow> answerFrom = {}) {
        const auto branch = request.via;
        request.via = branch + std::to_string(++branches_);
        receive(phone.flow, request.text());
        const auto first = ear.heard(phone.flow);
        const auto name = ' ' + request.method;
        const bool byProxy = first == Lines{"407" + name};
        if (!byProxy && first != Lines{"401" + name}) return first;
        const auto challenge = ear.last(phone.flow, first[0]);
        const auto credentials =
            answerTo(challenge.header(byProxy ? "Proxy-Authenticate" : "WWW-Authenticate").value(), phone, request);
        request.more += (byProxy ? "Proxy-Authorization: " : "Authorization: ") + credentials + "\r\n";
        request.via = branch + std::to_string(++branches_);
        ++request.cseq;
        const auto from = answerFrom.value_or(phone.flow);
        receive(from, request.text());
        return ear.heard(from);
    }
    void registerPhone(const Phone& phone, const std::string& more = {}, const std::string& parameters = {}) {
        auto request = phone.request("REGISTER", "sip:town.example");
        request.from = "<sip:" + phone.number + "@town.example>;tag=" + phone.account;
        request.to = "<sip:" + phone.number + "@town.example>";
        request.more = "Contact: <" + phone.contact() + '>' + parameters + "\r\n" + more;
        if (send(phone, request) != Lines{"200 REGISTER"}) throw std::runtime_error{"not registered: " + phone.account};
    }
    void answer(const Phone& phone, const std::string& method, int status) {
        static_cast<void>(ear.heard(phone.flow));
        receive(phone.flow, test::answerTo(ear.text(phone.flow, method), status, phone.account));
    }

    /// What this phone answers a challenge with (RFC 7616 §3.4).
    [[nodiscard]] static std::string credentials(const Phone& phone, std::string_view method, std::string_view uri,
                                                 std::string_view nonce, std::string_view count) {
        auth::Credentials credentials;
        credentials.nonce = nonce;
        credentials.uri = uri;
        credentials.cnonce = "c";
        credentials.nonceCount = count;
        credentials.qop = "auth";
        const auto ha1 = base::makeHa1(base::HashAlgorithm::Sha256, phone.account, kRealm, phone.password);
        const auto response = auth::expectedResponse(base::HashAlgorithm::Sha256, ha1, credentials, method);
        std::string text{"Digest username=\"" + phone.account + "\", realm=\"" + kRealm + "\", nonce=\""};
        text.append(nonce).append("\", uri=\"").append(uri).append("\", response=\"").append(response);
        return text.append("\", algorithm=SHA-256, cnonce=\"c\", qop=auth, nc=").append(count);
    }

    /// Everybody of the town is trusted: no limits. Or nobody.
    [[nodiscard]] static guard::GuardSettings trusting() {
        guard::GuardSettings settings;
        settings.trusted = {*AddressRange::parse("192.0.2.0/24")};
        return settings;
    }
    [[nodiscard]] static guard::GuardSettings suspicious() {
        guard::GuardSettings settings;
        settings.scanners = {"friendly-scanner"};
        return settings;
    }

    const Phone anne{"2101-bureau", "2101", udpFlow(10)};
    const Phone counter{"2102-comptoir", "2102", udpFlow(20)};
    const Phone office{"2102-bureau", "2102", tcpFlow(21, 7)};
    const Phone school{"2103-ecole", "2103", udpFlow(22)};
    const Phone bridge{"", "", {Transport::Udp, 0, 0, *SocketAddress::parse("127.0.0.1", 5070)}};

    guard::GuardSettings guardSettings;
    FakeClock clock;
    base::TimerWheel wheel{clock};
    Wire wire;
    Ear ear{wire};
    FakeResolver resolver;
    sip::Reader reader;
    sip::TransactionLayer transactions{wire, wheel, reader, {}, 1, [] { return std::string{"ours"}; }};
    directory::PublishedDirectory directory{plan()};
    InstantBindingStore bindings;
    registrar::Registrar registrar{wheel, wire, bindings, {"town.example"}};
    auth::Authenticator authenticator{clock, {kRealm, std::chrono::minutes{5}, true, {4}, true}};
    guard::SourceHash sources{{7}};
    NotedEvents log;
    FakeBanStore banStore;
    guard::Bans bans{wheel, banStore, log};
    guard::Guard guard{wheel, bans, log, sources, guardSettings, [] { return Clock::Duration{}; }};
    FakeCallRecordStore records;
    proxy::CallTable calls{wheel, records, [this] { return std::to_string(++ids_); }, 12h};
    proxy::Proxy proxy{transactions,
                       wire,
                       resolver,
                       wheel,
                       calls,
                       {185s, {1}},
                       [this](const sip::UriView& contact) {
                           assertOnLoop();
                           return registrar.flowOf(contact);
                       },
                       [this](std::string_view host) {
                           assertOnLoop();
                           return chain.isOwnDomain(host);
                       }};
    FakeLineStore lineStore;
    lines::LineSettingsTable lineSettings{clock, lineStore};
    app::TownLines lines{{directory, lineSettings, calls.usage(), registrar.table(), clock}};
    app::RoutingChain chain{
        {clock, wire, directory, authenticator, registrar, proxy, calls, guard, log, lines, france()},
        {{"town.example", "mairie.example"},
         [this](const SocketAddress& address) { return address.sameHost(wire.own()); },
         bridge.flow.remote,
         {60s}}};
    app::FlowWatch watch{transactions, registrar, guard, log};

private:
    static std::string answerTo(std::string_view challenge, const Phone& phone, const RequestText& request) {
        const std::string_view name{"nonce=\""};
        const auto begin = challenge.find(name) + name.size();
        const auto nonce = challenge.substr(begin, challenge.find('"', begin) - begin);
        return credentials(phone, request.method, request.uri, nonce, "00000001");
    }

    int ids_ = 0;
    int branches_ = 0;
};

}  // namespace beffroi::test
