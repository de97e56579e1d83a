// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/call_table.hpp"

#include "base/timer_wheel.hpp"
#include "support/fake_call_record_store.hpp"
#include "support/fake_clock.hpp"
#include "support/sip_messages.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::proxy;
using namespace beffroi::test;

namespace {

const CallTable::Caller kAlice{"2101", "Alice Castelain", "2101-bureau"};
const Branch kBob{"sip:2102@192.0.2.20", {}, std::nullopt, "2102 (2102-bureau)"};

struct Calls {
    Calls() { assertOnLoop(); }

    void pass(Clock::Duration time) {
        clock.advance(time);
        wheel.advance();
    }
    std::shared_ptr<ForkObserver> begin(const RequestText& invite = {}) {
        assertOnLoop();
        return table.begin(readMessage(invite.text()), kAlice, "2102");
    }
    void bye(std::string from, std::string to, std::string callId = RequestText{}.callId) {
        assertOnLoop();
        RequestText bye;
        bye.method = "BYE";
        bye.from = "<sip:a@192.0.2.1>;tag=" + from;
        bye.to = "<sip:b@192.0.2.1>;tag=" + to;
        bye.callId = std::move(callId);
        table.onBye(readMessage(bye.text()));
    }
    [[nodiscard]] std::size_t active() const {
        assertOnLoop();
        return table.active().size();
    }

    FakeClock clock;
    base::TimerWheel wheel{clock};
    FakeCallRecordStore store;
    int ids = 0;
    CallTable table{wheel, store, [this] { return "id-" + std::to_string(++ids); }, 12h};
};

}  // namespace

TEST_CASE("a call is recorded as it starts, rings, is answered and ends", "[proxy][calls]") {
    Calls calls;
    const auto began = calls.clock.wallNow();
    auto observer = calls.begin();
    {
        const auto& record = calls.store.last();
        CHECK(record.id == "id-1");
        CHECK(record.callId == "call-1@192.0.2.10");
        CHECK(record.caller == "2101");
        CHECK(record.callerName == "Alice Castelain");
        CHECK(record.callerAccount == "2101-bureau");
        CHECK(record.dialled == "2102");
        CHECK(record.start == began);
        CHECK(record.cause == CallEnd::Open);
        CHECK_FALSE(record.ring);
        CHECK_FALSE(record.answer);
        CHECK_FALSE(record.end);
    }
    calls.pass(2s);
    observer->onRinging();
    calls.pass(1s);
    observer->onRinging();  // a second phone
    CHECK(calls.store.last().ring == began + 2s);

    calls.pass(4s);
    observer->onAnswered(0, kBob, "bob");
    observer.reset();  // the INVITE is over, the call goes on
    CHECK(calls.store.last().answer == began + 7s);
    CHECK(calls.store.last().answeredBy == "2102 (2102-bureau)");
    CHECK(calls.store.last().status == 200);
    CHECK(calls.active() == 1);

    calls.pass(60s);
    SECTION("the caller hangs up") {
        calls.bye("alice", "bob");
        CHECK(calls.store.last().cause == CallEnd::CallerHungUp);
    }
    SECTION("the callee hangs up") {
        calls.bye("bob", "alice");
        CHECK(calls.store.last().cause == CallEnd::CalleeHungUp);
    }
    CHECK(calls.store.last().end == began + 67s);
    CHECK(calls.store.last().status == 200);
    CHECK(calls.active() == 0);

    const auto writes = calls.store.writes;
    calls.bye("alice", "bob");  // again, or from the other side: it is over
    calls.bye("bob", "alice");
    CHECK(calls.store.writes == writes);
    CHECK(calls.store.records.size() == 1);
}

TEST_CASE("a call that fails says how", "[proxy][calls]") {
    struct Row {
        int status;
        bool cancelled;
        bool timedOut;
        CallEnd cause;
    };
    const Row rows[] = {
        {486, false, false, CallEnd::Refused},  {603, false, false, CallEnd::Refused},
        {600, false, false, CallEnd::Refused},  {403, false, false, CallEnd::Refused},
        {404, false, false, CallEnd::Refused},  {480, false, true, CallEnd::NoAnswer},
        {408, false, false, CallEnd::NoAnswer}, {487, true, false, CallEnd::Cancelled},
        {487, true, true, CallEnd::Cancelled},  {480, false, false, CallEnd::Failed},
        {503, false, false, CallEnd::Failed},
    };
    for (const auto& row : rows) {
        Calls calls;
        const auto observer = calls.begin();
        calls.pass(3s);
        observer->onFailed(row.status, row.cancelled, row.timedOut);
        INFO(row.status);
        CHECK(calls.store.last().cause == row.cause);
        CHECK(calls.store.last().status == row.status);
        CHECK(calls.store.last().end == calls.clock.wallNow());
        CHECK_FALSE(calls.store.last().answer);
        CHECK(calls.store.last().answeredBy.empty());
        CHECK(calls.active() == 0);
    }
}

TEST_CASE("a call that was refused before it was forked has a record", "[proxy][calls]") {
    assertOnLoop();
    Calls calls;
    calls.table.refused(readMessage(RequestText{}.text()), kAlice, "9999", 404);
    CHECK(calls.store.last().dialled == "9999");
    CHECK(calls.store.last().status == 404);
    CHECK(calls.store.last().cause == CallEnd::Refused);
    CHECK(calls.store.last().end == calls.clock.wallNow());
    CHECK(calls.active() == 0);
}

TEST_CASE("a call that comes back is refused, and the one that is running goes on", "[proxy][calls]") {
    Calls calls;
    auto observer = calls.begin();
    const auto invite = readMessage(RequestText{}.text());
    assertOnLoop();
    calls.table.refused(invite, kAlice, "2102", 482);
    CHECK(calls.store.last().status == 482);
    CHECK(calls.active() == 1);
    CHECK(calls.table.usage().isBusy("2101"));
    observer->onAnswered(0, kBob, "bob");
    CHECK(calls.store.last().id == "id-1");
    CHECK(calls.store.last().status == 200);
    calls.bye(std::string{invite.from().tag()}, "bob");
    CHECK(calls.active() == 0);
    CHECK(calls.store.last().cause == CallEnd::CallerHungUp);
}

TEST_CASE("only a BYE of its own dialog ends a call", "[proxy][calls]") {
    Calls calls;
    const auto observer = calls.begin();
    calls.bye("alice", "bob");  // not answered yet: an early dialog of a branch
    CHECK(calls.active() == 1);
    observer->onAnswered(0, kBob, "bob");
    calls.bye("alice", "carol");  // the second 2xx of a forked call, given up
    calls.bye("carol", "alice");
    calls.bye("mallory", "bob");
    calls.bye("alice", "bob", "another-call");
    CHECK(calls.active() == 1);
    CHECK(calls.store.last().cause == CallEnd::Open);
    calls.bye("alice", "bob");
    CHECK(calls.active() == 0);
}

TEST_CASE("a call whose end nobody saw is closed after the longest time", "[proxy][calls]") {
    Calls calls;
    calls.begin()->onAnswered(0, kBob, "bob");
    calls.pass(12h - 20ms);
    CHECK(calls.active() == 1);
    calls.pass(20ms);
    CHECK(calls.active() == 0);
    CHECK(calls.store.last().cause == CallEnd::Failed);
    CHECK(calls.store.last().end == calls.clock.wallNow());
}

TEST_CASE("a telephone that uses its tags again leaves no record open", "[proxy][calls]") {
    Calls calls;
    const auto first = calls.begin();
    SECTION("the first call was answered") {
        first->onAnswered(0, kBob, "bob");
        const auto second = calls.begin();
        CHECK(calls.store.records.at("id-1").cause == CallEnd::Failed);
        second->onAnswered(0, kBob, "bob2");
        calls.bye("alice", "bob2");
        CHECK(calls.store.records.at("id-2").cause == CallEnd::CallerHungUp);
    }
    SECTION("the first INVITE is still on its way: what becomes of it changes nothing any more") {
        const auto second = calls.begin();
        second->onAnswered(0, kBob, "bob");
        first->onRinging();
        first->onAnswered(0, kBob, "carol");
        first->onFailed(486, false, false);
        CHECK(calls.store.records.at("id-1").cause == CallEnd::Failed);
        CHECK_FALSE(calls.store.records.at("id-1").answer);
        REQUIRE(calls.active() == 1);
        calls.bye("bob", "alice");
        CHECK(calls.store.records.at("id-2").cause == CallEnd::CalleeHungUp);
    }
    CHECK(calls.active() == 0);
}

TEST_CASE("the calls in progress are listed, the oldest first", "[proxy][calls]") {
    assertOnLoop();
    Calls calls;
    std::vector<std::shared_ptr<ForkObserver>> observers;
    for (const auto* callId : {"c", "a", "b"}) {
        RequestText invite;
        invite.callId = callId;
        observers.push_back(calls.begin(invite));
        calls.pass(1s);
    }
    const auto active = calls.table.active();
    REQUIRE(active.size() == 3);
    CHECK(active[0].callId == "c");
    CHECK(active[1].callId == "a");
    CHECK(active[2].callId == "b");
    CHECK(calls.table.size() == 3);
}

TEST_CASE("both sides of a call hold their lines from its start to its end", "[proxy][calls][usage]") {
    assertOnLoop();
    Calls calls;
    const auto& usage = calls.table.usage();
    auto bob = kBob;
    bob.extension = "2102";
    bob.account = "2102-bureau";
    auto carol = kBob;
    carol.extension = "2103";
    auto outside = kBob;
    outside.gateway = "operator";
    auto observer = calls.begin();
    CHECK(usage.callsAt("2101") == 1);
    observer->onBranch(0, bob);
    observer->onBranch(1, carol);
    observer->onBranch(2, outside);
    CHECK(usage.isBusy("2102"));
    CHECK(usage.isBusy("2103"));
    CHECK(usage.callsBy("operator") == 1);

    SECTION("one answers, the others ring no more") {
        observer->onAnswered(0, bob, "bob");
        observer->onBranchEnded(1);
        observer->onBranchEnded(2);
        observer.reset();
        CHECK_FALSE(usage.isBusy("2103"));
        CHECK(usage.callsBy("operator") == 0);
        CHECK(usage.isBusy("2101"));
        CHECK(usage.isBusy("2102"));
        SECTION("until somebody hangs up") {
            const auto& [from, to] =
                GENERATE(values<std::pair<const char*, const char*>>({{"alice", "bob"}, {"bob", "alice"}}));
            calls.bye(from, to);
        }
        SECTION("until it has lasted too long") { calls.pass(12h); }
    }
    SECTION("the call fails") { observer->onFailed(486, false, false); }
    SECTION("another one takes its tags: what follows in the old one holds nothing") {
        const auto second = calls.begin();
        CHECK(usage.callsAt("2101") == 1);
        CHECK_FALSE(usage.isBusy("2102"));
        observer->onBranch(3, bob);
        CHECK_FALSE(usage.isBusy("2102"));
        second->onFailed(404, false, false);
    }
    CHECK_FALSE(usage.isBusy("2101"));
    CHECK_FALSE(usage.isBusy("2102"));
    CHECK_FALSE(usage.isBusy("2103"));
    CHECK(usage.callsBy("operator") == 0);
    CHECK(usage.idleSince("2101") == calls.clock.wallNow());
}

TEST_CASE("a call from outside is its gateway's, not an extension's", "[proxy][calls][usage]") {
    assertOnLoop();
    Calls calls;
    const auto observer =
        calls.table.begin(readMessage(RequestText{}.text()), {"", "Prefecture", "", "operator"}, "+33327000100");
    CHECK(calls.table.usage().callsBy("operator") == 1);
    observer->onFailed(404, false, false);
    CHECK(calls.table.usage().callsBy("operator") == 0);
}
