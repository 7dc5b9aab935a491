// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>

namespace heapatlas::fonts {

/// Loads Inter and JetBrains Mono from the resources. False, and the system's fonts are used, if one is
/// missing.
bool load();

/// Factor on every size below: how much larger than usual the desktop's own text is (1 … 3).
[[nodiscard]] double textScale();
/// `pixels` at the usual text size, scaled. Also for row heights and paddings that hold text.
[[nodiscard]] int scaled(double pixels);

/// Inter at a size in pixels at the usual text scale. Weights 400, 500 and 600 only.
[[nodiscard]] QFont ui(double pixels, QFont::Weight weight = QFont::Normal);
/// JetBrains Mono: addresses, code, bytes, digits in columns and axes.
[[nodiscard]] QFont mono(double pixels, QFont::Weight weight = QFont::Normal);

[[nodiscard]] inline QFont body() { return ui(13); } ///< 13/18
[[nodiscard]] inline QFont bodyStrong() { return ui(13, QFont::DemiBold); }
[[nodiscard]] inline QFont secondary() { return ui(12); } ///< 12/16
[[nodiscard]] inline QFont chart() { return ui(11.5); }
[[nodiscard]] inline QFont gutter() { return mono(11); } ///< 11/14, the smallest
[[nodiscard]] inline QFont viewTitle() { return ui(15, QFont::DemiBold); }
[[nodiscard]] inline QFont largeNumber() { return ui(26, QFont::DemiBold); }

} // namespace heapatlas::fonts
