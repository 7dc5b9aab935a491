// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/callstack.h"
#include "model/pins.h"

#include <QString>
#include <QStringList>

#include <span>

namespace heapatlas::wording {

/// What is held, what is free in it, and what could be given back at once; one sentence each.
[[nodiscard]] QStringList pinFindings(const PinTable& table);
/// "93.6 % is free. 2 blocks from 2 sites hold it, since event 220 248. Without them 2.00 MB would go back to the
/// system."
[[nodiscard]] QString pinFinding(const Pin& pin, std::span<const PinHolder> holders);
/// "MetricsBuffer::push, MetricsBuffer.php:52", or why there is no name.
[[nodiscard]] QString pinHolder(const PinHolder& holder, const Frame& site);
/// "since event 1 204", "since before the recording".
[[nodiscard]] QString pinnedSince(std::uint64_t event, bool isAdopted);

} // namespace heapatlas::wording
