// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The place of the sink, which is built after the edge that it sends through: what comes before it is set is dropped.
// Thread: loop.
#pragma once

#include "beffroi/network.hpp"

namespace beffroi::edge {

class SinkSlot final : public MessageSink {
public:
    void set(MessageSink& sink) noexcept { sink_ = &sink; }

    void onMessage(const Flow& flow, std::string_view bytes) BEFFROI_ON_LOOP override {
        if (sink_ != nullptr) sink_->onMessage(flow, bytes);
    }
    void onUnframable(const Flow& flow, std::string_view bytes) BEFFROI_ON_LOOP override {
        if (sink_ != nullptr) sink_->onUnframable(flow, bytes);
    }
    void onFlowFailed(const Flow& flow) BEFFROI_ON_LOOP override {
        if (sink_ != nullptr) sink_->onFlowFailed(flow);
    }
    void onFlowSilent(const Flow& flow) BEFFROI_ON_LOOP override {
        if (sink_ != nullptr) sink_->onFlowSilent(flow);
    }
    void onUndelivered(const Flow& flow, Undelivered how, std::string_view quoted) BEFFROI_ON_LOOP override {
        if (sink_ != nullptr) sink_->onUndelivered(flow, how, quoted);
    }

private:
    MessageSink* sink_ = nullptr;
};

}  // namespace beffroi::edge
