// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The heap of beffroid is linked into this program. What was freed is looked at where the kernel shows the memory of
// the process: a program that reads it itself is one that the compiler need not understand.

#include "base/wiping.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

using beffroi::base::Wiping;

namespace {

constexpr std::size_t kSize = 4096;
constexpr std::size_t kBookkeeping = 64;  // of the heap, at the beginning of what was freed

// What stands there, without the part in which the heap keeps its own notes.
std::string seenAt(std::uintptr_t address) {
    std::string octets(kSize - kBookkeeping, '\0');
    const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    REQUIRE(memory >= 0);
    const auto got = pread(memory, octets.data(), octets.size(), static_cast<off_t>(address + kBookkeeping));
    close(memory);
    REQUIRE(got == static_cast<ssize_t>(octets.size()));
    return octets;
}

// Frees a text of this octet, and says how often it is still there.
std::size_t leftOf(char octet) {
    auto text = std::make_unique<std::string>(kSize, octet);
    const auto address = reinterpret_cast<std::uintptr_t>(text->data());
    text.reset();
    std::size_t left = 0;
    for (const char c : seenAt(address)) left += c == octet ? 1 : 0;
    return left;
}

}  // namespace

TEST_CASE("what a thread frees is overwritten while it asks for that", "[app][security]") {
    CHECK(leftOf('a') > 0);
    {
        const Wiping wiping;
        CHECK(leftOf('b') == 0);
        {
            const Wiping again;
            CHECK(leftOf('c') == 0);
        }
        CHECK(leftOf('d') == 0);
        bool others = true;
        std::thread{[&others] { others = Wiping::isOn(); }}.join();
        CHECK_FALSE(others);
    }
    CHECK(leftOf('e') > 0);
}
