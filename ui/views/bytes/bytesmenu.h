// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapbytes.h"

class QMenu;

namespace heapatlas {

/// Adds "Copy as hex", "Copy as C array" and "Copy as text" of a range, as far as `bytes` has it.
void addCopyActions(QMenu* menu, const HeapBytesPtr& bytes, AddressRange range);

} // namespace heapatlas
