// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Any lines as the credentials of requests, one after the other, before a clock of our own. Whatever they say: accepted
// is only what knows the password, under a nonce of ours that is young enough, and each nonce count once.
//   +N        N seconds pass
//   =TEXT     the date jumps by as many seconds as TEXT has characters, back if TEXT begins with '-'
//   {nonce} in a line stands for the nonce challenged with last, {response} for the right response.

#include "auth/authenticator.hpp"
#include "base/assert.hpp"
#include "support/fake_clock.hpp"
#include "support/sip_messages.hpp"
#include "support/wire.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace beffroi;
using namespace std::chrono_literals;

constexpr auto kLifetime = 300s;
constexpr const char* kRealm = "town.example";
const Flow kPeer = test::udpFlow(10);

const DirectorySnapshot& directory() {
    static const auto snapshot = [] {
        DirectorySnapshot town;
        town.realm = kRealm;
        town.devices["desk"] = {"desk",
                                "2101",
                                "",
                                base::makeHa1(base::HashAlgorithm::Md5, "desk", kRealm, "secret"),
                                base::makeHa1(base::HashAlgorithm::Sha256, "desk", kRealm, "secret"),
                                ""};
        town.devices["modern"] = {
            "modern", "2102", "", "", base::makeHa1(base::HashAlgorithm::Sha256, "modern", kRealm, "secret"), ""};
        return town;
    }();
    return snapshot;
}

bool isPart(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

std::string replaceAll(std::string text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

// Nothing if the credentials are of nobody, or of somebody who may not use this algorithm.
std::string rightResponse(const auth::Credentials& credentials) {
    const auto* device = directory().device(credentials.username);
    if (device == nullptr || !credentials.algorithm) return {};
    const auto& ha1 = credentials.algorithm == auth::Algorithm::Md5 ? device->ha1Md5 : device->ha1Sha256;
    return ha1.empty() ? std::string{} : auth::expectedResponse(*credentials.algorithm, ha1, credentials, "INVITE");
}

void checkParts(const auth::Credentials& credentials, std::string_view value) {
    for (const auto part : {credentials.username, credentials.realm, credentials.nonce, credentials.uri,
                            credentials.response, credentials.cnonce, credentials.nonceCount, credentials.qop}) {
        BEFFROI_ASSERT(isPart(part, value));
    }
}

class Session {
public:
    void take(std::string_view line) {
        if (line.starts_with('+')) return pass(line.substr(1));
        if (line.starts_with('=')) return jump(line.substr(1));
        ask(line);
    }

private:
    void pass(std::string_view seconds) {
        clock_.advance(std::chrono::seconds{sip::parseNumber(seconds, 100'000).value_or(0)});
    }
    void jump(std::string_view text) {
        const auto seconds = std::chrono::seconds{std::min<std::size_t>(text.size(), 1000)};
        clock_.jump(text.starts_with('-') ? -seconds : seconds);
    }
    void challenge(const sip::Message& request) {
        const auto answer = authenticator_.challenge(request, kPeer, "tag", auth::Realm::Proxy, false);
        const std::string_view value = answer.headers("Proxy-Authenticate").front();
        const auto begin = value.find("nonce=\"") + 7;
        nonce_ = value.substr(begin, value.find('"', begin) - begin);
        made_[nonce_] = clock_.wallNow();
    }
    [[nodiscard]] std::string fillIn(std::string_view line) const {
        auto value = replaceAll(std::string{line}, "{nonce}", nonce_);
        const auto credentials = auth::parseCredentials(value);
        if (credentials) checkParts(*credentials, value);
        return credentials ? replaceAll(value, "{response}", rightResponse(*credentials)) : value;
    }
    void ask(std::string_view line) {
        test::RequestText text;
        text.uri = "sip:2102@town.example";
        text.more = "Proxy-Authorization: " + fillIn(line) + "\r\n";
        auto read = sip::Reader{}.read(text.text(), sip::Source::Datagram);
        if (std::holds_alternative<sip::Refusal>(read)) return;
        const auto& request = std::get<sip::Message>(read);
        const auto verdict = authenticator_.check(request, kPeer, auth::Realm::Proxy, directory());
        if (const auto* accepted = std::get_if<auth::Accepted>(&verdict)) {
            checkAccepted(request, *accepted);
        } else if (!std::get<auth::Challenged>(verdict).attempted) {
            challenge(request);
        }
    }
    void checkAccepted(const sip::Message& request, const auth::Accepted& accepted) {
        const auto credentials = auth::parseCredentials(request.headers("Proxy-Authorization").front());
        BEFFROI_ASSERT(credentials && accepted.device == directory().device(credentials->username));
        BEFFROI_ASSERT(credentials->realm == kRealm && sip::equalsIgnoreCase(credentials->qop, "auth"));
        const auto right = rightResponse(*credentials);
        BEFFROI_ASSERT(!right.empty() && right == credentials->response);
        const auto made = made_.find(std::string{credentials->nonce});
        BEFFROI_ASSERT(made != made_.end() && clock_.wallNow() - made->second <= kLifetime);
        BEFFROI_ASSERT(
            used_.emplace(credentials->nonce, std::stoul(std::string{credentials->nonceCount}, nullptr, 16)).second);
    }

    test::FakeClock clock_;
    auth::Authenticator authenticator_{clock_, {kRealm, kLifetime, true, {4}, true}};
    std::string nonce_;
    std::map<std::string, Clock::WallTime> made_;
    std::set<std::pair<std::string, unsigned long>> used_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest{reinterpret_cast<const char*>(data), size};
    Session session;
    for (int lines = 0; !rest.empty() && lines < 64; ++lines) {
        const auto end = std::min(rest.find('\n'), rest.size());
        session.take(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return 0;
}
