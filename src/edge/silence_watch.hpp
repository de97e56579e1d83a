// SPDX-License-Identifier: AGPL-3.0-or-later
//
// UDP has no connection that could break: of the flows whose telephones have promised to be heard regularly (RFC 5626
// §4.4.1, Flow-Timer) it notices which have fallen silent, and it remembers those whose telephones do not know yet that
// they were given up.
// Thread: loop.
#pragma once

#include "beffroi/flow.hpp"
#include "beffroi/scheduler.hpp"
#include "edge/per_second.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

namespace beffroi::edge {

class SilenceWatch {
public:
    /// `onSilent` is called once for a flow from which nothing has come in time; it is not watched any more then.
    SilenceWatch(Scheduler& scheduler, std::function<void(const Flow&)> onSilent)
        : scheduler_{scheduler}, onSilent_{std::move(onSilent)} {}

    enum class Standing : std::uint8_t { Unknown, Watched, GivenUp };
    /// How many flows that were given up are remembered; beyond, any of them is forgotten.
    static constexpr std::size_t kMostGivenUp = 65'536;

    /// From now on something must come at least every `silence`.
    void expect(const Flow& flow, Clock::Duration silence);
    /// It may be silent, and was not given up.
    void forget(const Flow& flow);
    /// Its telephone still relies on it, until then; expect() and forget() end that.
    void giveUp(const Flow& flow, Clock::TimePoint until);
    /// Something has come.
    Standing heard(const Flow& flow);
    /// Counts an answer to a keep-alive of a flow that is watched. False: enough for this second.
    [[nodiscard]] bool mayAnswer(const Flow& flow);
    [[nodiscard]] std::size_t size() const noexcept { return watched_.size(); }
    [[nodiscard]] std::size_t givenUp() const noexcept { return givenUp_.size(); }

private:
    struct Watched {
        Clock::TimePoint lastHeard;
        Clock::Duration silence{};
        PerSecond answers;
        std::unique_ptr<Timer> timer;
    };
    void onTimer(const Flow& flow);

    Scheduler& scheduler_;
    std::function<void(const Flow&)> onSilent_;
    std::unordered_map<Flow, Watched> watched_;
    std::unordered_map<Flow, std::unique_ptr<Timer>> givenUp_;
};

}  // namespace beffroi::edge
