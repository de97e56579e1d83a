// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/user_agent.hpp"

#include "bridge/datagram_socket.hpp"
#include "support/loop_runner.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <array>
#include <set>
#include <string>
#include <system_error>
#include <vector>

using namespace beffroi;
using namespace beffroi::bridge;
using beffroi::test::LoopRunner;

namespace {

const std::string kOffer = "v=0\r\noffer\r\n";

// What the services would see: every call notes what it is told, and refuses what the test wants refused.
struct Notes {
    std::vector<CallRequest> requests;
    std::vector<std::string> offers;
    std::vector<std::string> answers;
    std::string keys;
    int ended = 0;
    std::optional<Refusal> refuseCall;
    std::optional<Refusal> refuseOffer;
    std::optional<Refusal> refuseAnswer;
};

class NotedCall final : public Call {
public:
    explicit NotedCall(Notes& notes) : notes_{notes} {}
    ~NotedCall() override { ++notes_.ended; }
    std::variant<std::string, Refusal> answer(std::string_view offer) override {
        notes_.offers.emplace_back(offer);
        if (notes_.refuseOffer) return *notes_.refuseOffer;
        return "v=0\r\nanswer " + std::to_string(notes_.offers.size()) + "\r\n";
    }
    std::string offer() override { return "v=0\r\nour offer\r\n"; }
    std::optional<Refusal> takeAnswer(std::string_view answer) override {
        notes_.answers.emplace_back(answer);
        return notes_.refuseAnswer;
    }
    void digit(char key) override { notes_.keys += key; }

private:
    Notes& notes_;
};

class NotingTaker final : public CallTaker {
public:
    std::variant<std::unique_ptr<Call>, Refusal> take(CallRequest request) override {
        notes.requests.push_back(std::move(request));
        if (notes.refuseCall) return *notes.refuseCall;
        return std::make_unique<NotedCall>(notes);
    }
    Notes notes;
};

SocketAddress boundAddress(int socket) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
    return SocketAddress::from(reinterpret_cast<const sockaddr&>(address));
}

std::string headerOf(const std::string& message, const std::string& name) {
    const auto at = message.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const auto start = at + name.size() + 4;
    return message.substr(start, message.find("\r\n", start) - start);
}

// The exchange, as one UDP socket, in front of the user agent.
struct Scene {
    explicit Scene(const char* exchange = "127.0.0.1") {
        const auto free = openDatagramSocket(*SocketAddress::parse("127.0.0.1", 0));
        const auto listen = boundAddress(free);
        closeSocket(free);
        agent = std::make_unique<UserAgent>(runner.loop,
                                            UserAgentSettings{listen, {*SocketAddress::parse(exchange, 0)}}, taker);
        sockaddr_storage address{};
        const auto length = listen.toSockaddr(address);
        REQUIRE(connect(socket, reinterpret_cast<const sockaddr*>(&address), length) == 0);
        here = boundAddress(socket).toString();
        there = listen.toString();
    }
    ~Scene() {
        // A dialog that is left to the end of its stack is lost memory, by belle-sip's fault.
        assertOnLoop();
        if (agent && agent->calls() > 0) {
            agent->drain();
            accept(receiveFinal());
        }
        rest();
        closeSocket(socket);
    }

    /// Some beats of belle-sip, which tells the end of a dialog in a later one, and forgets the dialog then. They are
    /// counted by a timer that is as late as belle-sip's own.
    void rest() {
        int beats = 0;
        Timer beat{runner.loop.scheduler(), [&beat, &beats] {
                       ++beats;
                       beat.start(10ms);
                   }};
        beat.start(10ms);
        (void)runner.until([&beats] { return beats >= 8; });
    }

    struct Extra {
        std::string headers;
        std::string body;
        std::string uri = {};
        std::string toTag = {};
        std::string type = "application/sdp";
    };

    std::string request(const std::string& method, unsigned cseq, const Extra& extra) const {
        auto text = method + ' ' + (extra.uri.empty() ? "sip:8000@" + there + ";service=room;members=30" : extra.uri) +
                    " SIP/2.0\r\nVia: SIP/2.0/UDP " + here + ";branch=z9hG4bK" + method + std::to_string(cseq) +
                    callId + "\r\nFrom: \"Accueil\" <sip:2100@town.example>;tag=caller\r\nTo: <sip:8000@town.example>" +
                    (extra.toTag.empty() ? "" : ";tag=" + extra.toTag) + "\r\nCall-ID: " + callId +
                    "\r\nCSeq: " + std::to_string(cseq) + ' ' + method + "\r\nContact: <sip:2100@" + here +
                    ">\r\nMax-Forwards: 70\r\n" + extra.headers;
        if (!extra.body.empty()) text += "Content-Type: " + extra.type + "\r\n";
        return text + "Content-Length: " + std::to_string(extra.body.size()) + "\r\n\r\n" + extra.body;
    }
    void send(const std::string& text) const {
        REQUIRE(::send(socket, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    }
    /// The next message; empty if none comes.
    std::string receive() {
        std::array<char, 65536> buffer{};
        ssize_t size = -1;
        (void)runner.until([&] {
            size = recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
            return size > 0;
        });
        return size > 0 ? std::string{buffer.data(), static_cast<std::size_t>(size)} : std::string{};
    }
    /// The next message that is not a provisional response.
    std::string receiveFinal() {
        auto text = receive();
        while (text.starts_with("SIP/2.0 1")) text = receive();
        return text;
    }
    std::string exchange(const std::string& method, unsigned cseq, const Extra& extra) {
        send(request(method, cseq, extra));
        return receiveFinal();
    }
    void acknowledge(unsigned cseq, const std::string& toTag) const {
        send(request("ACK", cseq, {.headers = "", .body = "", .toTag = toTag}));
    }
    /// The ACK of a refusal belongs to the INVITE's transaction.
    void acknowledgeFailure(unsigned cseq) const {
        auto text = request("ACK", cseq, {});
        text.replace(text.find("z9hG4bKACK"), 10, "z9hG4bKINVITE");
        send(text);
    }
    /// Answers a BYE.
    void accept(const std::string& bye) const {
        std::string text = "SIP/2.0 200 OK\r\n";
        for (const auto* name : {"Via", "From", "To", "Call-ID", "CSeq"}) {
            text += std::string{name} + ": " + headerOf(bye, name) + "\r\n";
        }
        send(text + "Content-Length: 0\r\n\r\n");
    }
    static std::string toTagOf(const std::string& answer) {
        const auto to = headerOf(answer, "To");
        return to.substr(to.find(";tag=") + 5);
    }
    /// Sets up a call; its To tag.
    std::string call() {
        const auto answer = exchange("INVITE", 1, {"", kOffer});
        REQUIRE(answer.starts_with("SIP/2.0 200"));
        auto tag = toTagOf(answer);
        acknowledge(1, tag);
        return tag;
    }

    LoopRunner runner;
    NotingTaker taker;
    std::string callId = "call-1";
    int socket = openDatagramSocket(*SocketAddress::parse("127.0.0.1", 0));
    std::string here;
    std::string there;
    std::unique_ptr<UserAgent> agent;
};

}  // namespace

TEST_CASE("a call is taken with what its URI asks for, answered, and ended by the caller", "[bridge][rfc3261-13.3]") {
    Scene scene;
    const auto answer = scene.exchange("INVITE", 1, {"", kOffer});
    CHECK(answer.starts_with("SIP/2.0 200"));
    CHECK(headerOf(answer, "Contact") == "sip:8000@" + scene.there);
    CHECK(headerOf(answer, "Content-Type") == "application/sdp");
    CHECK(answer.ends_with("\r\n\r\nv=0\r\nanswer 1\r\n"));
    REQUIRE(scene.taker.notes.requests.size() == 1);
    const auto& wanted = scene.taker.notes.requests.front();
    CHECK(wanted.extension == "8000");
    CHECK(wanted.service == "room");
    CHECK(wanted.members == 30);
    CHECK(wanted.caller == "2100");
    CHECK(wanted.callId == "call-1");
    CHECK(scene.taker.notes.offers == std::vector{kOffer});
    CHECK(scene.agent->calls() == 1);

    const Scene::Extra inDialog{.headers = "", .body = "", .toTag = Scene::toTagOf(answer)};
    scene.acknowledge(1, inDialog.toTag);
    CHECK(scene.exchange("BYE", 2, inDialog).starts_with("SIP/2.0 200"));
    CHECK(scene.agent->calls() == 0);
    CHECK(scene.taker.notes.ended == 1);
}

TEST_CASE("a call that cannot be taken is refused with a status and a reason", "[bridge][rfc3261-8.2]") {
    struct Case {
        Scene::Extra invite;
        std::string status;
        std::string header;
        std::string value;
    };
    const std::vector<Case> cases{
        {{"Require: 100rel, foo\r\n", kOffer}, "420", "Unsupported", "100rel, foo"},
        {{"", "hello", "", "", "text/plain"}, "415", "Accept", "application/sdp"},
        {{"", kOffer, "sip:127.0.0.1;service=room"}, "404", "Warning", "399 beffroi-bridge \"no extension\""},
        {{"", kOffer, "sip:8000@127.0.0.1;service=room;members=many"},
         "400",
         "Warning",
         "399 beffroi-bridge \"members is not a number\""},
        {{"", kOffer, "sip:8000@127.0.0.1;service=room;members=0"},
         "400",
         "Warning",
         "399 beffroi-bridge \"members is not a number\""},
        {{"", kOffer, "sip:8000@127.0.0.1;service=announcement;say=..%2Fclosed"},
         "400",
         "Warning",
         "399 beffroi-bridge \"that cannot be said\""},
    };
    Scene scene;
    for (const auto& [invite, status, header, value] : cases) {
        scene.callId += 'x';
        const auto answer = scene.exchange("INVITE", 1, invite);
        CHECK(answer.starts_with("SIP/2.0 " + status));
        CHECK(headerOf(answer, header) == value);
        scene.acknowledgeFailure(1);
    }
    CHECK(scene.taker.notes.requests.empty());

    SECTION("by the service") {
        scene.taker.notes.refuseCall = Refusal{486, "the room is \"full\""};
        const auto answer = scene.exchange("INVITE", 7, {"", kOffer});
        CHECK(answer.starts_with("SIP/2.0 486"));
        CHECK(headerOf(answer, "Warning") == "399 beffroi-bridge \"the room is 'full'\"");
        scene.acknowledgeFailure(7);
    }
    SECTION("because of its offer") {
        scene.taker.notes.refuseOffer = Refusal{488, "no common codec"};
        CHECK(scene.exchange("INVITE", 7, {"", kOffer}).starts_with("SIP/2.0 488"));
        scene.acknowledgeFailure(7);
        CHECK(scene.taker.notes.ended == 1);
    }
    CHECK(scene.agent->calls() == 0);
}

TEST_CASE("what is said of a call that goes nowhere is early media, then the call is refused",
          "[bridge][rfc3960-3][announcements]") {
    Scene scene;
    const Scene::Extra invite{"", kOffer,
                              "sip:2999@127.0.0.1;service=announcement;say=closed+opens+day:mon+time:08:30;early"};
    scene.send(scene.request("INVITE", 1, invite));
    auto answer = scene.receive();
    while (answer.starts_with("SIP/2.0 100")) answer = scene.receive();
    REQUIRE(answer.starts_with("SIP/2.0 183"));
    CHECK(answer.ends_with("\r\n\r\nv=0\r\nanswer 1\r\n"));
    REQUIRE(scene.taker.notes.requests.size() == 1);
    const auto& wanted = scene.taker.notes.requests.front();
    CHECK(wanted.announcement == "closed+opens+day:mon+time:08:30");
    CHECK(wanted.early);
    const Scene::Extra inDialog{.headers = "", .body = "", .toTag = Scene::toTagOf(answer)};

    SECTION("when all is said") {
        wanted.hangUp();
        CHECK(scene.receiveFinal().starts_with("SIP/2.0 480"));
    }
    SECTION("when the caller has heard enough") {
        auto cancel = scene.request("CANCEL", 1, {});
        cancel.replace(cancel.find("z9hG4bKCANCEL"), 13, "z9hG4bKINVITE");
        scene.send(cancel);
        const std::set<std::string> both{scene.receiveFinal().substr(0, 11), scene.receiveFinal().substr(0, 11)};
        CHECK(both == std::set<std::string>{"SIP/2.0 200", "SIP/2.0 487"});
    }
    SECTION("when the caller says goodbye") {
        scene.send(scene.request("BYE", 2, inDialog));
        const std::set<std::string> both{scene.receiveFinal().substr(0, 11), scene.receiveFinal().substr(0, 11)};
        CHECK(both == std::set<std::string>{"SIP/2.0 200", "SIP/2.0 487"});
    }
    SECTION("when the bridge stops") {
        assertOnLoop();
        scene.agent->drain();
        CHECK(scene.receiveFinal().starts_with("SIP/2.0 480"));
    }
    scene.acknowledgeFailure(1);
    CHECK(scene.agent->calls() == 0);
    CHECK(scene.taker.notes.ended == 1);
}

TEST_CASE("without an offer nothing can be said before an answer", "[bridge][rfc3960-3][announcements]") {
    Scene scene;
    CHECK(scene.exchange("INVITE", 1, {"", "", "sip:2999@127.0.0.1;service=announcement;say=closed;early"})
              .starts_with("SIP/2.0 480"));
    scene.acknowledgeFailure(1);
    CHECK(scene.agent->calls() == 0);
}

TEST_CASE("nobody but the exchange is served", "[bridge]") {
    Scene scene{"192.0.2.1"};
    CHECK(scene.exchange("INVITE", 1, {"", kOffer}).starts_with("SIP/2.0 403"));
    CHECK(scene.exchange("OPTIONS", 2, {}).starts_with("SIP/2.0 403"));
    CHECK(scene.taker.notes.requests.empty());
}

TEST_CASE("an INVITE without an offer gets ours, and its ACK the last word", "[bridge][rfc3264-5]") {
    Scene scene;
    const auto answer = scene.exchange("INVITE", 1, {});
    REQUIRE(answer.ends_with("\r\n\r\nv=0\r\nour offer\r\n"));
    Scene::Extra ack{.headers = "", .body = "v=0\r\nanswer\r\n", .toTag = Scene::toTagOf(answer)};

    SECTION("an answer that fits") {
        scene.send(scene.request("ACK", 1, ack));
        CHECK(scene.runner.until([&] { return !scene.taker.notes.answers.empty(); }));
        CHECK(scene.taker.notes.answers == std::vector{ack.body});
        CHECK(scene.agent->calls() == 1);
    }
    SECTION("one that does not ends the call") {
        scene.taker.notes.refuseAnswer = Refusal{488, "no common codec"};
        scene.send(scene.request("ACK", 1, ack));
        const auto bye = scene.receive();
        CHECK(bye.starts_with("BYE sip:2100@" + scene.here));
        scene.accept(bye);
        CHECK(scene.agent->calls() == 0);
    }
    SECTION("so does none") {
        ack.body.clear();
        scene.send(scene.request("ACK", 1, ack));
        const auto bye = scene.receive();
        CHECK(bye.starts_with("BYE "));
        scene.accept(bye);
        CHECK(scene.taker.notes.ended == 1);
    }
}

TEST_CASE("within a call the session is renegotiated, keys are heard and the rest is answered",
          "[bridge][rfc3261-14]") {
    Scene scene;
    Scene::Extra inDialog{.headers = "", .body = "v=0\r\nhold\r\n", .toTag = scene.call()};

    SECTION("by INVITE") {
        CHECK(scene.exchange("INVITE", 2, inDialog).ends_with("v=0\r\nanswer 2\r\n"));
        scene.acknowledge(2, inDialog.toTag);
        CHECK(scene.taker.notes.offers == std::vector{kOffer, inDialog.body});
    }
    SECTION("by UPDATE") {
        CHECK(scene.exchange("UPDATE", 2, inDialog).ends_with("v=0\r\nanswer 2\r\n"));
        CHECK(scene.taker.notes.offers == std::vector{kOffer, inDialog.body});
    }
    SECTION("an offer that is refused leaves the call as it was") {
        scene.taker.notes.refuseOffer = Refusal{488, "no common codec"};
        CHECK(scene.exchange("INVITE", 2, inDialog).starts_with("SIP/2.0 488"));
    }
    SECTION("a key in an INFO") {
        inDialog.type = "application/dtmf-relay";
        inDialog.body = "Signal=5\r\nDuration=160\r\n";
        CHECK(scene.exchange("INFO", 2, inDialog).starts_with("SIP/2.0 200"));
        inDialog.type = "application/dtmf";
        inDialog.body = "#";
        CHECK(scene.exchange("INFO", 3, inDialog).starts_with("SIP/2.0 200"));
        CHECK(scene.taker.notes.keys == "5#");
    }
    SECTION("OPTIONS and what we do not know") {
        inDialog.body.clear();
        CHECK(scene.exchange("OPTIONS", 2, inDialog).starts_with("SIP/2.0 200"));
        const auto refused = scene.exchange("NOTIFY", 3, inDialog);
        CHECK(refused.starts_with("SIP/2.0 405"));
        CHECK(headerOf(refused, "Allow").find("INFO") != std::string::npos);
    }
    CHECK(scene.agent->calls() == 1);
    CHECK(scene.taker.notes.ended == 0);
    CHECK(scene.taker.notes.requests.size() == 1);
}

TEST_CASE("what belongs to no call is answered and changes nothing", "[bridge][rfc3261-12.2.2]") {
    Scene scene;
    const Scene::Extra elsewhere{.headers = "", .body = "", .toTag = "nobody"};
    CHECK(scene.exchange("BYE", 1, elsewhere).starts_with("SIP/2.0 481"));
    CHECK(scene.exchange("INVITE", 2, elsewhere).starts_with("SIP/2.0 481"));
    CHECK(scene.exchange("CANCEL", 3, {}).starts_with("SIP/2.0 481"));
    CHECK(scene.exchange("MESSAGE", 4, {}).starts_with("SIP/2.0 405"));
    CHECK(scene.exchange("OPTIONS", 5, {}).starts_with("SIP/2.0 200"));
    CHECK(scene.taker.notes.requests.empty());
}

TEST_CASE("a service ends its call by a BYE, in a later turn", "[bridge][rfc3261-15]") {
    Scene scene;
    scene.call();
    const auto hangUp = scene.taker.notes.requests.front().hangUp;
    hangUp();
    hangUp();
    CHECK(scene.taker.notes.ended == 0);
    const auto bye = scene.receive();
    CHECK(bye.starts_with("BYE sip:2100@" + scene.here));
    CHECK(headerOf(bye, "Call-ID") == "call-1");
    CHECK(scene.taker.notes.ended == 1);
    scene.accept(bye);
    scene.rest();
    hangUp();
    scene.agent.reset();
    hangUp();
    scene.runner.loop.turn(0ms);
}

TEST_CASE("what crosses on the way is answered, and ends nothing that was not to end", "[bridge][rfc3261-9.2]") {
    Scene scene;
    SECTION("a CANCEL and our 200") {
        scene.send(scene.request("INVITE", 1, {"", kOffer}));
        const auto answer = scene.receiveFinal();
        auto cancel = scene.request("CANCEL", 1, {});
        cancel.replace(cancel.find("z9hG4bKCANCEL"), 13, "z9hG4bKINVITE");
        scene.send(cancel);
        auto next = scene.receive();
        while (next == answer) next = scene.receive();
        CHECK(next.starts_with("SIP/2.0 200"));
        CHECK(headerOf(next, "CSeq") == "1 CANCEL");
        CHECK(scene.agent->calls() == 1);
        scene.acknowledge(1, Scene::toTagOf(answer));
    }
    SECTION("a BYE and ours") {
        const auto tag = scene.call();
        scene.taker.notes.requests.front().hangUp();
        const auto bye = scene.receive();
        CHECK(bye.starts_with("BYE "));
        CHECK(scene.exchange("BYE", 2, {.headers = "", .body = "", .toTag = tag}).starts_with("SIP/2.0 200"));
        scene.accept(bye);
    }
    SECTION("an offer and ours") {
        const auto answer = scene.exchange("INVITE", 1, {});
        const Scene::Extra update{.headers = "", .body = kOffer, .toTag = Scene::toTagOf(answer)};
        CHECK(scene.exchange("UPDATE", 2, update).starts_with("SIP/2.0 491"));
        CHECK(scene.taker.notes.offers.empty());
        scene.send(scene.request("ACK", 1, {.headers = "", .body = "v=0\r\n", .toTag = update.toTag}));
        CHECK(scene.runner.until([&] { return !scene.taker.notes.answers.empty(); }));
        CHECK(scene.agent->calls() == 1);
    }
}

TEST_CASE("a body in parts that cannot be told apart is refused, and harms nobody", "[bridge][rfc3261-21.4.13]") {
    Scene scene;
    const auto* type = GENERATE("multipart/mixed;boundary=\"part\"", "multipart/mixed;boundary=part");
    const auto* body = GENERATE("--part\r\n\r\nv=0\r\n--part--\r\n", "something else");
    CHECK(scene.exchange("INVITE", 1, {"", body, "", "", type}).starts_with("SIP/2.0 415"));
    scene.acknowledgeFailure(1);
    CHECK(scene.exchange("OPTIONS", 2, {}).starts_with("SIP/2.0 200"));
    CHECK(scene.taker.notes.requests.empty());
}

TEST_CASE("many requests at once are all answered, none repeated", "[bridge]") {
    Scene scene;
    constexpr unsigned kMany = 100;
    for (unsigned i = 1; i <= kMany; ++i) scene.send(scene.request("OPTIONS", i, {}));
    std::set<std::string> answered;
    for (unsigned i = 1; i <= kMany; ++i) answered.insert(headerOf(scene.receive(), "CSeq"));
    CHECK(answered.size() == kMany);
}

TEST_CASE("an INVITE that is repeated is one call", "[bridge][rfc3261-17.2]") {
    Scene scene;
    const auto invite = scene.request("INVITE", 1, {"", kOffer});
    scene.send(invite);
    const auto first = scene.receiveFinal();
    scene.send(invite);
    CHECK(scene.receiveFinal() == first);
    CHECK(scene.taker.notes.requests.size() == 1);
    CHECK(scene.agent->calls() == 1);
    scene.acknowledge(1, Scene::toTagOf(first));
}

TEST_CASE("an answer that is never acknowledged is repeated, and then the call is given up",
          "[bridge][rfc3261-13.3.1]") {
    Scene scene;
    auto timers = belle_sip_timer_config_t{20, 80, 20, 100};
    scene.agent->stack().setTimers(timers);
    scene.send(scene.request("INVITE", 1, {"", kOffer}));
    const auto first = scene.receiveFinal();
    CHECK(first.starts_with("SIP/2.0 200"));
    CHECK(scene.receive() == first);
    auto next = scene.receive();
    while (next == first) next = scene.receive();
    CHECK(next.starts_with("BYE "));
    scene.accept(next);
    CHECK(scene.runner.until([&] { return scene.taker.notes.ended == 1; }));
    CHECK(scene.agent->calls() == 0);
}

TEST_CASE("an agent that is to stop ends its calls and takes no more", "[bridge]") {
    Scene scene;
    scene.call();
    assertOnLoop();
    scene.agent->drain();
    CHECK(scene.taker.notes.ended == 1);
    const auto bye = scene.receive();
    CHECK(bye.starts_with("BYE "));
    scene.accept(bye);
    scene.callId = "call-2";
    const auto answer = scene.exchange("INVITE", 1, {"", kOffer});
    CHECK(answer.starts_with("SIP/2.0 503"));
    CHECK(headerOf(answer, "Retry-After") == "5");
    CHECK(scene.taker.notes.requests.size() == 1);
}

TEST_CASE("an address that somebody else has is an error at once", "[bridge]") {
    LoopRunner runner;
    NotingTaker taker;
    const int taken = openDatagramSocket(*SocketAddress::parse("127.0.0.1", 0));
    const UserAgentSettings settings{boundAddress(taken), {}};
    CHECK_THROWS_AS(UserAgent(runner.loop, settings, taker), std::system_error);
    closeSocket(taken);
}
