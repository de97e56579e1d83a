// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/wave_prompt.hpp"

#include "bridge/rate_converter.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>

namespace beffroi::bridge {
namespace {

static_assert(std::endian::native == std::endian::little, "samples of WAV files are copied as they are");

constexpr std::size_t kLargestFile = std::size_t{10} << 20U;  // five minutes
constexpr std::size_t kChunkHeader = 8;
constexpr std::uint16_t kPcm = 1;

template <typename Number>
Number numberAt(std::string_view bytes, std::size_t at) {
    Number number{};
    std::memcpy(&number, bytes.data() + at, sizeof number);
    return number;
}

/// The content of the first chunk of this name; nothing if there is none. One that promises more than the file has, as
/// some recorders write it, ends with the file.
std::optional<std::string_view> chunk(std::string_view file, std::string_view name) {
    for (std::size_t at = 12; at + kChunkHeader <= file.size();) {
        const auto size = std::size_t{numberAt<std::uint32_t>(file, at + 4)};
        const auto content = file.substr(at + kChunkHeader, size);
        if (file.substr(at, 4) == name) return content;
        at += kChunkHeader + size + size % 2;
    }
    return std::nullopt;
}

std::string_view faultOf(std::string_view format) {
    if (format.size() < 16) return "has no format";
    if (numberAt<std::uint16_t>(format, 0) != kPcm || numberAt<std::uint16_t>(format, 14) != 16) {
        return "is not of 16-bit PCM";
    }
    if (numberAt<std::uint16_t>(format, 2) != 1) return "is not of one channel";
    if (numberAt<std::uint32_t>(format, 4) != static_cast<std::uint32_t>(PcmRate::Wide)) return "is not of 16000 Hz";
    return {};
}

std::vector<Sample> readSamples(std::string_view file) {
    if (file.size() > kLargestFile) throw PromptError{"is larger than 10 MiB"};
    if (file.size() < 12 || file.substr(0, 4) != "RIFF" || file.substr(8, 4) != "WAVE") {
        throw PromptError{"is not a WAV file"};
    }
    if (const auto fault = faultOf(chunk(file, "fmt ").value_or("")); !fault.empty()) {
        throw PromptError{std::string{fault}};
    }
    const auto data = chunk(file, "data").value_or("");
    std::vector<Sample> samples(data.size() / sizeof(Sample));
    if (samples.empty()) throw PromptError{"has no sound in it"};
    std::memcpy(samples.data(), data.data(), samples.size() * sizeof(Sample));
    return samples;
}

}  // namespace

WavePrompt::WavePrompt(const std::vector<Sample>& samples) {
    constexpr auto kFrame = frameSamples(PcmRate::Wide);
    RateConverter converter;
    for (std::size_t at = 0; at < samples.size(); at += kFrame) {
        const auto count = std::min(kFrame, samples.size() - at);
        wide_.emplace_back();
        std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(at), count, wide_.back().begin());
        converter.narrow(wide_.back(), narrow_.emplace_back());
    }
}

std::shared_ptr<const Prompt> WavePrompt::load(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        if (errno == ENOENT) return nullptr;
        throw PromptError{path + " cannot be read: " + std::strerror(errno)};
    }
    std::string bytes(kLargestFile + 1, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    try {
        return std::make_shared<WavePrompt>(readSamples(bytes));
    } catch (const PromptError& error) {
        throw PromptError{path + ' ' + error.what()};
    }
}

void WavePrompt::render(std::size_t frame, PcmRate rate, Frame& out) const {
    out = (rate == PcmRate::Narrow ? narrow_ : wide_)[frame];
}

}  // namespace beffroi::bridge
