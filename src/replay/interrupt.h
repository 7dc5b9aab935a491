// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

namespace heapatlas {

/// Asked by long loops whether to give up, at least every 1024 events replayed. Empty: never.
using Interrupt = std::function<bool()>;

} // namespace heapatlas
