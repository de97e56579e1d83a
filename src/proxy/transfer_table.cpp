// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/transfer_table.hpp"

#include <algorithm>

namespace beffroi::proxy {

void TransferTable::referred(std::string transferee, std::string number, std::string transferor) {
    if (transferee.empty() || transferor.empty() || transferee == transferor) return;
    if (transfers_.size() == kMost) transfers_.pop_front();
    transfers_.push_back({std::move(transferee), std::move(number), std::move(transferor), clock_.now() + kLife});
}

std::string TransferTable::take(std::string_view transferee, std::string_view number) {
    while (!transfers_.empty() && transfers_.front().until <= clock_.now()) transfers_.pop_front();
    const auto found = std::find_if(transfers_.rbegin(), transfers_.rend(), [&](const Transfer& transfer) {
        return transfer.transferee == transferee && transfer.number == number;
    });
    if (found == transfers_.rend()) return {};
    auto transferor = std::move(found->transferor);
    transfers_.erase(std::next(found).base());
    return transferor;
}

}  // namespace beffroi::proxy
