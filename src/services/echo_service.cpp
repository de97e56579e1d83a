// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/echo_service.hpp"

#include "base/log.hpp"

namespace beffroi::services {
namespace {

constexpr log::Area kLog{"echo"};

class EchoCall final : public bridge::Call {
public:
    EchoCall(bridge::MediaThread& thread, bridge::CallRequest request)
        : request_{std::move(request)}, hub_{thread, 1, bridge::Hearing::OneselfToo} {}
    ~EchoCall() override { log::info(kLog, "ended", {{"call", request_.callId}}); }

    [[nodiscard]] bool open(const LineParts& parts) BEFFROI_ON_LOOP {
        line_ = Line::open(
            parts, hub_,
            [this](char key) {
                assertOnLoop();
                digit(key);
            },
            request_.hangUp);
        if (line_) log::info(kLog, "started", {{"call", request_.callId}, {"caller", request_.caller}});
        return line_ != nullptr;
    }

    [[nodiscard]] std::variant<std::string, bridge::Refusal> answer(std::string_view offer) BEFFROI_ON_LOOP override {
        return line_->answer(offer);
    }
    [[nodiscard]] std::string offer() BEFFROI_ON_LOOP override { return line_->offer(); }
    [[nodiscard]] std::optional<bridge::Refusal> takeAnswer(std::string_view answer) BEFFROI_ON_LOOP override {
        return line_->takeAnswer(answer);
    }
    void digit(char key) BEFFROI_ON_LOOP override { hub_.play(bridge::keyTone(key)); }

private:
    bridge::CallRequest request_;
    bridge::Hub hub_;
    std::unique_ptr<Line> line_;
};

}  // namespace

std::variant<std::unique_ptr<bridge::Call>, bridge::Refusal> EchoService::take(bridge::CallRequest request) {
    auto& thread = engine_.idlest();
    if (thread.load() > bridge::kFullLoad) return bridge::Refusal{503, "the bridge is busy"};
    auto call = std::make_unique<EchoCall>(thread, std::move(request));
    if (!call->open(parts_)) return bridge::Refusal{503, "no port is free"};
    return call;
}

}  // namespace beffroi::services
