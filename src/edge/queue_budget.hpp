// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What all connections together may keep waiting: unfinished messages that came in, and what slow readers have not
// taken. A bound for each connection alone would be a bound of a gigabyte. Those who have not proven who they are share
// a part of it, so that they cannot take the rest from telephones.
// Thread: loop.
#pragma once

#include <cstddef>
#include <cstdint>

namespace beffroi::edge {

enum class Standing : std::uint8_t { Stranger, Known };

class QueueBudget {
public:
    QueueBudget(std::size_t total, std::size_t strangers) : total_{total}, strangers_{strangers} {}

    [[nodiscard]] bool hasRoom(std::size_t octets, Standing standing) const noexcept {
        if (octets > total_ - used_) return false;
        return standing == Standing::Known || octets <= strangers_ - usedByStrangers_;
    }
    /// Changes what one connection has of it; false, and nothing is changed, if that is more than there is.
    [[nodiscard]] bool change(std::size_t from, std::size_t to, Standing standing) noexcept {
        if (to > from && !hasRoom(to - from, standing)) return false;
        used_ += to - from;  // unsigned: less is as good as more
        if (standing == Standing::Stranger) usedByStrangers_ += to - from;
        return true;
    }
    /// A stranger who has `octets` of it is known from now on.
    void vouch(std::size_t octets) noexcept { usedByStrangers_ -= octets; }

    [[nodiscard]] std::size_t used() const noexcept { return used_; }

private:
    std::size_t total_;
    std::size_t strangers_;
    std::size_t used_ = 0;
    std::size_t usedByStrangers_ = 0;
};

}  // namespace beffroi::edge
