// SPDX-License-Identifier: AGPL-3.0-or-later

#include "directory/store_thread.hpp"

#include "directory/session.hpp"
#include "support/posted_tasks.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace beffroi;
using namespace beffroi::directory;
using Catch::Matchers::Contains;
using test::PostedTasks;
using test::TemporaryFolder;

namespace {

// Stands still until the test moves it, while the store thread reads it.
class SharedClock final : public Clock {
public:
    [[nodiscard]] TimePoint now() const override { return TimePoint{Duration{1h} + Duration{passed_.load()}}; }
    [[nodiscard]] WallTime wallNow() const override { return {}; }
    void advance(Duration by) { passed_ += by.count(); }

private:
    std::atomic<Duration::rep> passed_{0};
};

constexpr const char* kTables[] = {"CREATE TABLE rows (id INTEGER PRIMARY KEY, number INTEGER UNIQUE, text TEXT)"};

constexpr StoreThread::Limits kAtOnce{.commitEvery = 0ms, .retryEvery = 0ms, .waiting = 20'000, .kept = 10'000};

StoreThread::Work insert(int number) {
    return [number](Session& session) {
        session.sql() << "INSERT INTO rows (number) VALUES (:number)", soci::use(number);
    };
}

// More than what a database that may not grow any more has room for.
void insertMuch(Session& session) { session.sql() << "INSERT INTO rows (text) VALUES (hex(zeroblob(100000)))"; }

std::vector<int> numbersOf(Session& session) {
    std::vector<int> numbers;
    const soci::rowset<int> rows =
        (session.sql().prepare << "SELECT number FROM rows WHERE number IS NOT NULL ORDER BY id");
    for (const int number : rows) numbers.push_back(number);
    return numbers;
}

std::vector<int> upTo(int count) {
    std::vector<int> numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

class Stage {
public:
    explicit Stage(const StoreThread::Limits& limits = kAtOnce)
        : store{Database{path(), kTables}, loop, clock, limits} {}

    /// Work that is begun when this returns, and goes on until release(): what is given meanwhile waits together.
    void block() {
        std::promise<void> begun;
        gate_ = {};
        store.run(
            [&begun, gate = gate_.get_future().share()](Session&) {
                begun.set_value();
                gate.wait();
            },
            {});
        begun.get_future().wait();
    }
    void release() { gate_.set_value(); }

    /// Waits until a piece of work of its own is done, and with it what was given before.
    bool finish(StoreThread::Work work) {
        std::promise<bool> done;
        store.run(std::move(work), [&done](bool durable) { done.set_value(durable); });
        return done.get_future().get();
    }
    std::vector<int> numbers() {
        std::vector<int> result;
        REQUIRE(finish([&result](Session& session) { result = numbersOf(session); }));
        return result;
    }
    /// May the database file grow?
    void allowGrowth(bool may) {
        REQUIRE(finish([may](Session& session) {
            long long pages = 0;
            session.sql() << (may ? "PRAGMA max_page_count = 1000000" : "PRAGMA max_page_count = 1"), soci::into(pages);
        }));
    }
    [[nodiscard]] std::string path() const { return folder.path("town.db"); }

    TemporaryFolder folder;
    PostedTasks loop;
    SharedClock clock;
    StoreThread store;

private:
    std::promise<void> gate_;
};

}  // namespace

TEST_CASE("what waits together is committed together, and answered by one task in its order", "[directory][store]") {
    Stage stage;
    std::vector<int> answered;
    stage.block();
    for (const int number : upTo(500)) {
        stage.store.write(insert(number), [&answered, number](bool durable) {
            if (durable) answered.push_back(number);
        });
    }
    const auto before = stage.store.health();
    stage.release();
    stage.loop.runOne();
    CHECK(answered == upTo(500));
    const auto after = stage.store.health();
    CHECK(after.commits - before.commits == 2);  // what blocked, and the group
    CHECK(after.writes - before.writes == 501);
    CHECK(stage.numbers() == upTo(500));
    CHECK(stage.loop.waiting() == 0);
}

TEST_CASE("commits are no closer than they may be: what comes between travels with the next", "[directory][store]") {
    auto limits = kAtOnce;
    limits.commitEvery = 20ms;
    Stage stage{limits};
    std::vector<int> answered;
    const auto write = [&](int number) {
        stage.store.write(insert(number), [&answered, number](bool) { answered.push_back(number); });
    };
    write(0);
    stage.loop.runOne();
    REQUIRE(stage.store.health().commits == 1);
    write(1);
    write(2);  // the clock stands still: neither can be on its way
    stage.clock.advance(20ms);
    stage.loop.runOne();
    CHECK(answered == upTo(3));
    CHECK(stage.store.health().commits == 2);
}

TEST_CASE("work that fails takes nobody with it", "[directory][store]") {
    Stage stage;
    std::vector<std::pair<int, bool>> answered;
    stage.block();
    for (const int number : {1, 2, 1, 3}) {
        stage.store.write(insert(number),
                          [&answered, number](bool durable) { answered.emplace_back(number, durable); });
    }
    stage.store.write(
        [](Session& session) {
            insert(4)(session);
            throw std::runtime_error{"changed its mind"};
        },
        [&answered](bool durable) { answered.emplace_back(4, durable); });
    stage.release();
    stage.loop.runOne();
    CHECK(answered == std::vector<std::pair<int, bool>>{{1, true}, {2, true}, {1, false}, {3, true}, {4, false}});
    CHECK(stage.numbers() == std::vector<int>{1, 2, 3});
    const auto health = stage.store.health();
    CHECK(health.writable);  // the mistakes were ours, not the disk's
    CHECK(health.writes == 5);
}

TEST_CASE("a disk that takes no more is reported until something was written again", "[directory][store]") {
    Stage stage;
    REQUIRE(stage.finish(insert(1)));
    stage.allowGrowth(false);
    CHECK_FALSE(stage.finish(insertMuch));
    CHECK_FALSE(stage.store.health().writable);
    CHECK_THAT(stage.store.health().problem, Contains("there is no space left for the database"));

    CHECK(stage.numbers() == std::vector<int>{1});  // it can still be read
    CHECK_FALSE(stage.store.health().writable);     // which says nothing of writing

    stage.allowGrowth(true);
    CHECK_FALSE(stage.store.health().writable);
    CHECK(stage.finish(insertMuch));
    CHECK(stage.store.health().writable);
    CHECK(stage.store.health().problem.empty());
}

TEST_CASE("kept work is repeated until the disk takes it, in its order", "[directory][store]") {
    auto limits = kAtOnce;
    limits.retryEvery = 1s;
    Stage stage{limits};
    stage.allowGrowth(false);
    std::atomic<int> attempts{0};
    stage.block();
    stage.store.keep([&attempts](Session& session) {
        ++attempts;
        insertMuch(session);
        insert(0)(session);
    });
    stage.store.keep(insert(1));  // there is room for it, but it waits for what was before
    stage.release();
    CHECK(stage.numbers().empty());
    CHECK(stage.store.health().kept == 2);
    const int first = attempts;
    CHECK(stage.numbers().empty());
    CHECK(attempts == first);  // it is not time yet

    stage.clock.advance(1s);
    CHECK(stage.numbers().empty());
    CHECK(attempts > first);
    CHECK(stage.store.health().kept == 2);

    stage.allowGrowth(true);
    stage.store.keep(insert(2));
    stage.clock.advance(1s);
    CHECK(stage.numbers() == upTo(3));
    const auto health = stage.store.health();
    CHECK(health.kept == 0);
    CHECK(health.lost == 0);
    CHECK(health.writable);
}

TEST_CASE("kept work is given up when it can never succeed, or when there is too much of it", "[directory][store]") {
    auto limits = kAtOnce;
    limits.kept = 3;
    Stage stage{limits};
    SECTION("a mistake of ours") {
        stage.store.keep([](Session& session) { session.sql() << "INSERT INTO nowhere VALUES (1)"; });
        stage.store.keep(insert(1));
        CHECK(stage.numbers() == std::vector<int>{1});
        CHECK(stage.store.health().lost == 1);
        CHECK(stage.store.health().kept == 0);
    }
    SECTION("the oldest first") {
        stage.block();
        for (const int number : upTo(5)) stage.store.keep(insert(number));
        CHECK(stage.store.health().kept == 3);
        stage.release();
        CHECK(stage.numbers() == std::vector<int>{2, 3, 4});
        CHECK(stage.store.health().lost == 2);
    }
}

TEST_CASE("work beyond what may wait is refused at once", "[directory][store]") {
    auto limits = kAtOnce;
    limits.waiting = 2;
    Stage stage{limits};
    stage.block();
    std::vector<std::pair<int, bool>> answered;
    for (const int number : upTo(4)) {
        stage.store.write(insert(number),
                          [&answered, number](bool durable) { answered.emplace_back(number, durable); });
    }
    bool refusedHere = false;
    stage.store.run(insert(4), [&refusedHere](bool durable) { refusedHere = !durable; });
    CHECK(refusedHere);
    stage.loop.runOne();
    stage.loop.runOne();
    CHECK(answered == std::vector<std::pair<int, bool>>{{2, false}, {3, false}});
    stage.release();
    stage.loop.runOne();
    CHECK(stage.numbers() == upTo(2));
}

TEST_CASE("delayed work waits for its time", "[directory][store]") {
    Stage stage;
    bool done = false;
    REQUIRE(stage.store.runLater(1s, insert(1), [&done](bool durable) { done = durable; }));
    stage.clock.advance(999ms);
    CHECK(stage.numbers().empty());
    stage.clock.advance(1ms);
    CHECK(stage.numbers().empty());  // what was given before it came due goes first …
    CHECK(stage.numbers() == std::vector<int>{1});
    CHECK(done);
}

TEST_CASE("stopping carries out all that waits, and refuses what comes later", "[directory][store]") {
    Stage stage;
    std::vector<int> answered;
    std::atomic<bool> delayed{false};
    stage.block();
    for (const int number : upTo(1200)) {  // more than a group
        stage.store.write(insert(number), [&answered, number](bool durable) {
            if (durable) answered.push_back(number);
        });
    }
    REQUIRE(stage.store.runLater(1h, insert(1200), [&delayed](bool durable) { delayed = durable; }));
    stage.store.keep(insert(1201));
    stage.release();
    stage.store.stop();
    while (stage.loop.waiting() > 0) stage.loop.runOne();
    CHECK(answered == upTo(1200));
    CHECK(delayed);
    CHECK(stage.store.health().kept == 0);

    bool refused = false;
    stage.store.run(insert(9999), [&refused](bool durable) { refused = !durable; });
    CHECK(refused);
    stage.store.write(insert(9999), [&answered](bool durable) { answered.push_back(durable ? 1 : -1); });
    stage.loop.runOne();
    CHECK(answered.back() == -1);
    CHECK_FALSE(stage.store.runLater(0s, insert(9999), {}));
    stage.store.keep(insert(9999));
    CHECK(stage.store.health().lost == 1);

    Database database{stage.path(), kTables};  // it was closed
    auto numbers = numbersOf(database.session());
    CHECK(numbers.size() == 1202);
    std::sort(numbers.begin(), numbers.end());
    CHECK(numbers == upTo(1202));
}

TEST_CASE("work from many threads is all carried out, each thread's in its order", "[directory][store]") {
    Stage stage;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&stage, thread] {
            for (int i = 0; i < 200; ++i) {
                stage.store.write(insert(thread * 1000 + i), [](bool) {});
                if (i % 50 == 0) static_cast<void>(stage.store.health());
            }
        });
    }
    for (auto& thread : threads) thread.join();
    const auto numbers = stage.numbers();
    CHECK(numbers.size() == 800);
    std::vector<int> next(4, 0);
    for (const int number : numbers) {
        CHECK(number % 1000 == next[static_cast<std::size_t>(number / 1000)]++);
    }
}
