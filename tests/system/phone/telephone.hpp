// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One headless telephone: a liblinphone core with a ToneCard for a sound card and at most one SIP account. Like a real
// phone it can hold several calls, of which one is spoken in. What happens to it is told as events, in JSON.
// Thread: one; iterate() must be called every few hundredths of a second.
#pragma once

#include "tone_card.hpp"

#include <linphone/core.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace beffroi::test {

class Telephone {
public:
    struct Setup {
        std::string name;    // how commands and events call it
        std::string number;  // user part of its address-of-record
        std::string domain;
        std::string account;  // digest user name
        std::string password;
        std::string algorithm;          // "MD5" or "SHA-256" to use that one only, empty for the first one offered
        std::string server;             // "127.0.0.1:5060"; empty: calls go straight to their URI
        std::string transport = "udp";  // or "tcp", "tls"
        std::string authority;          // file of who vouches for the server, by TLS
        std::vector<std::string> codecs{"PCMA", "PCMU"};
        double tone = 440;
        double amplitude = 6000;
        int firstRtpPort = 0;  // 0: any
        int lastRtpPort = 0;
        int expires = 3600;
        bool ipv6 = false;
    };
    using Report = std::function<void(nlohmann::json)>;

    /// `report` is called with each event, from iterate() or from one of the functions below.
    Telephone(Setup setup, Report report);
    ~Telephone();
    Telephone(const Telephone&) = delete;
    Telephone& operator=(const Telephone&) = delete;

    void iterate();

    /// The port that the phone listens on.
    [[nodiscard]] int port() const;
    [[nodiscard]] ToneCard& sound() noexcept { return sound_; }

    void startRegistering();
    void stopRegistering();

    /// Returns the number by which the call is named from now on.
    int call(const std::string& to);
    void answer(int call);
    /// `status`: 486 or 603.
    void decline(int call, int status);
    void hangUp(int call);
    void hold(int call);
    void resume(int call);
    void sendDigits(int call, const std::string& digits);
    [[nodiscard]] nlohmann::json statistics(int call) const;

private:
    struct Unref {
        void operator()(LinphoneCore* core) const noexcept { linphone_core_unref(core); }
        void operator()(LinphoneCall* call) const noexcept { linphone_call_unref(call); }
        void operator()(LinphoneAccount* account) const noexcept { linphone_account_unref(account); }
    };

    void configure();
    void useSoundCard();
    void listenOnFreePorts();
    void enableCodecs();
    void addAccount();
    void addPassword();
    [[nodiscard]] LinphoneCall* find(int call) const;
    int nameOf(LinphoneCall* call);
    void onCall(LinphoneCall* call, LinphoneCallState state);
    void onRegistration(LinphoneAccount* account, LinphoneRegistrationState state, const char* message);
    void onDigit(LinphoneCall* call, int digit);

    Setup setup_;
    Report report_;
    ToneCard sound_;
    std::unique_ptr<LinphoneCore, Unref> core_;
    std::unique_ptr<LinphoneAccount, Unref> account_;
    std::map<int, std::unique_ptr<LinphoneCall, Unref>> calls_;
    int lastCall_ = 0;
};

}  // namespace beffroi::test
