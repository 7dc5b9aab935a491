// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace heapatlas {

/// Makes :/fonts and :/icons available. Call it before ThemeManager::install(); more than once does no harm.
void initResources();

} // namespace heapatlas
