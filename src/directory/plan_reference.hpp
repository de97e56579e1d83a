// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The reference of the plan's language as Markdown, made from its declaration: the middle of docs/plan.md.
// Thread: any.
#pragma once

#include <string>

namespace beffroi::directory {

[[nodiscard]] std::string writePlanReference();

}  // namespace beffroi::directory
