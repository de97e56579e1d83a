// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who is in a call or being rung, which calls the ways outside carry, and whose turn it is in a group: counted from the
// calls that the exchange sees begin and end. Nothing of it outlives the process: after a restart every line counts as
// idle until its next call, and calls that went on meanwhile are not known any more.
// Thread: loop.
#pragma once

#include "beffroi/clock.hpp"
#include "beffroi/thread_roles.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace beffroi::proxy {

class LineUsage {
public:
    /// One side of a call. It holds a line, or a gateway, until it is destroyed, and may outlive the usage: as the
    /// exchange ends, transactions go after the calls.
    class Hold {
    public:
        Hold() = default;
        Hold(Hold&& other) noexcept = default;
        Hold& operator=(Hold&& other) noexcept {
            std::swap(usage_, other.usage_);
            std::swap(side_, other.side_);
            return *this;
        }
        ~Hold() {
            if (const auto usage = usage_.lock()) usage->release(side_);
        }

    private:
        friend class LineUsage;
        struct Side {
            std::string extension;
            std::string account;
            std::string gateway;
            std::uint32_t start = 0;  // of the telephone
        };
        Hold(const std::shared_ptr<LineUsage>& usage, Side side) : usage_{usage}, side_{std::move(side)} {}
        std::weak_ptr<LineUsage> usage_;
        Side side_;
    };

    /// `clock` must outlive it.
    explicit LineUsage(const Clock& clock) : clock_{clock} {}
    LineUsage(const LineUsage&) = delete;
    LineUsage& operator=(const LineUsage&) = delete;

    /// A telephone of `extension` calls, or is rung. Nothing is held for an empty extension.
    [[nodiscard]] Hold hold(std::string extension, std::string account) BEFFROI_ON_LOOP;
    [[nodiscard]] Hold holdGateway(std::string gateway) BEFFROI_ON_LOOP;
    /// A group is called: it is the next member's turn from now on.
    void groupCalled(std::string_view group) BEFFROI_ON_LOOP;
    /// The telephone of this account has started again and knows none of its calls any more: it holds no line.
    void telephoneStarted(std::string_view account) BEFFROI_ON_LOOP;

    /// How many calls it is in, or is being rung for.
    [[nodiscard]] std::uint32_t callsAt(std::string_view extension) const BEFFROI_ON_LOOP;
    [[nodiscard]] bool isBusy(std::string_view extension) const BEFFROI_ON_LOOP { return callsAt(extension) > 0; }
    /// When it was last in a call or being rung; the epoch if it never was.
    [[nodiscard]] Clock::WallTime idleSince(std::string_view extension) const BEFFROI_ON_LOOP;
    [[nodiscard]] std::uint32_t callsOf(std::string_view group) const BEFFROI_ON_LOOP;
    [[nodiscard]] std::uint32_t callsBy(std::string_view gateway) const BEFFROI_ON_LOOP;

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };
    template <typename T>
    using ByName = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;
    struct Line {
        std::uint32_t calls = 0;
        Clock::WallTime idleSince{};
    };
    struct Telephone {
        std::uint32_t start = 0;
        ByName<std::uint32_t> calls;  // by extension
    };

    void release(const Hold::Side& side);
    void leave(std::string_view extension, std::uint32_t calls);

    const Clock& clock_;
    ByName<Line> lines_;
    ByName<Telephone> telephones_;  // those that are in a call
    ByName<std::uint32_t> gateways_;
    ByName<std::uint32_t> groups_;
    std::uint32_t starts_ = 0;
    std::shared_ptr<LineUsage> self_{this, [](LineUsage*) {}};  // owns nothing: holds see by it that we are gone
};

}  // namespace beffroi::proxy
