// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The member leaves the hub before its channel is configured: no graph may use it meanwhile.

#include "bridge/call_media.hpp"

namespace beffroi::bridge {

CallMedia::CallMedia(Hub& hub, std::unique_ptr<RtpChannel> channel, Reach reach, std::uint32_t session)
    : hub_{&hub}, channel_{std::move(channel)}, reach_{reach}, origin_{session, 1} {}

std::variant<std::string, NegotiationRefusal> CallMedia::answer(std::string_view offer) {
    const auto read = readSdp(offer);
    if (const auto* fault = std::get_if<SdpFault>(&read)) return NegotiationRefusal{488, fault->reason};
    const auto& description = std::get<SessionDescription>(read);
    const auto negotiated = negotiate(description, reach_);
    if (const auto* refusal = std::get_if<NegotiationRefusal>(&negotiated)) return *refusal;
    const auto& agreement = std::get<AudioAgreement>(negotiated);
    adopt(agreement);
    return versioned(
        [&](const SdpOrigin& origin) { return writeAnswer(description, agreement, channel_->local(), origin); });
}

std::string CallMedia::offer() {
    return versioned([this](const SdpOrigin& origin) { return writeOffer(channel_->local(), origin); });
}

std::optional<NegotiationRefusal> CallMedia::takeAnswer(std::string_view answer) {
    const auto read = readSdp(answer);
    if (const auto* fault = std::get_if<SdpFault>(&read)) return NegotiationRefusal{488, fault->reason};
    const auto negotiated = acceptAnswer(std::get<SessionDescription>(read), reach_);
    if (const auto* refusal = std::get_if<NegotiationRefusal>(&negotiated)) return *refusal;
    adopt(std::get<AudioAgreement>(negotiated));
    return std::nullopt;
}

void CallMedia::moveTo(Hub& hub) {
    member_.reset();
    hub_ = &hub;
    if (agreement_) join();
}

void CallMedia::adopt(const AudioAgreement& agreement) {
    // Who only sends from the start has something to say; who stops listening later holds the call.
    const bool speaksOnly = !agreement_ || (agreement_->direction == Direction::ReceiveOnly && !onHold_);
    onHold_ =
        agreement.direction == Direction::Inactive || (agreement.direction == Direction::ReceiveOnly && !speaksOnly);
    if (agreement_ == agreement && member_) {
        member_->silence(onHold_);
        return;
    }
    member_.reset();
    channel_->configure(agreement, Learning::BehindNat);
    agreement_ = agreement;
    join();
}

void CallMedia::join() {
    member_ = hub_->join(*channel_, *agreement_);
    member_->silence(onHold_);
}

std::string CallMedia::versioned(const std::function<std::string(const SdpOrigin&)>& write) {
    auto text = write(origin_);
    if (!described_.empty() && text != described_) {
        ++origin_.version;
        text = write(origin_);
    }
    described_ = text;
    return text;
}

}  // namespace beffroi::bridge
