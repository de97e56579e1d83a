// SPDX-License-Identifier: AGPL-3.0-or-later
//
// With real limits of a process: each in a child of its own, so that the other tests keep theirs.

#include "edge/descriptor_limit.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <cstdint>

using namespace beffroi::edge;

namespace {

struct Seen {
    std::uint64_t possible = 0;
    std::uint64_t limit = 0;
};

Seen inProcessWith(rlim_t soft, rlim_t hard, std::size_t connections, std::size_t listeners) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        Seen seen;
        const rlimit wanted{soft, hard};
        if (setrlimit(RLIMIT_NOFILE, &wanted) == 0) {
            seen.possible = provideForConnections(connections, listeners);
            rlimit now{};
            getrlimit(RLIMIT_NOFILE, &now);
            seen.limit = now.rlim_cur;
        }
        _exit(write(ends[1], &seen, sizeof seen) == sizeof seen ? 0 : 1);
    }
    Seen seen;
    CHECK(read(ends[0], &seen, sizeof seen) == sizeof seen);
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    close(ends[0]);
    close(ends[1]);
    return seen;
}

}  // namespace

TEST_CASE("connections never get the descriptors that the rest of the process needs", "[edge]") {
    CHECK(connectionsThatFit(256, 2) == 256 - 2 - kOtherDescriptors);
    CHECK(connectionsThatFit(10, 2) == 1);

    SECTION("the soft limit is raised as far as it must be") {
        const auto seen = inProcessWith(100, 800, 500, 2);
        CHECK(seen.possible == 500);
        CHECK(seen.limit == 500 + 2 + kOtherDescriptors);
    }
    SECTION("and as far as it may be") {
        const auto seen = inProcessWith(100, 256, 4096, 2);
        CHECK(seen.possible == 256 - 2 - kOtherDescriptors);
        CHECK(seen.limit == 256);
    }
    SECTION("what is high enough stays") {
        const auto seen = inProcessWith(700, 800, 100, 2);
        CHECK(seen.possible == 100);
        CHECK(seen.limit == 700);
    }
}
