// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A room as filters of mediastreamer2: a mixer, a bank of encoders for each codec in use, and two small graphs for each
// member. Every graph is attached on its own, so a member who comes or goes, or brings a new codec, interrupts nobody:
//   mixer                                            (one, from the start)
//   mix source -> encoder for each place and for all listeners -> fan-out     (one for each codec, when first needed)
//   RTP receiver -> decoder -> member input, and member output                (for each member)
// Listeners share one encoded packet. On a media thread the graphs run in the order in which they were attached.
// Thread: loop; the graphs run on the hub's media thread.
#pragma once

#include "beffroi/thread_roles.hpp"
#include "bridge/encoder_bank.hpp"
#include "bridge/media_thread.hpp"
#include "bridge/room_mixer.hpp"
#include "bridge/rtp_channel.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace beffroi::bridge {

class HubMember;

class Hub {
public:
    /// `places` is how many may be heard at once, 1 to kMostSpeakers.
    Hub(MediaThread& thread, std::size_t places, Hearing hearing);
    ~Hub();
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;

    /// Lets a configured channel in. The member leaves when the returned object is destroyed, before hub and channel.
    [[nodiscard]] std::unique_ptr<HubMember> join(RtpChannel& channel, const AudioAgreement& agreement) BEFFROI_ON_LOOP;

    /// Plays to everybody in the room.
    void play(std::shared_ptr<const Prompt> prompt) BEFFROI_ON_LOOP;

    [[nodiscard]] MediaThread& thread() const noexcept { return thread_; }

private:
    friend class HubMember;
    static MSFilterDesc& mixerDescription();
    void enter(HubMember& member);
    void leave(HubMember& member);

    MediaThread& thread_;
    std::mutex mutex_;  // guards mixer_ and the members of banks_ against the media thread
    RoomMixer mixer_;
    FilterRef filter_;
    std::map<Codec, std::unique_ptr<EncoderBank>> banks_;
};

/// One member's graphs.
class HubMember {
public:
    ~HubMember();
    HubMember(const HubMember&) = delete;
    HubMember& operator=(const HubMember&) = delete;

    /// A silenced member is not heard by the others.
    void silence(bool silenced) BEFFROI_ON_LOOP;

private:
    friend class Hub;
    HubMember(Hub& hub, RtpChannel& channel, const AudioAgreement& agreement);
    static MSFilterDesc& receiverDescription();
    static MSFilterDesc& inputDescription();
    static MSFilterDesc& outputDescription();
    void receive(MSFilter* filter) noexcept;
    void build(MSFactory* factory);
    void takeDecoded(MSFilter* filter) noexcept;
    void sendEncoded() noexcept;

    Hub& hub_;
    RtpChannel& channel_;
    Codec codec_;
    bool hears_;
    bool firstPacket_ = true;
    Listener ear_;
    FilterRef receiver_;
    FilterRef decoder_;
    FilterRef input_;
    FilterRef output_;
};

}  // namespace beffroi::bridge
