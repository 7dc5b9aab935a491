// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

namespace heapatlas {

const Theme& lightTheme()
{
    static const Theme theme = [] {
        Theme t;
        t.id = QStringLiteral("light");
        t.window = QColor(0xEDEFF2);
        t.panel = QColor(0xF7F8FA);
        t.canvas = QColor(0xFFFFFF);
        t.raised = QColor(0xFFFFFF);
        t.hover = QColor(0xE4E8EE);
        t.selectTint = QColor(0xDCE8FA);
        t.line = QColor(0xD5DAE1);
        t.lineStrong = QColor(0xAEB6C1);
        t.text = QColor(0x171B21);
        t.text2 = QColor(0x4D5663);
        t.text3 = QColor(0x5F6976);
        t.accent = QColor(0x1F5FBF);
        t.onAccent = QColor(0xFFFFFF);
        t.ok = QColor(0x0B7261);
        t.okTint = QColor(0xDDF2EC);
        t.warn = QColor(0x8A5A00);
        t.warnTint = QColor(0xFBF0D9);
        t.leakText = QColor(0xB51A5A);
        t.leakTint = QColor(0xFBE6EF);
        t.limit = QColor(0xB3261E);
        t.live = QColor(0x2C86C0);
        t.real = QColor(0x39424E);
        t.gcPurple = QColor(0x6A3FC0);
        t.freePage = QColor(0xF0F2F5);
        t.freePageEdge = QColor(0xDDE2E8);
        t.largeRun = QColor(0xE5A93B);
        t.hugeBlock = QColor(0x96600F);
        t.header = QColor(0x20262E);
        t.leakSuspect = QColor(0xD6246E);
        // Even steps in OKLCH: L .77 → .39, hue 188° → 280°.
        t.ramp = { QColor(0x6CC7BE), QColor(0x64C3BE), QColor(0x5BBFBD), QColor(0x53BABD), QColor(0x4BB6BD),
            QColor(0x42B2BC), QColor(0x3AADBC), QColor(0x31A9BC), QColor(0x28A4BB), QColor(0x20A0BB),
            QColor(0x169BBA), QColor(0x0C96BA), QColor(0x0291B9), QColor(0x138CB6), QColor(0x1087B6),
            QColor(0x0F82B5), QColor(0x107DB3), QColor(0x0278B5), QColor(0x0A72B3), QColor(0x126DB2),
            QColor(0x1867B0), QColor(0x1E62AE), QColor(0x235CAC), QColor(0x2756A9), QColor(0x2B50A7),
            QColor(0x2F4AA4), QColor(0x3244A1), QColor(0x353E9D), QColor(0x38389A), QColor(0x3A3196) };
        // OKLCH: L .66, C .105, hues 30° to 335°.
        t.hues = { QColor(0xCA796B), QColor(0xB88842), QColor(0x909A4A), QColor(0x58A576), QColor(0x25A6A6),
            QColor(0x5798CE), QColor(0x9187CE), QColor(0xBA79AC) };
        return t;
    }();
    return theme;
}

} // namespace heapatlas
