// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

namespace heapatlas {

const Theme& darkTheme()
{
    static const Theme theme = [] {
        Theme t;
        t.id = QStringLiteral("dark");
        t.isDark = true;
        t.window = QColor(0x171C22);
        t.panel = QColor(0x1B2128);
        t.canvas = QColor(0x11151A);
        t.raised = QColor(0x222932);
        t.hover = QColor(0x2A323C);
        t.selectTint = QColor(0x22385A);
        t.line = QColor(0x2D353F);
        t.lineStrong = QColor(0x556170);
        t.text = QColor(0xE6EAF0);
        t.text2 = QColor(0xA9B4C1);
        t.text3 = QColor(0x8C98A6);
        t.accent = QColor(0x7FB2FF);
        t.onAccent = QColor(0x0E1A2B);
        t.ok = QColor(0x5FD0B5);
        t.okTint = QColor(0x15352F);
        t.warn = QColor(0xF0C36A);
        t.warnTint = QColor(0x3A2E14);
        t.leakText = QColor(0xFF8BB6);
        t.leakTint = QColor(0x3B1B2B);
        t.limit = QColor(0xFF8A80);
        t.live = QColor(0x4FA9E6);
        t.real = QColor(0xC9D1DB);
        t.gcPurple = QColor(0xB79BFF);
        t.freePage = QColor(0x1A2027);
        t.freePageEdge = QColor(0x2A323B);
        t.largeRun = QColor(0xE8B75A);
        t.hugeBlock = QColor(0xB0701E);
        t.header = QColor(0x56616F);
        t.leakSuspect = QColor(0xF0559A);
        // Even steps in OKLCH: L .84 → .54, hue 184° → 282°.
        t.ramp = { QColor(0x7DDFD1), QColor(0x75DCD2), QColor(0x6DD9D3), QColor(0x65D5D4), QColor(0x5ED2D5),
            QColor(0x56CFD6), QColor(0x4FCBD7), QColor(0x48C7D8), QColor(0x41C3D9), QColor(0x3BBFDA),
            QColor(0x36BBDB), QColor(0x31B7DC), QColor(0x2EB3DD), QColor(0x2CAFDE), QColor(0x2CAADE),
            QColor(0x2DA6DE), QColor(0x30A1DF), QColor(0x339CDF), QColor(0x3697DE), QColor(0x3B92DE),
            QColor(0x3F8DDD), QColor(0x4388DC), QColor(0x4883DB), QColor(0x4C7EDA), QColor(0x5078D8),
            QColor(0x5473D6), QColor(0x586DD3), QColor(0x5C68D1), QColor(0x6062CE), QColor(0x635CCA) };
        // OKLCH: L .72, C .105, hues 30° to 335°.
        t.hues = { QColor(0xDF8B7D), QColor(0xCB9B55), QColor(0xA2AC5C), QColor(0x6BB888), QColor(0x40B9B9),
            QColor(0x69ABE2), QColor(0xA399E2), QColor(0xCE8BBF) };
        return t;
    }();
    return theme;
}

} // namespace heapatlas
