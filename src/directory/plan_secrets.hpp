// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Passwords and PINs of a plan: whether they may be used, and the digests and hashes that are kept in their place.
// Thread: any but the loop: a PIN's hash takes some 20 ms and 16 MiB.
#pragma once

#include "directory/plan.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::directory {

/// What is wrong with it; empty if nothing is.
[[nodiscard]] std::string refusesPassword(std::string_view password, const Device& device);
[[nodiscard]] std::string refusesPin(std::string_view pin);

/// Puts the digests of `password` into the device; MD5's only if it may have them.
void setPassword(Device& device, const std::string& realm, const std::string& password, bool md5);

/// Takes over from `current` what `wanted` left open (digests, PINs), except those that it forbids (md5 = false,
/// password = false, pin = false). Accounts that have none anywhere, and no certificate, are returned.
[[nodiscard]] std::vector<std::string> completeFrom(const Plan& current, Plan& wanted);

struct GeneratedPassword {
    std::string account;
    std::string extension;
    std::string password;
};
/// Gives each of `accounts` a password made of `random`'s text and stores the digests that its device may have.
[[nodiscard]] std::vector<GeneratedPassword> generatePasswords(Plan& plan, const std::vector<std::string>& accounts,
                                                               const std::function<std::string()>& random);

/// Hashes by person. `ready`: those that somebody made already.
using PinHashes = std::map<std::string, std::string>;
/// The hashes of the PINs that `wanted` has in clear: the one in `current` if it is the same PIN's, else a new one.
[[nodiscard]] PinHashes hashPins(const Plan& current, const Plan& wanted);
/// Puts them in place and forgets the PINs; makes those that are missing in `hashes`.
void settlePins(const Plan& current, Plan& wanted, const PinHashes& hashes);

/// Argon2id, as libsodium writes it.
[[nodiscard]] std::string hashPin(const std::string& pin);
[[nodiscard]] bool isPin(const std::string& hash, const std::string& pin);

}  // namespace beffroi::directory
