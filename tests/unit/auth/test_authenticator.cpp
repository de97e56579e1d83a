// SPDX-License-Identifier: AGPL-3.0-or-later
#include "auth/authenticator.hpp"

#include "support/fake_clock.hpp"
#include "support/sip_messages.hpp"
#include "support/wire.hpp"
#include "work_meter.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace beffroi;
using namespace beffroi::auth;
using namespace beffroi::test;

namespace {

const std::string kRealm = "ville.example";
constexpr Nonces::Key kKey{42};

// What a telephone answers to a challenge; each part can be made wrong.
struct Answer {
    Algorithm algorithm = Algorithm::Sha256;
    std::string user = "2101-bureau";
    std::string realm = kRealm;
    std::string password = "secret";
    std::string method = "REGISTER";
    std::string uri = "sip:ville.example";
    std::string nonce;
    std::string nonceCount = "00000001";
    std::string cnonce = "c0ffee";
    std::string qop = "auth";
    std::string named;  // the algorithm's name, if another than the true one

    [[nodiscard]] std::string response() const {
        Credentials credentials;
        credentials.nonce = nonce;
        credentials.uri = uri;
        credentials.cnonce = cnonce;
        credentials.nonceCount = nonceCount;
        credentials.qop = qop;
        return expectedResponse(algorithm, base::makeHa1(algorithm, user, realm, password), credentials, method);
    }
    [[nodiscard]] std::string value() const {
        std::string text{"Digest username=\""};
        text.append(user).append("\", realm=\"").append(realm).append("\", nonce=\"").append(nonce);
        text.append("\", uri=\"").append(uri).append("\", response=\"").append(response());
        text.append("\", algorithm=").append(named.empty() ? toString(algorithm) : std::string_view{named});
        text.append(", cnonce=\"").append(cnonce).append("\", qop=").append(qop);
        return text.append(", nc=").append(nonceCount);
    }
};

std::string authorization(std::string_view value) {
    return std::string{"Authorization: "}.append(value).append("\r\n");
}

std::string field(std::string_view challenge, std::string_view name) {
    const auto begin = challenge.find(std::string{name}.append("=\"")) + name.size() + 2;
    return std::string{challenge.substr(begin, challenge.find('"', begin) - begin)};
}

struct Stage {
    Stage() {
        directory.realm = kRealm;
        add("2101-bureau", "secret", true);
        add("2102-vieux", "secret", true);
        add("2103-neuf", "secret", false);
        restart();
        answer.nonce = freshNonce();
    }
    void restart() { authenticator.emplace(clock, AuthSettings{kRealm, std::chrono::seconds{300}, true, kKey, true}); }
    void add(const std::string& account, const std::string& password, bool md5) {
        Device device;
        device.account = account;
        device.extension = account.substr(0, 4);
        if (md5) device.ha1Md5 = base::makeHa1(Algorithm::Md5, account, kRealm, password);
        device.ha1Sha256 = base::makeHa1(Algorithm::Sha256, account, kRealm, password);
        directory.devices.emplace(account, device);
    }
    [[nodiscard]] static RequestText plain() {
        RequestText request;
        request.method = "REGISTER";
        request.uri = "sip:ville.example";
        return request;
    }
    [[nodiscard]] std::string freshNonce() {
        const auto challenge =
            authenticator->challenge(readMessage(plain().text()), udpFlow(10), "tag", Realm::Registrar, false);
        return field(challenge.headers("WWW-Authenticate").at(0), "nonce");
    }
    [[nodiscard]] Verdict check(const std::string& headers, RequestText request = plain(),
                                Realm realm = Realm::Registrar) {
        request.more = headers;
        read = readMessage(request.text());  // a verdict has views of it
        return authenticator->check(*read, from, realm, directory);
    }
    [[nodiscard]] Verdict check(const Answer& given) { return check(authorization(given.value())); }

    FakeClock clock;
    DirectorySnapshot directory;
    Flow from = udpFlow(10);
    std::optional<sip::Message> read;
    std::optional<Authenticator> authenticator;
    Answer answer;
};

std::string accountOf(const Verdict& verdict) {
    const auto* accepted = std::get_if<Accepted>(&verdict);
    return accepted == nullptr ? "" : accepted->device->account;
}

// Refused, and told to answer a new challenge.
bool stale(const Verdict& verdict) {
    const auto* challenged = std::get_if<Challenged>(&verdict);
    return challenged != nullptr && challenged->stale;
}

bool replayed(const Verdict& verdict) {
    return stale(verdict) && std::get<Challenged>(verdict).failure == Failure::Replayed;
}

bool refused(const Verdict& verdict) {
    const auto* challenged = std::get_if<Challenged>(&verdict);
    return challenged != nullptr && challenged->attempted && !challenged->stale;
}

}  // namespace

TEST_CASE("a challenge offers SHA-256 first, and MD5 behind it", "[auth][rfc8760-2.3]") {
    Stage stage;
    const auto request = readMessage(Stage::plain().text());

    const auto answer = stage.authenticator->challenge(request, udpFlow(10), "ours", Realm::Registrar, false);
    CHECK(answer.status() == 401);
    CHECK(answer.to().tag() == "ours");
    CHECK(answer.count("Proxy-Authenticate") == 0);
    const auto values = answer.headers("WWW-Authenticate");
    REQUIRE(values.size() == 2);
    const auto nonce = field(values[0], "nonce");
    const auto expected =
        std::string{"Digest realm=\"ville.example\", nonce=\""}.append(nonce).append("\", algorithm=");
    CHECK(values[0] == expected + "SHA-256, qop=\"auth\"");
    CHECK(values[1] == expected + "MD5, qop=\"auth\"");
    CHECK(nonce.size() == 40);

    const auto proxy = stage.authenticator->challenge(request, udpFlow(10), "ours", Realm::Proxy, true);
    CHECK(proxy.status() == 407);
    CHECK(proxy.count("WWW-Authenticate") == 0);
    REQUIRE(proxy.count("Proxy-Authenticate") == 2);
    for (const auto value : proxy.headers("Proxy-Authenticate")) {
        CHECK(value.find(", stale=true") != std::string_view::npos);
        CHECK(field(value, "nonce") != nonce);
    }

    const auto only = [&](bool md5, bool sha256) {
        Authenticator one{stage.clock, {kRealm, std::chrono::seconds{300}, md5, kKey, sha256}};
        const auto challenge = one.challenge(request, udpFlow(10), "ours", Realm::Registrar, false);
        REQUIRE(challenge.count("WWW-Authenticate") == 1);
        return std::string{challenge.headers("WWW-Authenticate").at(0)};
    };
    CHECK(only(true, false).find("algorithm=MD5,") != std::string::npos);
    CHECK(only(false, true).find("algorithm=SHA-256,") != std::string::npos);
}

TEST_CASE("the right password is accepted with either algorithm", "[auth][rfc3261-22][rfc8760]") {
    Stage stage;
    stage.answer.algorithm = GENERATE(Algorithm::Sha256, Algorithm::Md5);
    CHECK(accountOf(stage.check(stage.answer)) == "2101-bureau");
    CHECK(stage.authenticator->counters().accepted == 1);

    SECTION("its answer is good once, the next count once more") {
        CHECK(replayed(stage.check(stage.answer)));
        stage.answer.nonceCount = "00000002";
        CHECK(accountOf(stage.check(stage.answer)) == "2101-bureau");
        CHECK(replayed(stage.check(stage.answer)));
        CHECK(stage.authenticator->counters().failed == 2);
    }
    SECTION("also out of order") {
        stage.answer.nonceCount = "0000000b";
        CHECK(accountOf(stage.check(stage.answer)) == "2101-bureau");
        stage.answer.nonceCount = "0000000A";
        CHECK(accountOf(stage.check(stage.answer)) == "2101-bureau");
        stage.answer.nonceCount = "0000000a";  // the same number
        CHECK(replayed(stage.check(stage.answer)));
    }
}

TEST_CASE("a nonce that is no longer good", "[auth][rfc7616-3.3]") {
    Stage stage;

    SECTION("too old, with the right password: stale, and a new one does it") {
        stage.clock.advance(301s);
        CHECK(stale(stage.check(stage.answer)));
        stage.answer.nonce = stage.freshNonce();
        CHECK(accountOf(stage.check(stage.answer)) == "2101-bureau");
        CHECK(stage.authenticator->counters().failed == 0);
    }
    SECTION("too old, of before a restart or answered wrongly before: the same for a wrong password, and no evidence") {
        const auto how = GENERATE(0, 1, 2);
        CAPTURE(how);
        if (how == 0) stage.clock.advance(301s);
        if (how == 1) {
            stage.clock.advance(1s);
            stage.restart();
        }
        if (how == 2) {
            auto wrong = stage.answer;
            wrong.user = GENERATE("2101-bureau", "2199-nobody");
            wrong.qop = GENERATE("auth", "auth-int");
            wrong.password = "other";
            const auto first = stage.check(wrong);
            REQUIRE(refused(first));
            CHECK(std::get<Challenged>(first).proven);
        }
        for (const auto* password : {"guessed", "secret"}) {
            stage.answer.password = password;
            stage.answer.nonceCount = GENERATE("00000001", "00000002");
            const auto verdict = stage.check(stage.answer);
            REQUIRE(stale(verdict));
            CHECK_FALSE(std::get<Challenged>(verdict).proven);
            CHECK(std::get<Challenged>(verdict).failure == Failure::None);
        }
        stage.answer.nonce = stage.freshNonce();
        CHECK(accountOf(stage.check(stage.answer)) == "2101-bureau");
    }
    SECTION("a right answer that was not believed leaves it as a wrong one does") {
        const auto verdict = stage.check(stage.answer);
        REQUIRE(std::get_if<Accepted>(&verdict) != nullptr);
        stage.authenticator->spoil(std::get<Accepted>(verdict).nonce);
        const auto again = stage.check(stage.answer);
        CHECK(stale(again));
        CHECK_FALSE(replayed(again));
    }
    SECTION("signed with another key") {
        Authenticator other{stage.clock, {kRealm, std::chrono::seconds{300}, true, Nonces::Key{43}, true}};
        const auto challenge =
            other.challenge(readMessage(Stage::plain().text()), udpFlow(10), "x", Realm::Registrar, false);
        stage.answer.nonce = field(challenge.headers("WWW-Authenticate").at(0), "nonce");
        CHECK(refused(stage.check(stage.answer)));
    }
    SECTION("of the peer's own making, or nothing at all") {
        for (const auto& nonce : {std::string{}, std::string(40, '0'), std::string(3000, 'a')}) {
            stage.answer.nonce = nonce;
            CHECK(refused(stage.check(stage.answer)));
        }
    }
    SECTION("from a date that has not come: stale") {
        stage.clock.jump(-301s);
        CHECK(stale(stage.check(stage.answer)));
    }
}

TEST_CASE("a challenge is answered by the host that it was sent to", "[auth][rfc7616-3.3]") {
    Stage stage;
    stage.answer.password = GENERATE("secret", "guessed");
    stage.from = udpFlow(11);
    const auto verdict = stage.check(stage.answer);
    REQUIRE(std::holds_alternative<Challenged>(verdict));
    const auto& challenged = std::get<Challenged>(verdict);
    CHECK(challenged.stale);  // right or wrong: nobody learns which
    CHECK_FALSE(challenged.attempted);
    CHECK_FALSE(challenged.proven);
    CHECK(challenged.failure == Failure::Elsewhere);
}

TEST_CASE("what was wrong is known to us, and who is shown to have sent it", "[auth]") {
    struct Case {
        void (*make)(Stage&);
        Failure failure;
        bool proven;
    };
    const auto given = GENERATE(values<Case>({
        {[](Stage& s) { s.answer.password = "guessed"; }, Failure::WrongPassword, true},
        {[](Stage& s) { s.answer.user = "2199-nobody"; }, Failure::UnknownAccount, true},
        {[](Stage& s) { s.answer.qop = "auth-int"; }, Failure::NotOffered, true},
        {[](Stage& s) { s.answer.nonce = std::string(40, '0'); }, Failure::ForgedNonce, false},
        {[](Stage& s) {
             s.answer.user = "2199-nobody";  // nothing tells it from one that exists
             s.answer.qop = "auth-int";
         },
         Failure::NotOffered, true},
    }));
    Stage stage;
    given.make(stage);
    const auto verdict = stage.check(stage.answer);
    REQUIRE(refused(verdict));
    const auto& challenged = std::get<Challenged>(verdict);
    CHECK(challenged.failure == given.failure);
    CHECK(challenged.proven == given.proven);
    CHECK(challenged.account == stage.answer.user);
}

TEST_CASE("whatever is wrong with the answer, it is refused", "[auth][rfc7616-3.4]") {
    struct Mistake {
        const char* what;
        void (*make)(Answer&);
    };
    const auto mistake = GENERATE(values<Mistake>({
        {"password", [](Answer& a) { a.password = "guessed"; }},
        {"account", [](Answer& a) { a.user = "2199-nobody"; }},
        {"account of another case", [](Answer& a) { a.user = "2101-BUREAU"; }},
        {"empty account", [](Answer& a) { a.user.clear(); }},
        {"method", [](Answer& a) { a.method = "INVITE"; }},
        {"uri of another host", [](Answer& a) { a.uri = "sip:elsewhere.example"; }},
        {"uri of another user", [](Answer& a) { a.uri = "sip:2102@ville.example"; }},
        {"uri of another port", [](Answer& a) { a.uri = "sip:ville.example:5099"; }},
        {"uri of another scheme", [](Answer& a) { a.uri = "sips:ville.example"; }},
        {"uri that is none", [](Answer& a) { a.uri = "/dir"; }},
        {"no uri", [](Answer& a) { a.uri.clear(); }},
        {"no cnonce", [](Answer& a) { a.cnonce.clear(); }},
        {"other protection", [](Answer& a) { a.qop = "auth-int"; }},
        {"two protections", [](Answer& a) { a.qop = "\"auth,auth-int\""; }},
        {"short count", [](Answer& a) { a.nonceCount = "0000001"; }},
        {"count zero", [](Answer& a) { a.nonceCount = "00000000"; }},
        {"negative count", [](Answer& a) { a.nonceCount = "-0000001"; }},
        {"count in no digits", [](Answer& a) { a.nonceCount = "0x000001"; }},
        {"unknown algorithm", [](Answer& a) { a.named = "SHA-512-256"; }},
        {"session algorithm", [](Answer& a) { a.named = "SHA-256-sess"; }},
        {"other algorithm than it was made with", [](Answer& a) { a.named = "MD5"; }},
    }));
    CAPTURE(mistake.what);
    Stage stage;
    mistake.make(stage.answer);
    CHECK(refused(stage.check(stage.answer)));
    CHECK(stage.authenticator->counters().failed == 1);
}

TEST_CASE("an answer without qop, as before RFC 2617, is refused", "[auth][rfc8760-2.6]") {
    Stage stage;
    auto value = stage.answer.value();
    const auto request = base::hashHex(Algorithm::Sha256, std::string{"REGISTER:"}.append(stage.answer.uri));
    const auto ha1 = base::makeHa1(Algorithm::Sha256, stage.answer.user, kRealm, stage.answer.password);
    const auto old = base::hashHex(
        Algorithm::Sha256, std::string{ha1}.append(1, ':').append(stage.answer.nonce).append(1, ':').append(request));
    value.replace(value.find(stage.answer.response()), old.size(), old);
    value.resize(value.find(", cnonce"));
    CHECK(refused(stage.check(authorization(value))));
}

TEST_CASE("a uri that leaves out what telephones leave out is for this request", "[auth][rfc7616-3.4.6]") {
    Stage stage;
    auto request = Stage::plain();
    request.uri = "sip:ville.example;transport=tcp";
    const auto accepted = [&] { return !accountOf(stage.check(authorization(stage.answer.value()), request)).empty(); };
    stage.answer.uri = GENERATE("sip:ville.example;transport=tcp", "sip:ville.example", "sip:VILLE.example");
    CHECK(accepted());
}

TEST_CASE("credentials that are not for us do not count", "[auth][rfc3261-22.1]") {
    Stage stage;
    const auto ours = authorization(stage.answer.value());
    auto foreign = stage.answer;
    foreign.realm = "elsewhere.example";
    const auto theirs = authorization(foreign.value());
    const auto unasked = [&](const std::string& headers) {
        const auto verdict = stage.check(headers);
        const auto* challenged = std::get_if<Challenged>(&verdict);
        return challenged != nullptr && !challenged->attempted && !challenged->stale;
    };

    const auto huge = std::string(3500, 'y').append(1, '"');

    SECTION("none, another realm, another scheme, another header, not well-formed: an ordinary challenge") {
        CHECK(unasked(""));
        CHECK(unasked(theirs));
        CHECK(unasked("Authorization: Basic MjEwMTpzZWNyZXQ=\r\n"));
        CHECK(unasked("Proxy-" + ours));
        CHECK(unasked("Authorization:\r\n"));
        CHECK(unasked("Authorization: Digest username=\"2101-bureau\", username=\"2102-vieux\"\r\n"));
        CHECK(unasked(authorization(std::string{"Digest x=\""}.append(huge))));
        CHECK(stage.authenticator->counters().challenged == 7);
        CHECK(stage.authenticator->counters().failed == 0);
    }
    SECTION("ours is found behind them") {
        CHECK(accountOf(stage.check("Authorization: Digest ,\r\n" + theirs + ours)) == "2101-bureau");
    }
    SECTION("of two for our realm only the first is tried: a guess costs a request") {
        auto guess = stage.answer;
        guess.password = "guessed";
        CHECK(refused(stage.check(authorization(guess.value()) + ours)));
    }
    SECTION("the proxy asks for its own header") {
        stage.answer.method = "INVITE";
        stage.answer.uri = "sip:2102@192.0.2.1";
        const auto header = authorization(stage.answer.value());
        CHECK(accountOf(stage.check("Proxy-" + header, RequestText{}, Realm::Proxy)) == "2101-bureau");
        CHECK(accountOf(stage.check(header, RequestText{}, Realm::Proxy)).empty());
    }
}

TEST_CASE("MD5 is refused where it is not allowed", "[auth][rfc8760]") {
    Stage stage;
    stage.answer.algorithm = Algorithm::Md5;

    SECTION("by the plan, for one device") {
        stage.answer.user = "2103-neuf";
        CHECK(refused(stage.check(stage.answer)));
        stage.answer.algorithm = Algorithm::Sha256;
        stage.answer.nonce = stage.freshNonce();
        CHECK(accountOf(stage.check(stage.answer)) == "2103-neuf");
    }
    SECTION("by the configuration, for all") {
        Authenticator strict{stage.clock, {kRealm, std::chrono::seconds{300}, false, kKey, true}};
        auto request = Stage::plain();
        const auto challenge = strict.challenge(readMessage(request.text()), udpFlow(10), "x", Realm::Registrar, false);
        stage.answer.nonce = field(challenge.headers("WWW-Authenticate").at(0), "nonce");
        request.more = authorization(stage.answer.value());
        CHECK(refused(strict.check(readMessage(request.text()), udpFlow(10), Realm::Registrar, stage.directory)));
    }
}

TEST_CASE("an unknown account, a wrong password and a forbidden algorithm are one and the same", "[auth][rfc3261-26]") {
    Stage stage;
    stage.answer.algorithm = GENERATE(Algorithm::Sha256, Algorithm::Md5);
    const bool fresh = GENERATE(true, false);
    const auto old = stage.answer.nonce;
    if (!fresh) stage.clock.advance(301s);
    stage.answer.password = "guessed";
    const auto attempt = [&](const char* account) {
        stage.answer.user = account;
        stage.answer.nonce = fresh ? stage.freshNonce() : old;
        auto request = Stage::plain();
        request.more = authorization(stage.answer.value());
        const auto message = readMessage(request.text());
        static_cast<void>(takeWork());
        const auto verdict = stage.authenticator->check(message, udpFlow(10), Realm::Registrar, stage.directory);
        const auto& challenged = std::get<Challenged>(verdict);
        auto answer =
            stage.authenticator->challenge(message, udpFlow(10), "tag", Realm::Registrar, challenged.stale).toString();
        for (auto at = answer.find("nonce=\""); at != std::string::npos; at = answer.find("nonce=\"", at)) {
            answer.replace(at, 47, "nonce-");
        }
        return std::pair{takeWork(), answer};
    };

    const auto [workOfWrong, answerToWrong] = attempt("2102-vieux");
    CHECK(answerToWrong.find("nonce-\"") != std::string::npos);
    for (const auto* account : {"2199-autre", "2103-neuf"}) {
        const auto [work, answer] = attempt(account);
        CHECK(answer == answerToWrong);
        CHECK(work == workOfWrong);
    }

    // The response and the nonce's two signatures are compared as wholes, in constant time.
    const std::size_t digits = stage.answer.algorithm == Algorithm::Md5 ? 32 : 64;
    CHECK(workOfWrong.compared == std::vector<std::size_t>{digits, 8, 8});
    CHECK(workOfWrong.hashed.size() == 2);
}
