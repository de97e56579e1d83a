// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an entry looks like, and that it reaches standard error as one line whatever a peer put into it.

#include "base/log.hpp"

#include "base/log_entry.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

using namespace beffroi;

namespace {

constexpr log::Area kLog{"registrar"};

// Standard error goes into an unnamed file while this lives.
class Capture {
public:
    Capture() : saved_{dup(STDERR_FILENO)}, file_{open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)} {
        REQUIRE(saved_ >= 0);
        REQUIRE(file_ >= 0);
        REQUIRE(dup2(file_, STDERR_FILENO) >= 0);
    }
    ~Capture() {
        dup2(saved_, STDERR_FILENO);
        close(saved_);
        close(file_);
        log::configure(log::Level::Warning, log::Target::StandardError);
    }
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;

    [[nodiscard]] std::vector<std::string> lines() const {
        std::string text;
        std::array<char, 4096> block{};
        lseek(file_, 0, SEEK_SET);
        for (ssize_t got = 0; (got = read(file_, block.data(), block.size())) > 0;) {
            text.append(block.data(), static_cast<std::size_t>(got));
        }
        std::vector<std::string> result;
        std::istringstream stream{text};
        for (std::string line; std::getline(stream, line);) result.push_back(line);
        return result;
    }

private:
    int saved_;
    int file_;
};

std::string value(std::string_view text) { return log::lineOf(kLog, "event", {{"key", text}}); }

}  // namespace

TEST_CASE("an entry is its area, what happened, and key=value fields", "[base][log]") {
    CHECK(
        log::lineOf(kLog, "binding added", {{"aor", "sip:17@mairie.fr"}, {"contacts", 3}, {"new", true}, {"q", 0.5}}) ==
        "registrar: binding added aor=sip:17@mairie.fr contacts=3 new=yes q=0.5");
    CHECK(log::lineOf(kLog, "started", {}) == "registrar: started");
}

TEST_CASE("a value with a space or a quote is quoted, an empty one too", "[base][log]") {
    CHECK(value("two words") == R"(registrar: event key="two words")");
    CHECK(value("") == R"(registrar: event key="")");
    CHECK(value(R"(say "hi")") == R"(registrar: event key="say \"hi\"")");
    CHECK(value(R"(back\slash)") == R"(registrar: event key="back\\slash")");
    CHECK(value("a=b") == R"(registrar: event key="a=b")");
    CHECK(value("Mairie d'Évreux") == R"(registrar: event key="Mairie d'Évreux")");
}

TEST_CASE("nothing in a value can end the line, add a field or drive a terminal", "[base][log]") {
    CHECK(value("a\r\nerror sip: forged") == R"(registrar: event key="a\x0d\x0aerror sip: forged")");
    CHECK(value(std::string_view{"\0\t\x1b[2J\x7f", 7}) == R"(registrar: event key="\x00\x09\x1b[2J\x7f")");
    CHECK(value("\xc2\x9b"
                "31m") == R"(registrar: event key="\xc2\x9b31m")");
    CHECK(value("\xff\xfe") == R"(registrar: event key="\xff\xfe")");
    CHECK(value("\xe2\x80\xae") == R"(registrar: event key="\xe2\x80\xae")");
}

TEST_CASE("the journal gets the line, its priority and one field a value, octets untouched", "[base][log]") {
    const auto fields =
        log::journalFieldsOf(log::Level::Warning, kLog, "no answer", {{"call", "a\nb"}, {"next-hop", 7}});
    CHECK(fields == std::vector<std::string>{R"(MESSAGE=registrar: no answer call="a\x0ab" next-hop=7)", "PRIORITY=4",
                                             "BEFFROI_AREA=registrar", "BEFFROI_CALL=a\nb", "BEFFROI_NEXT_HOP=7"});
    CHECK(log::journalFieldsOf(log::Level::Error, kLog, "e", {})[1] == "PRIORITY=3");
    CHECK(log::journalFieldsOf(log::Level::Info, kLog, "e", {})[1] == "PRIORITY=6");
    CHECK(log::journalFieldsOf(log::Level::Debug, kLog, "e", {})[1] == "PRIORITY=7");
}

TEST_CASE("standard error gets the date, the level and the entry", "[base][log]") {
    const Capture capture;
    log::configure(log::Level::Info, log::Target::StandardError);
    log::warning(kLog, "event", {{"key", "value"}, {"other", "quoted {} value"}});
    const auto lines = capture.lines();
    REQUIRE(lines.size() == 1);
    const std::regex form{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d warning )"
                          R"(registrar: event key=value other="quoted \{\} value")"};
    CAPTURE(lines[0]);
    CHECK(std::regex_match(lines[0], form));
}

TEST_CASE("entries below the level are not written; the level changes at run time", "[base][log]") {
    const Capture capture;
    CHECK_FALSE(log::enabled(log::Level::Info));  // before configure(): Warning
    log::configure(log::Level::Info, log::Target::StandardError);
    log::debug(kLog, "debug 1");
    log::info(kLog, "info 1");
    log::setLevel(log::Level::Debug);
    log::debug(kLog, "debug 2");
    log::setLevel(log::Level::Off);
    log::error(kLog, "error 1");
    const auto lines = capture.lines();
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find(" info registrar: info 1") != std::string::npos);
    CHECK(lines[1].find(" debug registrar: debug 2") != std::string::npos);
}

TEST_CASE("where no journal listens, entries go to standard error, and the log says so", "[base][log]") {
    if (access("/run/systemd/journal/socket", W_OK) == 0) return;  // a journal listens here
    const Capture capture;
    log::configure(log::Level::Info, log::Target::Journal);
    log::info(kLog, "event");
    const auto lines = capture.lines();
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find("no journal here") != std::string::npos);
    CHECK(lines[1].find("registrar: event") != std::string::npos);
}

TEST_CASE("entries of several threads do not mix", "[base][log]") {
    const Capture capture;
    log::configure(log::Level::Info, log::Target::StandardError);
    constexpr int kThreads = 4;
    constexpr int kEntries = 500;
    std::vector<std::thread> writers;
    for (int thread = 0; thread < kThreads; ++thread) {
        writers.emplace_back([thread] {
            const std::string longValue(200, static_cast<char>('a' + thread));
            for (int i = 0; i < kEntries; ++i) log::info(kLog, "event", {{"value", longValue}, {"end", "yes"}});
        });
    }
    for (auto& writer : writers) writer.join();
    const auto lines = capture.lines();
    CHECK(lines.size() == kThreads * kEntries);
    const std::regex form{R"(.* info registrar: event value=(a+|b+|c+|d+) end=yes)"};
    CHECK(std::all_of(lines.begin(), lines.end(), [&form](const auto& line) { return std::regex_match(line, form); }));
}
