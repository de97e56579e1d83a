// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/announcement_service.hpp"

#include "base/log.hpp"
#include "beffroi/announcements.hpp"
#include "bridge/hub.hpp"
#include "bridge/prompt_sequence.hpp"
#include "services/speech.hpp"

#include <utility>
#include <vector>

namespace beffroi::services {
namespace {

constexpr log::Area kLog{"announcement"};
constexpr auto kLastWord = 300ms;  // what a telephone has received, and not yet played, is heard before the end

class AnnouncementCall final : public bridge::Call {
public:
    AnnouncementCall(bridge::MediaThread& thread, bridge::CallRequest request, Scheduler& scheduler,
                     std::shared_ptr<const bridge::Prompt> words)
        : request_{std::move(request)},
          words_{std::move(words)},
          hub_{thread, 1, bridge::Hearing::Others},
          end_{scheduler, request_.hangUp} {}

    [[nodiscard]] bool open(const LineParts& parts) BEFFROI_ON_LOOP {
        line_ = Line::open(
            parts, hub_, [](char) {}, request_.hangUp);
        return line_ != nullptr;
    }

    [[nodiscard]] std::variant<std::string, bridge::Refusal> answer(std::string_view offer) BEFFROI_ON_LOOP override {
        auto answered = line_->answer(offer);
        if (std::holds_alternative<std::string>(answered)) speak();
        return answered;
    }
    [[nodiscard]] std::string offer() BEFFROI_ON_LOOP override { return line_->offer(); }
    [[nodiscard]] std::optional<bridge::Refusal> takeAnswer(std::string_view answer) BEFFROI_ON_LOOP override {
        auto refused = line_->takeAnswer(answer);
        if (!refused) speak();
        return refused;
    }
    void digit(char) BEFFROI_ON_LOOP override {}

private:
    /// Once, whatever is renegotiated meanwhile.
    void speak() BEFFROI_ON_LOOP {
        if (std::exchange(spoken_, true)) return;
        log::info(kLog, "said",
                  {{"call", request_.callId}, {"caller", request_.caller}, {"what", request_.announcement}});
        hub_.play(words_);
        end_.start(words_->frames() * bridge::kFrameTime + kLastWord);
    }

    bridge::CallRequest request_;
    std::shared_ptr<const bridge::Prompt> words_;
    bool spoken_ = false;
    bridge::Hub hub_;
    std::unique_ptr<Line> line_;
    Timer end_;
};

}  // namespace

std::variant<std::unique_ptr<bridge::Call>, bridge::Refusal> AnnouncementService::take(bridge::CallRequest request) {
    if (!announcements::isAnnouncement(request.announcement)) return bridge::Refusal{400, "there is nothing to say"};
    std::vector<std::shared_ptr<const bridge::Prompt>> words;
    for (const auto& name : promptNames(request.announcement)) {
        words.push_back(shelf_.find(name));
        if (!words.back()) return bridge::Refusal{404, "there is no prompt " + name};
    }
    auto& thread = engine_.idlest();
    if (thread.load() > bridge::kFullLoad) return bridge::Refusal{503, "the bridge is busy"};
    auto call = std::make_unique<AnnouncementCall>(thread, std::move(request), parts_.scheduler,
                                                   std::make_shared<bridge::PromptSequence>(std::move(words)));
    if (!call->open(parts_)) return bridge::Refusal{503, "no port is free"};
    return call;
}

}  // namespace beffroi::services
