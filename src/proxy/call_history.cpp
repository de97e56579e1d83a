// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/call_history.hpp"

#include <algorithm>

namespace beffroi::proxy {
namespace {

bool isIndex(std::string_view text) noexcept {
    if (text.empty() || text.size() > 32 || text.front() == '.' || text.back() == '.') return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

// Every value of the header; nothing if one of them is not what it should be, or there are too many.
std::vector<std::string> takeValues(const sip::Message& request, const char* name) {
    std::vector<std::string> values;
    for (auto list : request.headers(name)) {
        while (const auto value = sip::nextListValue(list)) {
            const auto entry = sip::parseNameAddr(*value);
            const bool fits = entry && (entry->uri.isSip() || entry->uri.scheme == sip::UriView::Scheme::Tel);
            if (!fits || value->size() > TakenHistory::kLongestEntry) return {};
            if (values.size() == TakenHistory::kMostEntries) return {};
            values.emplace_back(*value);
        }
    }
    return values;
}

std::string entryOf(const std::string& uri, std::string_view index, std::string_view mapping) {
    return '<' + uri + ">;index=" + std::string{index} + std::string{mapping};
}

}  // namespace

TakenHistory takeHistory(const sip::Message& request) {
    TakenHistory taken;
    taken.diversion = takeValues(request, "Diversion");
    taken.historyInfo = takeValues(request, "History-Info");
    for (const auto& value : taken.historyInfo) {
        taken.lastIndex = sip::parseNameAddr(value)->params.find("index").value_or("");
        if (isIndex(taken.lastIndex)) continue;
        taken.historyInfo.clear();
        taken.lastIndex.clear();
        break;
    }
    return taken;
}

std::string_view diversionReason(DiversionReason reason) noexcept {
    switch (reason) {
        case DiversionReason::Unconditional: return "unconditional";
        case DiversionReason::UserBusy: return "user-busy";
        case DiversionReason::NoAnswer: return "no-answer";
        case DiversionReason::Unreachable: return "unavailable";
        case DiversionReason::TimeOfDay: return "time-of-day";
        case DiversionReason::DoNotDisturb: return "do-not-disturb";
        case DiversionReason::Group: break;
    }
    return "unknown";
}

int diversionCause(DiversionReason reason) noexcept {
    switch (reason) {
        case DiversionReason::Unconditional:
        case DiversionReason::TimeOfDay: return 302;
        case DiversionReason::UserBusy: return 486;
        case DiversionReason::NoAnswer: return 408;
        case DiversionReason::Unreachable: return 503;
        case DiversionReason::DoNotDisturb: return 480;
        case DiversionReason::Group: break;
    }
    return 0;
}

// RFC 7044 §9.3: each number that was called is an entry of its own below the one that it was called in place of (mp),
// and says why it is called instead (cause); the telephone is where the last number is registered (rc).
std::vector<HeaderField> historyOf(const std::vector<Diversion>& diversions, std::string_view target,
                                   std::string_view requestUri, std::size_t place, const TakenHistory& taken,
                                   const HistoryWriter& writer) {
    std::vector<HeaderField> fields;
    for (auto diversion = diversions.rbegin(); diversion != diversions.rend(); ++diversion) {  // the latest on top
        auto value = writer.name(diversion->number);
        if (!value.empty()) value += ' ';
        value += '<' + writer.uri(diversion->number) + ">;reason=" + std::string{diversionReason(diversion->reason)};
        fields.push_back({"Diversion", value + ";counter=1;privacy=off"});
    }
    for (const auto& value : taken.diversion) fields.push_back({"Diversion", value});
    for (const auto& value : taken.historyInfo) fields.push_back({"History-Info", value});
    if (diversions.empty()) return fields;

    auto index = taken.lastIndex.empty() ? std::string{"1"} : taken.lastIndex + ".1";
    fields.push_back({"History-Info", entryOf(writer.uri(diversions.front().number), index, {})});
    for (std::size_t i = 0; i < diversions.size(); ++i) {
        const auto from = index;
        const auto next = i + 1 < diversions.size() ? std::string_view{diversions[i + 1].number} : target;
        auto uri = writer.uri(next);
        if (const int cause = diversionCause(diversions[i].reason)) uri += ";cause=" + std::to_string(cause);
        index += ".1";
        fields.push_back({"History-Info", entryOf(uri, index, ";mp=" + from)});
    }
    const auto last = index + '.' + std::to_string(place);
    const auto bare = std::string{requestUri.substr(0, requestUri.find('?'))};
    fields.push_back({"History-Info", entryOf(bare, last, ";rc=" + index)});
    return fields;
}

}  // namespace beffroi::proxy
