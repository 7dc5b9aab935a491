// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

class QObject;

/// Whether the desktop is dark: QStyleHints::colorScheme from Qt 6.5 on; before, the lightness of the palette
/// the application started with.
namespace heapatlas::desktopscheme {

/// To be asked before the application gets a palette of its own.
[[nodiscard]] bool isDark();
/// Calls `changed` on the GUI thread when the desktop changes its mind, as long as `context` lives. Before
/// Qt 6.5 the desktop cannot be watched and nothing is called.
void watch(QObject* context, const std::function<void(bool isDark)>& changed);

} // namespace heapatlas::desktopscheme
