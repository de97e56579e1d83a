// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_secrets.hpp"

#include "base/hash.hpp"
#include "directory/plan_formats.hpp"

#include <sodium.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace beffroi::directory {
namespace {

constexpr std::size_t kShortestPassword = 12;
constexpr std::size_t kShortestPin = 4;
constexpr std::size_t kLongestPin = 12;

// A small server checks one within a call; whoever stole the database tries 50 a second on each core.
constexpr unsigned long long kPinTurns = 2;
constexpr std::size_t kPinMemory = std::size_t{16} << 20U;

// "1234", "9876", "1111"
bool isRun(std::string_view digits) {
    const auto step = digits[1] - digits[0];
    if (step < -1 || step > 1) return false;
    for (std::size_t i = 1; i < digits.size(); ++i) {
        if (digits[i] - digits[i - 1] != step) return false;
    }
    return true;
}

// Digests that were copied along are of the realm that they were made for.
void dropOldDigests(const Plan& current, Device& device) {
    const auto known = current.devices.find(device.account);
    if (known == current.devices.end() || known->second.ha1Sha256 != device.ha1Sha256) return;
    device.ha1Sha256.clear();
    device.ha1Md5.clear();
}

}  // namespace

std::string refusesPassword(std::string_view password, const Device& device) {
    const bool distinct = std::set<char>{password.begin(), password.end()}.size() >= 5;
    if (password.size() < kShortestPassword)
        return "the password has fewer than " + std::to_string(kShortestPassword) + " characters";
    if (!distinct || password == device.account || password == device.extension)
        return "the password is too easy to guess";
    return {};
}

std::string refusesPin(std::string_view pin) {
    if (!isDigits(pin) || pin.size() < kShortestPin || pin.size() > kLongestPin)
        return "pin: " + std::to_string(kShortestPin) + " to " + std::to_string(kLongestPin) + " digits are expected";
    if (isRun(pin)) return "the PIN is too easy to guess";
    return {};
}

void setPassword(Device& device, const std::string& realm, const std::string& password, bool md5) {
    device.ha1Sha256 = base::makeHa1(base::HashAlgorithm::Sha256, device.account, realm, password);
    device.ha1Md5 = md5 ? base::makeHa1(base::HashAlgorithm::Md5, device.account, realm, password) : std::string{};
}

std::vector<std::string> completeFrom(const Plan& current, Plan& wanted) {
    for (auto& [id, person] : wanted.people) {
        if (!person.pin.empty() || wanted.notes.withoutPin.contains(id) || wanted.notes.pins.contains(id)) continue;
        if (const auto known = current.people.find(id); known != current.people.end()) person.pin = known->second.pin;
    }
    const bool moves = !current.realm.empty() && current.realm != wanted.realm;
    std::vector<std::string> without;
    for (auto& [account, device] : wanted.devices) {
        if (moves) dropOldDigests(current, device);
        if (!device.ha1Sha256.empty() || wanted.notes.withoutPassword.contains(account)) continue;
        const auto known = current.devices.find(account);
        // Digests of another realm are worth nothing: the passwords must be given again.
        if (known == current.devices.end() || current.realm != wanted.realm || known->second.ha1Sha256.empty()) {
            if (device.certificate.empty()) without.push_back(account);
        } else {
            device.ha1Sha256 = known->second.ha1Sha256;
            if (!wanted.notes.withoutMd5.contains(account)) device.ha1Md5 = known->second.ha1Md5;
        }
    }
    return without;
}

std::vector<GeneratedPassword> generatePasswords(Plan& plan, const std::vector<std::string>& accounts,
                                                 const std::function<std::string()>& random) {
    std::vector<GeneratedPassword> made;
    for (const auto& account : accounts) {
        auto& device = plan.devices.at(account);
        const auto password = random();
        setPassword(device, plan.realm, password, !plan.notes.withoutMd5.contains(account));
        made.push_back({account, device.extension, password});
    }
    return made;
}

std::string hashPin(const std::string& pin) {
    char hash[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str(hash, pin.data(), pin.size(), kPinTurns, kPinMemory) != 0)
        throw std::runtime_error{"there is no memory to hash a PIN"};
    return hash;
}

bool isPin(const std::string& hash, const std::string& pin) {
    return !hash.empty() && crypto_pwhash_str_verify(hash.c_str(), pin.data(), pin.size()) == 0;
}

PinHashes hashPins(const Plan& current, const Plan& wanted) {
    PinHashes hashes;
    for (const auto& [id, pin] : wanted.notes.pins) {
        const auto known = current.people.find(id);
        const bool same = known != current.people.end() && isPin(known->second.pin, pin);
        hashes.emplace(id, same ? known->second.pin : hashPin(pin));
    }
    return hashes;
}

void settlePins(const Plan& current, Plan& wanted, const PinHashes& hashes) {
    std::erase_if(wanted.notes.pins, [&wanted](const auto& each) { return !wanted.people.contains(each.first); });
    for (const auto& [id, hash] : hashes) {
        const auto person = wanted.people.find(id);
        if (person == wanted.people.end() || wanted.notes.pins.erase(id) == 0) continue;
        person->second.pin = hash;
    }
    if (!wanted.notes.pins.empty()) settlePins(current, wanted, hashPins(current, wanted));
}

}  // namespace beffroi::directory
