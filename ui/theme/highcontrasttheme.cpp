// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

namespace heapatlas {

namespace {

/// Lines and edges in text2, secondary text as strong as the main one.
Theme contrastOf(const Theme& base)
{
    Theme t = base;
    t.id = base.id + QStringLiteral("-contrast");
    t.isHighContrast = true;
    t.line = base.text2;
    t.lineStrong = base.text2;
    t.freePageEdge = base.text2;
    t.freePage = base.canvas;
    t.text2 = base.text;
    t.text3 = base.text2;
    return t;
}

} // namespace

const Theme& lightContrastTheme()
{
    static const Theme theme = contrastOf(lightTheme());
    return theme;
}

const Theme& darkContrastTheme()
{
    static const Theme theme = contrastOf(darkTheme());
    return theme;
}

} // namespace heapatlas
