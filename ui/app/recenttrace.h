// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/settings.h"

namespace heapatlas {

class Document;

/// What the list of recent files keeps of a loaded trace: figures, live curve, and the fingerprint of the heap as the
/// document shows it now.
[[nodiscard]] RecentFile recentTraceOf(const Document& document);

} // namespace heapatlas
