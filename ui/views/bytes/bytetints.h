// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapbytes.h"

#include <QColor>
#include <QString>

#include <vector>

namespace heapatlas {

struct Theme;

/// The colours of fields: one light tint a kind behind the digits, and the same stronger for swatches and edges. Kinds
/// that mean alike share a hue; the name in list and tooltip tells exactly.
namespace bytetints {

/// Whether the kind has a colour at all: padding has none.
[[nodiscard]] bool hasTint(FieldKind kind);
[[nodiscard]] QColor edge(FieldKind kind, const Theme& theme);
/// Behind text on `ground`.
[[nodiscard]] QColor tint(FieldKind kind, const Theme& theme, const QColor& ground);
/// "free link", "reference count", for legend and tooltips.
[[nodiscard]] QString word(FieldKind kind);
/// The kinds that occur, each once, in the order of the enumeration.
[[nodiscard]] std::vector<FieldKind> kindsOf(const HeapBytes& bytes);

} // namespace bytetints

} // namespace heapatlas
