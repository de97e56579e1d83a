// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The optimal string alignment distance, with three rows of its table at a time.

#include "config/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace beffroi::config {

std::size_t editDistance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> beforeLast(to.size() + 1);
    std::vector<std::size_t> last(to.size() + 1);
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t change = from[i - 1] == to[j - 1] ? 0 : 1;
            row[j] = std::min({last[j - 1] + change, last[j] + 1, row[j - 1] + 1});
            const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (swapped) row[j] = std::min(row[j], beforeLast[j - 2] + 1);
        }
        std::swap(beforeLast, last);
        std::swap(last, row);
    }
    return last.back();
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known) {
    constexpr std::size_t kLongestWord = 64;
    if (word.size() > kLongestWord) return {};
    std::string_view best;
    auto limit = word.size() <= 4 ? std::size_t{1} : std::max<std::size_t>(2, word.size() / 3);
    for (const auto candidate : known) {
        const auto distance = editDistance(word, candidate);
        if (distance > limit || (distance == limit && !best.empty())) continue;
        limit = distance;
        best = candidate;
    }
    return best;
}

}  // namespace beffroi::config
