// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Owners for the objects of mediastreamer2 and oRTP.
// Thread: graphs are built, attached and taken apart on the loop; they run on a media thread.
#pragma once

#include <mediastreamer2/msfactory.h>
#include <mediastreamer2/msfilter.h>
#include <mediastreamer2/msticker.h>
#include <ortp/rtpprofile.h>
#include <ortp/rtpsession.h>

#include <memory>

namespace beffroi::bridge {

struct DestroyFilter {
    void operator()(MSFilter* filter) const noexcept { ms_filter_destroy(filter); }
};
using FilterRef = std::unique_ptr<MSFilter, DestroyFilter>;

struct DestroyTicker {
    void operator()(MSTicker* ticker) const noexcept { ms_ticker_destroy(ticker); }
};
using TickerRef = std::unique_ptr<MSTicker, DestroyTicker>;

struct DestroyFactory {
    void operator()(MSFactory* factory) const noexcept { ms_factory_destroy(factory); }
};
using FactoryRef = std::unique_ptr<MSFactory, DestroyFactory>;

struct DestroyRtpSession {
    void operator()(RtpSession* session) const noexcept { rtp_session_destroy(session); }
};
using RtpSessionRef = std::unique_ptr<RtpSession, DestroyRtpSession>;

struct DestroyRtpProfile {
    void operator()(RtpProfile* profile) const noexcept { rtp_profile_destroy(profile); }
};
using RtpProfileRef = std::unique_ptr<RtpProfile, DestroyRtpProfile>;

/// A filter of our own, described by a constant; `state` is what its functions find in MSFilter::data and is not owned.
[[nodiscard]] inline FilterRef makeFilter(MSFactory* factory, MSFilterDesc& description, void* state) {
    FilterRef filter{ms_factory_create_filter_from_desc(factory, &description)};
    filter->data = state;
    return filter;
}

}  // namespace beffroi::bridge
