// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/wave_prompt.hpp"

#include "support/temporary_folder.hpp"
#include "support/tone.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <numbers>

using namespace beffroi;
using namespace beffroi::bridge;

namespace {

template <typename Number>
std::string octets(Number number) {
    std::string text(sizeof number, '\0');
    std::memcpy(text.data(), &number, sizeof number);
    return text;
}

struct Wave {
    std::uint16_t format = 1;
    std::uint16_t channels = 1;
    std::uint32_t rate = 16000;
    std::uint16_t bits = 16;
    std::string before;  // chunks between the format and the data
    std::vector<Sample> samples = std::vector<Sample>(1600);
    std::uint32_t promised = 0;  // size of the data if not that of the samples

    [[nodiscard]] std::string text() const {
        std::string data(samples.size() * sizeof(Sample), '\0');
        if (!samples.empty()) std::memcpy(data.data(), samples.data(), data.size());
        const auto size = promised != 0 ? promised : static_cast<std::uint32_t>(data.size());
        return "RIFF" + octets(std::uint32_t{0}) + "WAVEfmt " + octets(std::uint32_t{16}) + octets(format) +
               octets(channels) + octets(rate) + octets(rate * 2) + octets(std::uint16_t{2}) + octets(bits) + before +
               "data" + octets(size) + data;
    }
};

std::shared_ptr<const Prompt> load(const std::string& text) {
    const test::TemporaryFolder folder;
    return WavePrompt::load(folder.write("prompt.wav", text));
}

std::string faultOf(const std::string& text) {
    try {
        static_cast<void>(load(text));
    } catch (const PromptError& error) {
        const std::string words = error.what();
        return words.substr(words.find("prompt.wav ") + 11);
    }
    return "";
}

}  // namespace

TEST_CASE("a recording sounds as it was recorded, at both rates", "[bridge][prompt]") {
    Wave wave;
    wave.samples.resize(16000 + 80);  // half a frame more than a second
    for (std::size_t i = 0; i < wave.samples.size(); ++i) {
        const auto phase = 2.0 * std::numbers::pi * 700.0 * static_cast<double>(i) / 16000.0;
        wave.samples[i] = static_cast<Sample>(std::lrint(8000.0 * std::sin(phase)));
    }
    wave.before = "LIST" + octets(std::uint32_t{3}) + "abc" + '\0';  // of odd size: one octet is padding
    const auto prompt = load(wave.text());
    CHECK(prompt->frames() == 101);
    for (const auto rate : {PcmRate::Narrow, PcmRate::Wide}) {
        std::vector<Sample> heard;
        for (std::size_t frame = 1; frame < 100; ++frame) {  // the filter's delay is in the first
            Frame out{};
            prompt->render(frame, rate, out);
            const auto samples = samplesOf(std::as_const(out), rate);
            heard.insert(heard.end(), samples.begin(), samples.end());
        }
        CHECK(test::amplitudeOf(700.0, heard, static_cast<unsigned>(rate)) == Approx(8000.0).epsilon(0.03));
    }
}

TEST_CASE("what cannot be played is told, and a file that is not there is none", "[bridge][prompt]") {
    const auto changed = [](auto change) {
        Wave wave;
        change(wave);
        return faultOf(wave.text());
    };
    CHECK(faultOf("") == "is not a WAV file");
    CHECK(faultOf("RIFF....WAVE") == "has no format");
    CHECK(faultOf(std::string((10U << 20U) + 1, 'x')) == "is larger than 10 MiB");
    CHECK(changed([](Wave& wave) { wave.format = 6; }) == "is not of 16-bit PCM");
    CHECK(changed([](Wave& wave) { wave.bits = 8; }) == "is not of 16-bit PCM");
    CHECK(changed([](Wave& wave) { wave.channels = 2; }) == "is not of one channel");
    CHECK(changed([](Wave& wave) { wave.rate = 44100; }) == "is not of 16000 Hz");
    CHECK(changed([](Wave& wave) { wave.samples.clear(); }) == "has no sound in it");
    CHECK(changed([](Wave& wave) { wave.before = "LIST\xff\xff\xff\xff"; }) == "has no sound in it");
    const test::TemporaryFolder folder;
    CHECK(WavePrompt::load(folder.path("nothing.wav")) == nullptr);
}

TEST_CASE("a recording that promises more than it has ends with its file", "[bridge][prompt]") {
    Wave wave;
    wave.promised = 0xFFFFFFFF;
    CHECK(load(wave.text())->frames() == 10);
}
