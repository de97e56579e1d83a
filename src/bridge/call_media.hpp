// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The voice of one call: its RTP channel, what was agreed with the other side, and its place in a hub. Offers and
// answers go in and out as text; each new agreement puts the member into the hub anew.
// Thread: loop.
#pragma once

#include "bridge/hub.hpp"
#include "bridge/sdp_writer.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace beffroi::bridge {

class CallMedia {
public:
    /// `session` is the number in the origin of our descriptions.
    CallMedia(Hub& hub, std::unique_ptr<RtpChannel> channel, Reach reach, std::uint32_t session);

    /// Our answer. After a refusal everything is as it was before.
    [[nodiscard]] std::variant<std::string, NegotiationRefusal> answer(std::string_view offer) BEFFROI_ON_LOOP;
    [[nodiscard]] std::string offer() BEFFROI_ON_LOOP;
    [[nodiscard]] std::optional<NegotiationRefusal> takeAnswer(std::string_view answer) BEFFROI_ON_LOOP;

    /// From now on in another hub, of the same media thread.
    void moveTo(Hub& hub) BEFFROI_ON_LOOP;

    /// The others do not hear a member that holds the call: phones then send music.
    [[nodiscard]] bool onHold() const noexcept { return onHold_; }

    /// Nothing until the other side has answered.
    [[nodiscard]] const std::optional<AudioAgreement>& agreement() const noexcept { return agreement_; }
    [[nodiscard]] const RtpCounters& counters() const noexcept { return channel_->counters(); }
    [[nodiscard]] const SocketAddress& local() const noexcept { return channel_->local(); }

private:
    void adopt(const AudioAgreement& agreement) BEFFROI_ON_LOOP;
    void join() BEFFROI_ON_LOOP;
    [[nodiscard]] std::string versioned(const std::function<std::string(const SdpOrigin&)>& write);

    Hub* hub_;
    std::unique_ptr<RtpChannel> channel_;
    Reach reach_;
    SdpOrigin origin_;
    std::string described_;  // our last description
    std::optional<AudioAgreement> agreement_;
    bool onHold_ = false;
    std::unique_ptr<HubMember> member_;  // uses the channel
};

}  // namespace beffroi::bridge
