// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace heapatlas {

struct Theme;

/// What Fusion and the palette cannot say: radii, paddings, flat tool buttons, tabs with an accent line.
/// Dynamic properties a widget may set: `role` = "primary" (the filled button), "flat" (button without edge),
/// "secondary" (text2, 12 px), "caption" (text3, 11 px), "title" (15/600), "panel" (QFrame or QWidget in
/// panel colour), "card".
[[nodiscard]] QString styleSheetOf(const Theme& theme);

} // namespace heapatlas
