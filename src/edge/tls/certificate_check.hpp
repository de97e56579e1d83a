// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What `beffroid --check` finds in the files of TLS: not only whether the exchange would start with them, but whether
// telephones would take its certificates.
// Thread: any; reads files.
#pragma once

#include "beffroi/clock.hpp"
#include "config/settings.hpp"

#include <string>
#include <vector>

namespace beffroi::edge::tls {

/// Mistakes: a file that is missing, cannot be read or has not in it what it should, a key of another certificate, a
/// certificate that has ended or is not valid yet, and certificates of which none is of one of `domains`, a host in
/// one, or an address. Warnings: a certificate that ends within thirty days, an authority that has ended. Each points
/// to its option.
[[nodiscard]] config::Findings checkFiles(const config::Settings& settings, const std::vector<std::string>& domains,
                                          Clock::WallTime now);

}  // namespace beffroi::edge::tls
