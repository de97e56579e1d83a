// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/framing.hpp"

#include <algorithm>
#include <utility>

namespace beffroi::edge {
namespace {

constexpr std::size_t kCompactFrom = 16 * 1024;  // octets given out before the rest is moved down
constexpr std::size_t kKeptCapacity = 4 * 1024;  // of a connection that is silent

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool isBlank(char c) noexcept { return c == ' ' || c == '\t'; }

bool isContentLength(std::string_view name) noexcept {
    constexpr std::string_view kLong = "content-length";
    while (!name.empty() && isBlank(name.back())) name.remove_suffix(1);
    if (name.size() == 1) return lower(name.front()) == 'l';
    return name.size() == kLong.size() &&
           std::equal(name.begin(), name.end(), kLong.begin(), [](char a, char b) { return lower(a) == b; });
}

// The length of a blank or of the line end of a folded field; 0 if there is none.
std::size_t blankAtFront(std::string_view text) noexcept {
    if (!text.empty() && isBlank(text.front())) return 1;
    return text.substr(0, 2) == "\r\n" ? 2 : 0;
}

std::size_t blankAtBack(std::string_view text) noexcept {
    if (!text.empty() && isBlank(text.back())) return 1;
    return text.size() >= 2 && text.substr(text.size() - 2) == "\r\n" ? 2 : 0;
}

std::optional<std::size_t> numberOf(std::string_view text) noexcept {
    while (const auto blank = blankAtFront(text)) text.remove_prefix(blank);
    while (const auto blank = blankAtBack(text)) text.remove_suffix(blank);
    if (text.empty() || text.size() > 9) return std::nullopt;
    std::size_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<std::size_t>(c - '0');
    }
    return value;
}

// A line with those that continue it (RFC 3261 §7.3.1): two readers of one length must not see two lengths.
std::string_view lineAtFront(std::string_view& head) noexcept {
    auto end = head.find("\r\n");
    while (end != std::string_view::npos && end + 2 < head.size() && isBlank(head[end + 2])) {
        end = head.find("\r\n", end + 2);
    }
    const auto line = head.substr(0, end);
    head = end == std::string_view::npos ? std::string_view{} : head.substr(end + 2);
    return line;
}

}  // namespace

std::optional<std::size_t> contentLengthOf(std::string_view head) noexcept {
    std::optional<std::size_t> length;
    lineAtFront(head);  // the start line is no header field
    while (!head.empty()) {
        const auto line = lineAtFront(head);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !isContentLength(line.substr(0, colon))) continue;
        const auto value = numberOf(line.substr(colon + 1));
        if (!value || (length && *length != *value)) return std::nullopt;
        length = value;
    }
    return length;
}

// CRLFs between messages. True if they make a ping: two of them, with nothing in between.
bool StreamFramer::takeLineEnds() {
    while (buffer_.size() - taken_ >= 2 && buffer_[taken_] == '\r' && buffer_[taken_ + 1] == '\n') {
        taken_ += 2;
        scanned_ = std::max(scanned_, taken_);
        lineEnd_ = !lineEnd_;
        if (!lineEnd_) return true;
    }
    return false;
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
    return {Found::Unframable, std::string_view{buffer_}.substr(taken_, limits_.message)};
}

void StreamFramer::compact() {
    if (taken_ == buffer_.size()) {
        buffer_.clear();
        if (buffer_.capacity() > kKeptCapacity) buffer_.shrink_to_fit();
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
    if (!total_) {
        if (takeLineEnds()) return {Found::Ping, {}};
        const auto waiting = std::string_view{buffer_}.substr(taken_);
        if (waiting.empty() || waiting == "\r") return {};
        lineEnd_ = false;
        const auto head = findHeadEnd();
        if ((head && *head > limits_.head) || (!head && waiting.size() > limits_.head)) return unframable();
        if (!head) return {};
        const auto length = contentLengthOf(waiting.substr(0, *head));
        if (!length || *head > limits_.message || *length > limits_.message - *head) return unframable();
        total_ = *head + *length;
    }
    const auto waiting = std::string_view{buffer_}.substr(taken_);
    if (waiting.size() < *total_) return {};
    const auto message = waiting.substr(0, *total_);
    taken_ += *total_;
    scanned_ = taken_;
    total_.reset();
    return {Found::Message, message};
}

}  // namespace beffroi::edge
