// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Filters find their object in MSFilter::data. Members are taken off the media thread before the mixer forgets them, so
// that no graph ever runs with half of its object gone.

#include "bridge/hub.hpp"

namespace beffroi::bridge {
namespace {

MSFilterDesc describe(const char* name, int inputs, int outputs, MSFilterFunc process) {
    MSFilterDesc description{};
    description.id = MS_FILTER_PLUGIN_ID;
    description.name = name;
    description.text = "rooms of Beffroi";
    description.category = MS_FILTER_OTHER;
    description.ninputs = inputs;
    description.noutputs = outputs;
    description.process = process;
    return description;
}

bool hears(Direction ours) { return ours == Direction::SendReceive || ours == Direction::SendOnly; }

}  // namespace

MSFilterDesc& Hub::mixerDescription() {
    static MSFilterDesc kDescription = describe("BeffroiMixer", 0, 0, [](MSFilter* filter) {
        auto& hub = *static_cast<Hub*>(filter->data);
        const std::lock_guard lock{hub.mutex_};
        hub.mixer_.mix();
    });
    return kDescription;
}

Hub::Hub(MediaThread& thread, std::size_t places, Hearing hearing)
    : thread_{thread},
      // The time in a member's packets goes on when it moves from one hub of the thread to another.
      mixer_{places, hearing, thread.ticks()},
      filter_{makeFilter(thread.factory(), mixerDescription(), this)} {
    ms_ticker_attach(thread_.ticker(), filter_.get());
}

Hub::~Hub() {
    ms_ticker_detach(thread_.ticker(), filter_.get());
    banks_.clear();
}

std::unique_ptr<HubMember> Hub::join(RtpChannel& channel, const AudioAgreement& agreement) {
    auto& bank = banks_[agreement.codec];
    if (!bank) bank = std::make_unique<EncoderBank>(thread_, mutex_, mixer_, agreement.codec);
    return std::unique_ptr<HubMember>{new HubMember{*this, channel, agreement}};
}

void Hub::play(std::shared_ptr<const Prompt> prompt) {
    const std::lock_guard lock{mutex_};
    mixer_.play(std::move(prompt));
}

void Hub::enter(HubMember& member) {
    const std::lock_guard lock{mutex_};
    mixer_.add(member.ear_.party);
    if (member.hears_) banks_[member.codec_]->add(member.ear_);
}

void Hub::leave(HubMember& member) {
    const std::lock_guard lock{mutex_};
    banks_[member.codec_]->remove(member.ear_);
    mixer_.remove(member.ear_.party);
}

HubMember::HubMember(Hub& hub, RtpChannel& channel, const AudioAgreement& agreement)
    : hub_{hub},
      channel_{channel},
      codec_{agreement.codec},
      hears_{hears(agreement.direction)},
      ear_{traits(agreement.codec).pcmRate} {
    build(hub.thread_.factory());
    hub_.enter(*this);
    ms_ticker_attach_multiple(hub_.thread_.ticker(), receiver_.get(), output_.get(), nullptr);
}

HubMember::~HubMember() {
    auto* ticker = hub_.thread_.ticker();
    ms_ticker_detach(ticker, receiver_.get());
    ms_ticker_detach(ticker, output_.get());
    hub_.leave(*this);
    ms_filter_unlink(receiver_.get(), 0, decoder_.get(), 0);
    ms_filter_unlink(decoder_.get(), 0, input_.get(), 0);
}

void HubMember::silence(bool silenced) {
    const std::lock_guard lock{hub_.mutex_};
    ear_.party.voice.silenced = silenced;
}

MSFilterDesc& HubMember::receiverDescription() {
    static MSFilterDesc kDescription = describe("BeffroiMemberReceiver", 0, 1, [](MSFilter* filter) {
        static_cast<HubMember*>(filter->data)->receive(filter);
    });
    return kDescription;
}

MSFilterDesc& HubMember::inputDescription() {
    static MSFilterDesc kDescription = describe("BeffroiMemberInput", 1, 0, [](MSFilter* filter) {
        static_cast<HubMember*>(filter->data)->takeDecoded(filter);
    });
    return kDescription;
}

MSFilterDesc& HubMember::outputDescription() {
    static MSFilterDesc kDescription = describe(
        "BeffroiMemberOutput", 0, 0, [](MSFilter* filter) { static_cast<HubMember*>(filter->data)->sendEncoded(); });
    return kDescription;
}

void HubMember::build(MSFactory* factory) {
    const auto& codec = traits(codec_);
    receiver_ = makeFilter(factory, receiverDescription(), this);
    decoder_.reset(ms_factory_create_decoder(factory, codec.filter));
    auto rate = static_cast<int>(codec.pcmRate);
    int channels = 1;
    ms_filter_call_method(decoder_.get(), MS_FILTER_SET_SAMPLE_RATE, &rate);
    if (ms_filter_has_method(decoder_.get(), MS_FILTER_SET_NCHANNELS) != 0) {
        ms_filter_call_method(decoder_.get(), MS_FILTER_SET_NCHANNELS, &channels);
    }
    input_ = makeFilter(factory, inputDescription(), this);
    output_ = makeFilter(factory, outputDescription(), this);
    ms_filter_link(receiver_.get(), 0, decoder_.get(), 0);
    ms_filter_link(decoder_.get(), 0, input_.get(), 0);
}

void HubMember::receive(MSFilter* filter) noexcept {
    const auto now = static_cast<std::uint32_t>(filter->ticker->time * (traits(codec_).clockRate / 1000));
    while (auto* packet = channel_.receive(now)) {
        mblk_set_timestamp_info(packet, rtp_get_timestamp(packet));
        mblk_set_marker_info(packet, rtp_get_markbit(packet));
        mblk_set_cseq(packet, rtp_get_seqnumber(packet));
        rtp_get_payload(packet, &packet->b_rptr);
        ms_queue_put(filter->outputs[0], packet);
    }
}

void HubMember::takeDecoded(MSFilter* filter) noexcept {
    while (auto* message = ms_queue_get(filter->inputs[0])) {
        const auto octets = static_cast<std::size_t>(message->b_wptr - message->b_rptr);
        const auto* samples = reinterpret_cast<const Sample*>(message->b_rptr);
        ear_.party.input.write({samples, octets / sizeof(Sample)});
        freemsg(message);
    }
}

void HubMember::sendEncoded() noexcept {
    for (const auto& packet : ear_.packets) {
        auto* header = rtp_session_create_packet(channel_.session(), 12, nullptr, 0);
        rtp_set_markbit(header, firstPacket_ ? 1 : 0);
        header->b_cont = packet.payload;
        const auto timestamp = packet.frame * (traits(codec_).clockRate / kFramesPerSecond);
        rtp_session_sendm_with_ts(channel_.session(), header, static_cast<std::uint32_t>(timestamp));
        firstPacket_ = false;
    }
    ear_.packets.clear();
}

}  // namespace beffroi::bridge
