// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/callstack.h"
#include "model/pins.h"

#include <QString>
#include <QStringList>

namespace heapatlas::wording {

/// What is held, what is free in it, and what could be given back at once; one sentence each.
[[nodiscard]] QStringList pinFindings(const PinTable& table);
/// "would return 2.00 MB", "never returned: the first chunk stays until the end of the request".
[[nodiscard]] QString pinReturned(const Pin& pin);
/// "MetricsBuffer::push, MetricsBuffer.php:52", or why there is no name.
[[nodiscard]] QString pinHolder(const PinHolder& holder, const Frame& site);
/// "since event 1 204", "since before the recording".
[[nodiscard]] QString pinnedSince(std::uint64_t event, bool isAdopted);

} // namespace heapatlas::wording
