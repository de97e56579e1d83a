// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The life of a liblinphone core without files, screen, sound card or network services other than SIP and RTP.

#include "telephone.hpp"

#include <mediastreamer2/mediastream.h>

#include <strings.h>
#include <algorithm>
#include <stdexcept>
#include <utility>

namespace beffroi::test {
namespace {

std::string text(const char* value) { return value ? value : ""; }

const char* nameOfState(LinphoneCallState state) {
    switch (state) {
        case LinphoneCallStateIncomingReceived: return "incoming";
        case LinphoneCallStateOutgoingProgress: return "progress";
        case LinphoneCallStateOutgoingRinging: return "ringing";
        case LinphoneCallStateOutgoingEarlyMedia: return "early-media";
        case LinphoneCallStateConnected: return "connected";
        case LinphoneCallStateStreamsRunning: return "running";
        case LinphoneCallStatePaused: return "held";
        case LinphoneCallStatePausedByRemote: return "held-by-other";
        case LinphoneCallStateError: return "failed";
        case LinphoneCallStateEnd: return "ended";
        case LinphoneCallStateReleased: return "released";
        default: return nullptr;  // a step between two of the above
    }
}

Telephone& phoneOf(LinphoneCore* core) { return *static_cast<Telephone*>(linphone_core_get_user_data(core)); }

}  // namespace

Telephone::Telephone(Setup setup, Report report)
    : setup_{std::move(setup)}, report_{std::move(report)}, sound_{setup_.tone, setup_.amplitude} {
    LinphoneFactory* factory = linphone_factory_get();
    LinphoneConfig* config = linphone_factory_create_config(factory, nullptr);  // no file is read or written
    linphone_config_set_int(config, "sip", "guess_hostname", 0);
    linphone_config_set_int(config, "sip", "keepalive_period", 10000);
    linphone_config_set_int(config, "misc", "chat_rooms_enabled", 0);
    linphone_config_set_int(config, "lime", "enabled", 0);
    linphone_config_set_int(config, "sound", "echocancellation", 0);
    linphone_config_set_int(config, "sound", "disable_automatic_gain", 1);
    linphone_config_set_string(config, "storage", "uri", "null");
    linphone_config_set_string(config, "storage", "call_logs_db_uri", "null");
    linphone_config_set_string(config, "net", "nat_policy_ref", "");
    core_.reset(linphone_factory_create_core_with_config_3(factory, config, nullptr));
    linphone_config_unref(config);
    if (!core_) throw std::runtime_error{"liblinphone made no core"};
    linphone_core_set_user_data(core_.get(), this);

    LinphoneCoreCbs* callbacks = linphone_factory_create_core_cbs(factory);
    linphone_core_cbs_set_call_state_changed(
        callbacks, [](LinphoneCore* core, LinphoneCall* call, LinphoneCallState state, const char*) {
            phoneOf(core).onCall(call, state);
        });
    linphone_core_cbs_set_account_registration_state_changed(
        callbacks, [](LinphoneCore* core, LinphoneAccount* account, LinphoneRegistrationState state,
                      const char* message) { phoneOf(core).onRegistration(account, state, message); });
    linphone_core_cbs_set_dtmf_received(
        callbacks, [](LinphoneCore* core, LinphoneCall* call, int digit) { phoneOf(core).onDigit(call, digit); });
    linphone_core_add_callbacks(core_.get(), callbacks);
    linphone_core_cbs_unref(callbacks);
    configure();
    if (linphone_core_start(core_.get()) != 0) throw std::runtime_error{"liblinphone did not start"};
    useSoundCard();
    if (!setup_.server.empty()) addAccount();
}

Telephone::~Telephone() {
    linphone_core_terminate_all_calls(core_.get());
    linphone_core_stop(core_.get());
    calls_.clear();
    account_.reset();
}

void Telephone::configure() {
    LinphoneCore* core = core_.get();
    linphone_core_set_user_agent(core, "Beffroi test telephone", "1");
    listenOnFreePorts();
    linphone_core_enable_ipv6(core, setup_.ipv6 ? TRUE : FALSE);
    linphone_core_enable_video_capture(core, FALSE);
    linphone_core_enable_video_display(core, FALSE);
    linphone_core_set_media_encryption(core, LinphoneMediaEncryptionNone);
    linphone_core_set_media_resource_mode(core, LinphoneSharedMediaResources);
    linphone_core_set_use_rfc2833_for_dtmf(core, TRUE);
    linphone_core_set_use_info_for_dtmf(core, FALSE);
    linphone_core_set_ring(core, nullptr);
    linphone_core_set_ringback(core, nullptr);
    linphone_core_set_remote_ringback_tone(core, nullptr);
    linphone_core_enable_native_ringing(core, FALSE);
    linphone_core_enable_adaptive_rate_control(core, FALSE);
    linphone_core_set_inc_timeout(core, 600);
    enableCodecs();
    if (!setup_.authority.empty()) {
        linphone_core_set_root_ca(core, setup_.authority.c_str());
        linphone_core_verify_server_certificates(core, TRUE);
        linphone_core_verify_server_cn(core, TRUE);
    }
    if (!setup_.server.empty()) return;
    // Without an account this is its From, and two calls from one address are one too many: the second gets 486.
    const std::string contact = "sip:" + setup_.number + '@' + setup_.domain;
    linphone_core_set_primary_contact(core, contact.c_str());
}

void Telephone::listenOnFreePorts() {
    LinphoneTransports* transports = linphone_factory_create_transports(linphone_factory_get());
    const auto portOf = [this](const char* name) { return setup_.transport == name ? LC_SIP_TRANSPORT_RANDOM : 0; };
    linphone_transports_set_udp_port(transports, portOf("udp"));
    linphone_transports_set_tcp_port(transports, portOf("tcp"));
    linphone_transports_set_tls_port(transports, portOf("tls"));
    linphone_transports_set_dtls_port(transports, 0);
    linphone_core_set_transports(core_.get(), transports);
    linphone_transports_unref(transports);
    if (setup_.firstRtpPort > 0) {
        linphone_core_set_audio_port_range(core_.get(), setup_.firstRtpPort, setup_.lastRtpPort);
    } else {
        linphone_core_set_audio_port(core_.get(), -1);
    }
}

void Telephone::enableCodecs() {
    bctbx_list_t* types = linphone_core_get_audio_payload_types(core_.get());
    for (const bctbx_list_t* item = types; item; item = item->next) {
        auto* type = static_cast<LinphonePayloadType*>(item->data);
        const std::string mime = text(linphone_payload_type_get_mime_type(type));
        const auto same = [&mime](const std::string& codec) { return strcasecmp(codec.c_str(), mime.c_str()) == 0; };
        const bool wanted = std::any_of(setup_.codecs.begin(), setup_.codecs.end(), same) || same("telephone-event");
        linphone_payload_type_enable(type, wanted ? TRUE : FALSE);
    }
    bctbx_list_free_with_data(types,
                              [](void* type) { linphone_payload_type_unref(static_cast<LinphonePayloadType*>(type)); });
}

void Telephone::useSoundCard() {
    MSSndCardManager* cards = ms_factory_get_snd_card_manager(linphone_core_get_ms_factory(core_.get()));
    MSSndCard* card = sound_.makeCard();
    ms_snd_card_manager_add_card(cards, card);
    const char* id = ms_snd_card_get_string_id(card);
    linphone_core_set_capture_device(core_.get(), id);
    linphone_core_set_playback_device(core_.get(), id);
    linphone_core_set_ringer_device(core_.get(), nullptr);
}

void Telephone::addPassword() {
    const char* algorithm = setup_.algorithm.empty() ? nullptr : setup_.algorithm.c_str();
    LinphoneAuthInfo* secret =
        linphone_auth_info_new_for_algorithm(setup_.number.c_str(), setup_.account.c_str(), setup_.password.c_str(),
                                             nullptr, nullptr, setup_.domain.c_str(), algorithm);
    linphone_core_add_auth_info(core_.get(), secret);
    linphone_auth_info_unref(secret);
}

void Telephone::addAccount() {
    addPassword();
    LinphoneFactory* factory = linphone_factory_get();
    LinphoneAccountParams* parameters = linphone_core_create_account_params(core_.get());
    LinphoneAddress* identity =
        linphone_factory_create_address(factory, ("sip:" + setup_.number + '@' + setup_.domain).c_str());
    LinphoneAddress* server =
        linphone_factory_create_address(factory, ("sip:" + setup_.server + ";transport=" + setup_.transport).c_str());
    linphone_account_params_set_identity_address(parameters, identity);
    linphone_account_params_set_server_address(parameters, server);
    linphone_account_params_set_outbound_proxy_enabled(parameters, TRUE);
    linphone_account_params_set_register_enabled(parameters, FALSE);
    linphone_account_params_set_publish_enabled(parameters, FALSE);
    linphone_account_params_set_expires(parameters, setup_.expires);
    account_.reset(linphone_core_create_account(core_.get(), parameters));
    linphone_core_add_account(core_.get(), account_.get());
    linphone_core_set_default_account(core_.get(), account_.get());
    linphone_address_unref(identity);
    linphone_address_unref(server);
    linphone_account_params_unref(parameters);
}

void Telephone::iterate() { linphone_core_iterate(core_.get()); }

int Telephone::port() const {
    LinphoneTransports* used = linphone_core_get_transports_used(core_.get());
    int port = linphone_transports_get_udp_port(used);
    if (setup_.transport == "tcp") port = linphone_transports_get_tcp_port(used);
    if (setup_.transport == "tls") port = linphone_transports_get_tls_port(used);
    linphone_transports_unref(used);
    return port;
}

namespace {
void enableRegistering(LinphoneAccount* account, bool enabled) {
    LinphoneAccountParams* parameters = linphone_account_params_clone(linphone_account_get_params(account));
    linphone_account_params_set_register_enabled(parameters, enabled ? TRUE : FALSE);
    linphone_account_set_params(account, parameters);
    linphone_account_params_unref(parameters);
}
}  // namespace

void Telephone::startRegistering() {
    if (!account_) throw std::runtime_error{"this phone has no server"};
    const bool again = linphone_account_params_get_register_enabled(linphone_account_get_params(account_.get())) != 0;
    if (again) {
        linphone_account_refresh_register(account_.get());
    } else {
        enableRegistering(account_.get(), true);
    }
}

void Telephone::stopRegistering() {
    if (!account_) throw std::runtime_error{"this phone has no server"};
    enableRegistering(account_.get(), false);
}

LinphoneCall* Telephone::find(int call) const {
    const auto found = calls_.find(call);
    if (found == calls_.end()) throw std::runtime_error{"no such call"};
    return found->second.get();
}

int Telephone::nameOf(LinphoneCall* call) {
    const auto known =
        std::find_if(calls_.begin(), calls_.end(), [call](const auto& entry) { return entry.second.get() == call; });
    if (known != calls_.end()) return known->first;
    calls_.emplace(++lastCall_, linphone_call_ref(call));
    return lastCall_;
}

int Telephone::call(const std::string& to) {
    LinphoneCallParams* parameters = linphone_core_create_call_params(core_.get(), nullptr);
    linphone_call_params_enable_video(parameters, FALSE);
    LinphoneCall* call = linphone_core_invite_with_params(core_.get(), to.c_str(), parameters);
    linphone_call_params_unref(parameters);
    if (!call) throw std::runtime_error{"liblinphone does not call " + to};
    return nameOf(call);
}

void Telephone::answer(int call) {
    LinphoneCallParams* parameters = linphone_core_create_call_params(core_.get(), find(call));
    linphone_call_params_enable_video(parameters, FALSE);
    linphone_call_accept_with_params(find(call), parameters);
    linphone_call_params_unref(parameters);
}

void Telephone::decline(int call, int status) {
    linphone_call_decline(find(call), status == 603 ? LinphoneReasonDeclined : LinphoneReasonBusy);
}

void Telephone::hangUp(int call) { linphone_call_terminate(find(call)); }
void Telephone::hold(int call) { linphone_call_pause(find(call)); }
void Telephone::resume(int call) { linphone_call_resume(find(call)); }
void Telephone::sendDigits(int call, const std::string& digits) {
    linphone_call_send_dtmfs(find(call), digits.c_str());
}

nlohmann::json Telephone::statistics(int call) const {
    LinphoneCall* found = find(call);
    LinphoneCallStats* stats = linphone_call_get_audio_stats(found);
    const LinphonePayloadType* used =
        linphone_call_params_get_used_audio_payload_type(linphone_call_get_current_params(found));
    nlohmann::json result{{"codec", used ? text(linphone_payload_type_get_mime_type(used)) : ""}};
    if (!stats) return result;
    const rtp_stats_t rtp = *linphone_call_stats_get_rtp_stats(stats);
    result["sent"] = rtp.packet_sent;
    result["received"] = rtp.packet_recv;
    result["lost"] = rtp.cum_packet_loss;
    result["jitter-seconds"] = linphone_call_stats_get_receiver_interarrival_jitter(stats);
    linphone_call_stats_unref(stats);
    return result;
}

void Telephone::onCall(LinphoneCall* call, LinphoneCallState state) {
    const char* name = nameOfState(state);
    if (!name) return;
    const int number = nameOf(call);
    nlohmann::json event{{"event", "call"}, {"phone", setup_.name}, {"call", number}, {"state", name}};
    if (state == LinphoneCallStateIncomingReceived) {
        const LinphoneAddress* from = linphone_call_get_remote_address(call);
        event["from"] = text(linphone_address_get_username(from));
        event["name"] = text(linphone_address_get_display_name(from));
    }
    if (state == LinphoneCallStateEnd || state == LinphoneCallStateError) {
        const LinphoneErrorInfo* why = linphone_call_get_error_info(call);
        event["status"] = linphone_error_info_get_protocol_code(why);
        event["phrase"] = text(linphone_error_info_get_phrase(why));
    }
    event["call-id"] = text(linphone_call_log_get_call_id(linphone_call_get_call_log(call)));
    report_(std::move(event));
}

void Telephone::onRegistration(LinphoneAccount* account, LinphoneRegistrationState state, const char* message) {
    const char* name = nullptr;
    if (state == LinphoneRegistrationOk) name = "registered";
    if (state == LinphoneRegistrationCleared) name = "unregistered";
    if (state == LinphoneRegistrationFailed) name = "failed";
    if (!name) return;
    const LinphoneErrorInfo* why = linphone_account_get_error_info(account);
    report_({{"event", "registration"},
             {"phone", setup_.name},
             {"state", name},
             {"status", linphone_error_info_get_protocol_code(why)},
             {"phrase", text(message)}});
}

void Telephone::onDigit(LinphoneCall* call, int digit) {
    report_({{"event", "digit"},
             {"phone", setup_.name},
             {"call", nameOf(call)},
             {"digit", std::string(1, static_cast<char>(digit))}});
}

}  // namespace beffroi::test
