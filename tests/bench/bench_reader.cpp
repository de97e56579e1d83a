// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What one message costs to read and to write again, in nanoseconds of CPU; belle-sip's own parser beside it.
// The budget is docs/performance.md's: 8 µs for the INVITE, released again.

#include "sip/reader.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using beffroi::sip::Message;
using beffroi::sip::Reader;
using beffroi::sip::Source;

std::string message(const std::string& name) {
    std::ifstream file{BEFFROI_SOURCE_DIR "/tests/corpus/phones/" + name + ".sip", std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    if (bytes.empty()) std::abort();
    return bytes;
}

void read(benchmark::State& state, const char* name) {
    const auto bytes = message(name);
    const Reader reader;
    for (auto _ : state) {
        auto result = reader.read(bytes, Source::Datagram);
        if (!std::holds_alternative<Message>(result)) state.SkipWithError("refused");
        benchmark::DoNotOptimize(result);
    }
}

void marshal(benchmark::State& state, const char* name) {
    const auto bytes = message(name);
    const auto result = Reader{}.read(bytes, Source::Datagram);
    std::string wire;
    for (auto _ : state) {
        wire.clear();
        std::get<Message>(result).marshal(wire);
        benchmark::DoNotOptimize(wire);
    }
}

void share(benchmark::State& state, const char* name) {
    const auto bytes = message(name);
    const auto result = Reader{}.read(bytes, Source::Datagram);
    for (auto _ : state) {
        auto copy = std::get<Message>(result).share();
        benchmark::DoNotOptimize(copy);
    }
}

void belleSipParse(benchmark::State& state, const char* name) {
    const auto bytes = message(name);
    std::size_t length = 0;
    for (auto _ : state) {
        auto* parsed = belle_sip_message_parse_raw(bytes.data(), bytes.size(), &length);
        if (parsed == nullptr) state.SkipWithError("refused");
        belle_sip_object_unref(parsed);
    }
}

void refuse(benchmark::State& state, const char* name, std::string_view from, std::string_view to) {
    auto bytes = message(name);
    bytes.replace(bytes.find(from), from.size(), to);
    const Reader reader;
    for (auto _ : state) {
        auto result = reader.read(bytes, Source::Datagram);
        benchmark::DoNotOptimize(result);
    }
}

// What somebody hostile may send: one message must not cost more than a millisecond, release included.
void hostile(benchmark::State& state, std::string_view part, std::size_t times) {
    auto bytes = message("yealink-t46-invite");
    std::string fields;
    for (std::size_t i = 0; i < times; ++i) {
        fields.append(part);
        if (part.ends_with("-")) fields.append(std::to_string(i)).append(": y\r\n");
    }
    bytes.insert(bytes.find("Contact: "), fields);
    const Reader reader;
    for (auto _ : state) {
        auto result = reader.read(bytes, Source::Datagram);
        benchmark::DoNotOptimize(result);
    }
}

}  // namespace

BENCHMARK_CAPTURE(read, invite, "yealink-t46-invite");
BENCHMARK_CAPTURE(read, register, "yealink-t46-register");
BENCHMARK_CAPTURE(read, ringing, "yealink-t46-180");
BENCHMARK_CAPTURE(read, invite_folded, "snom-d785-invite-folded");
BENCHMARK_CAPTURE(marshal, invite, "yealink-t46-invite");
BENCHMARK_CAPTURE(marshal, register, "yealink-t46-register");
BENCHMARK_CAPTURE(marshal, ringing, "yealink-t46-180");
BENCHMARK_CAPTURE(share, invite, "yealink-t46-invite");
BENCHMARK_CAPTURE(refuse, invite_bad_cseq, "yealink-t46-invite", "CSeq: 1 INVITE", "CSeq: x INVITE");
BENCHMARK_CAPTURE(hostile, distinct_names, "X-", 100);
BENCHMARK_CAPTURE(hostile, headers_60k, "X: y\r\n", 10000);
BENCHMARK_CAPTURE(hostile, vias_60k, "v: a\r\n", 10000);
BENCHMARK_CAPTURE(hostile, contacts_60k, "m: <\r\n", 10000);
BENCHMARK_CAPTURE(hostile, folds_60k, "X: y\r\n \r\n", 7000);
BENCHMARK_CAPTURE(belleSipParse, invite, "yealink-t46-invite");
BENCHMARK_CAPTURE(belleSipParse, register, "yealink-t46-register");
BENCHMARK_CAPTURE(belleSipParse, ringing, "yealink-t46-180");

int main(int argc, char** argv) {
    beffroi::sip::silenceLibrary();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
