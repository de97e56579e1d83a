// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tls/certificate_check.hpp"

#include "edge/tls/certificate.hpp"
#include "edge/tls/contexts.hpp"
#include "edge/tls/tls.hpp"
#include "edge/tls/tls_options.hpp"

#include <algorithm>

namespace beffroi::edge::tls {
namespace {

using std::chrono::days;

// Telephones are given the domain, a host in it or an address as their server, and compare that.
bool fits(const CertificateNames& names, const std::vector<std::string>& domains) {
    if (!names.addresses.empty()) return true;
    const auto isIn = [](const std::string& host, const std::string& domain) {
        return host.size() > domain.size() + 1 && host.ends_with(domain) &&
               host[host.size() - domain.size() - 1] == '.';
    };
    return std::any_of(domains.begin(), domains.end(), [&](const std::string& domain) {
        if (identifies(names, domain) || serves(names, domain)) return true;
        if (!names.hasAlternatives) return isIn(names.commonName, domain);
        return std::any_of(names.hosts.begin(), names.hosts.end(),
                           [&](const std::string& host) { return isIn(host, domain); });
    });
}

std::string daysOf(Clock::Duration time) {
    const auto count = std::chrono::floor<days>(time).count();
    return std::to_string(count) + (count == 1 ? " day" : " days");
}

std::string listOf(const std::vector<std::string>& texts) {
    std::string list;
    for (const auto& text : texts) list.append(list.empty() ? "" : ", ").append(text);
    return list;
}

class Check {
public:
    Check(const config::Settings& settings, Clock::WallTime now) : settings_{settings}, now_{now} {}

    void certificates(const TlsSettings& tls, const std::vector<std::string>& domains) {
        auto one = tls;
        one.clientCertificates = ClientCertificates::None;
        std::vector<std::string> names;
        bool fitting = false;
        for (const auto& files : tls.certificates) {
            one.certificates = {files};
            attempt(kCertificates, [&] {
                const ServerContexts contexts{one};
                const auto& certificate = contexts.certificates().front();
                dates(certificate);
                fitting = fitting || fits(certificate.names, domains);
                names.push_back(shownName(certificate.names));
            });
        }
        if (!fitting && !names.empty() && names.size() == tls.certificates.size()) {
            wrong(kCertificates, "none of the certificates (" + listOf(names) + ") is of one of sip.domains (" +
                                     listOf(domains) + "): phones that verify whom they talk to refuse them");
        }
    }

    void authorities(const config::Option<std::string>& option, const std::string& file) {
        if (file.empty()) return;
        attempt(option, [&] {
            TlsSettings only;
            only.authorities = file;
            const ClientContext context{only};
            for (const auto& authority : readCertificates(file)) {
                if (endOf(*authority) > now_) continue;
                warn(option, file + ": the authority " + shownName(namesOf(*authority)) + " has ended");
            }
        });
    }

    /// What `task` throws is a mistake.
    template <typename Task>
    void attempt(const auto& option, const Task& task) {
        try {
            task();
        } catch (const TlsError& error) {
            wrong(option, error.what());
        } catch (const config::ConfigError& error) {
            add(findings_.mistakes, error);
        }
    }

    [[nodiscard]] config::Findings take() { return std::move(findings_); }

private:
    void dates(const Certificate& certificate) {
        const auto what = certificate.files.certificate + ": the certificate of " + shownName(certificate.names);
        if (certificate.notAfter <= now_) {
            wrong(kCertificates, what + " has ended " + daysOf(now_ - certificate.notAfter) + " ago");
        } else if (certificate.notBefore > now_) {
            wrong(kCertificates, what + " is not valid yet: this machine's date is before its first day");
        } else if (certificate.notAfter - now_ < Tls::kWarnBefore) {
            warn(kCertificates, what + " ends in " + daysOf(certificate.notAfter - now_));
        }
    }
    void wrong(const auto& option, const std::string& text) { add(findings_.mistakes, settings_.wrong(option, text)); }
    void warn(const auto& option, const std::string& text) { add(findings_.warnings, settings_.wrong(option, text)); }
    static void add(std::vector<config::Mistake>& to, const config::ConfigError& error) {
        to.insert(to.end(), error.mistakes().begin(), error.mistakes().end());
    }

    const config::Settings& settings_;
    Clock::WallTime now_;
    config::Findings findings_;
};

}  // namespace

config::Findings checkFiles(const config::Settings& settings, const std::vector<std::string>& domains,
                            Clock::WallTime now) {
    Check check{settings, now};
    TlsSettings tls;
    for (const auto& pair : settings[kCertificates]) tls.certificates.push_back(filesOf(pair));
    check.attempt(kCertificates, [&] { requireCertificate(settings); });
    check.attempt(kClientAuthorities, [&] { tls = tlsSettings(settings); });
    check.certificates(tls, domains);
    check.authorities(kClientAuthorities, tls.clientAuthorities);
    check.authorities(kAuthorities, settings[kAuthorities]);
    return check.take();
}

}  // namespace beffroi::edge::tls
