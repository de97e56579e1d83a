// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/framing.hpp"

#include <algorithm>

namespace beffroi::edge {
namespace {

constexpr std::size_t kCompactFrom = 16 * 1024;  // octets given out before the buffer is moved down

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool isContentLength(std::string_view name) noexcept {
    constexpr std::string_view kLong = "content-length";
    while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);
    if (name.size() == 1) return lower(name.front()) == 'l';
    return name.size() == kLong.size() &&
           std::equal(name.begin(), name.end(), kLong.begin(), [](char a, char b) { return lower(a) == b; });
}

std::optional<std::size_t> numberOf(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    if (text.empty() || text.size() > 9) return std::nullopt;
    std::size_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<std::size_t>(c - '0');
    }
    return value;
}

}  // namespace

std::optional<std::size_t> contentLengthOf(std::string_view head) noexcept {
    std::optional<std::size_t> length;
    while (!head.empty()) {
        const auto end = head.find("\r\n");
        const auto line = head.substr(0, end);
        head = end == std::string_view::npos ? std::string_view{} : head.substr(end + 2);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !isContentLength(line.substr(0, colon))) continue;
        const auto value = numberOf(line.substr(colon + 1));
        if (!value || (length && *length != *value)) return std::nullopt;
        length = value;
    }
    return length;
}

std::optional<std::size_t> StreamFramer::findHeadEnd() {
    const auto from = std::max(taken_, scanned_ < 3 ? std::size_t{0} : scanned_ - 3);  // the end may lie across pieces
    const auto end = buffer_.find("\r\n\r\n", from);
    scanned_ = buffer_.size();
    if (end == std::string::npos) return std::nullopt;
    return end + 4 - taken_;
}

StreamFramer::Piece StreamFramer::unframable() {
    broken_ = true;
    const auto bytes = std::string_view{buffer_}.substr(taken_);
    return {Found::Unframable, bytes.substr(0, limits_.message)};
}

void StreamFramer::compact() {
    if (taken_ == buffer_.size()) {
        buffer_.clear();
    } else if (taken_ > kCompactFrom) {
        buffer_.erase(0, taken_);
    } else {
        return;
    }
    scanned_ = scanned_ > taken_ ? scanned_ - taken_ : 0;
    taken_ = 0;
}

StreamFramer::Piece StreamFramer::next() {
    if (broken_) return {};
    compact();
    const auto waiting = std::string_view{buffer_}.substr(taken_);
    if (!total_) {
        if (waiting.starts_with("\r\n\r\n")) {
            taken_ += 4;
            return {Found::Ping, waiting.substr(0, 4)};
        }
        if (waiting.starts_with("\r\n") && waiting.size() > 2 && waiting[2] != '\r') {
            taken_ += 2;  // a line end in front of a message (RFC 3261 §7.5)
            return next();
        }
        const auto head = findHeadEnd();
        if ((head && *head > limits_.head) || (!head && waiting.size() > limits_.head)) return unframable();
        if (!head) return {};
        const auto length = contentLengthOf(waiting.substr(0, *head));
        if (!length || *length > limits_.message - *head) return unframable();
        total_ = *head + *length;
    }
    if (waiting.size() < *total_) return {};
    const auto message = waiting.substr(0, *total_);
    taken_ += *total_;
    scanned_ = taken_;
    total_.reset();
    return {Found::Message, message};
}

}  // namespace beffroi::edge
