// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The encoders of one codec in one room: one for each place of a speaker, who hears everybody else, and one for all who
// listen. An encoder works only while somebody needs its packets.
// Thread: made and destroyed on the loop, runs on the hub's media thread; members are guarded by the hub's mutex.
#pragma once

#include "bridge/codec.hpp"
#include "bridge/media_thread.hpp"
#include "bridge/room_mixer.hpp"

#include <array>
#include <mutex>
#include <vector>

namespace beffroi::bridge {

/// A member as the fan-out sees it.
struct Listener {
    explicit Listener(PcmRate rate) : party{rate} {}
    ~Listener() { discard(); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    void discard() noexcept {
        for (const auto& packet : packets) freemsg(packet.payload);
        packets.clear();
    }

    Party party;
    struct Packet {
        mblk_t* payload;      // owned
        std::uint64_t frame;  // number of its first frame
    };
    std::vector<Packet> packets;  // waiting to be sent; media thread only
};

class EncoderBank {
public:
    EncoderBank(MediaThread& thread, std::mutex& hubMutex, const RoomMixer& mixer, Codec codec);
    ~EncoderBank();
    EncoderBank(const EncoderBank&) = delete;
    EncoderBank& operator=(const EncoderBank&) = delete;

    // Under the hub's mutex.
    void add(Listener& listener) { listeners_.push_back(&listener); }
    void remove(const Listener& listener) noexcept;

private:
    static constexpr std::size_t kOutputs = kMostSpeakers + 1;  // the last one is for all listeners
    static MSFilterDesc& sourceDescription();
    static MSFilterDesc& fanOutDescription();

    void buildEncoder(std::size_t output);
    void feed(MSFilter* source) noexcept;
    void decideWhatToEncode() noexcept;
    void fanOut(MSFilter* sink) noexcept;
    void deliver(std::size_t output, mblk_t* payload) noexcept;

    MediaThread& thread_;
    std::mutex& hubMutex_;
    const RoomMixer& mixer_;
    const CodecTraits& codec_;
    std::vector<Listener*> listeners_;
    std::array<bool, kOutputs> encoding_{};
    FilterRef source_;
    std::array<FilterRef, kOutputs> encoders_;
    FilterRef sink_;
};

}  // namespace beffroi::bridge
