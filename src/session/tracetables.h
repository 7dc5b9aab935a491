// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/rowtable.h"

#include <memory>

namespace heapatlas {

class Document;

/// What a document knows as tables, for showing and exporting. Each holds what it needs: it stays as it is when the
/// document moves on.
namespace tracetables {

using TablePtr = std::unique_ptr<RowTable>;

/// The live blocks of the snapshot's window: what the map shows as blocks now.
[[nodiscard]] TablePtr blocks(const Document& document);
/// Runs, free stretches, huge blocks and headers of the whole heap.
[[nodiscard]] TablePtr regions(const Document& document);
[[nodiscard]] TablePtr chunks(const Document& document);
/// As they were last counted.
[[nodiscard]] TablePtr sites(const Document& document);
/// Checkpoints, GC runs, changes of the limit and the others, in order.
[[nodiscard]] TablePtr markers(const Document& document);
/// The curves of the timeline, a row for each stretch of UsageCurve::baseEvents events.
[[nodiscard]] TablePtr usage(const Document& document);

} // namespace tracetables

} // namespace heapatlas
