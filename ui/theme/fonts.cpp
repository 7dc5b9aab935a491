// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/fonts.h"

#include <QFontDatabase>
#include <QGuiApplication>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace heapatlas::fonts {

namespace {

double g_textScale = 1.0;

QFont made(const QString& family, QFont::StyleHint hint, double pixels, QFont::Weight weight)
{
    QFont font;
    font.setFamilies({ family });
    font.setStyleHint(hint);
    font.setWeight(weight);
    font.setPixelSize(scaled(pixels));
    font.setHintingPreference(QFont::PreferVerticalHinting);
    return font;
}

} // namespace

bool load()
{
    // A desktop whose text is enlarged shows it in its own font; 11 points is the largest usual size.
    const QString platform = QGuiApplication::platformName();
    const double points = QGuiApplication::font().pointSizeF();
    if (platform != QStringLiteral("offscreen") && platform != QStringLiteral("minimal") && points > 12.0)
        g_textScale = std::clamp(points / 10.0, 1.0, 3.0);

    bool isComplete = true;
    for (const char* file : { "Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf",
             "JetBrainsMono-Regular.ttf", "JetBrainsMono-Medium.ttf" }) {
        const QString path = QStringLiteral(":/fonts/") + QLatin1String(file);
        isComplete = QFontDatabase::addApplicationFont(path) >= 0 && isComplete;
    }
    return isComplete;
}

double textScale() { return g_textScale; }

int scaled(double pixels) { return static_cast<int>(std::lround(pixels * g_textScale)); }

QFont ui(double pixels, QFont::Weight weight)
{
    return made(QStringLiteral("Inter"), QFont::SansSerif, pixels, weight);
}

QFont mono(double pixels, QFont::Weight weight)
{
    return made(QStringLiteral("JetBrains Mono"), QFont::Monospace, pixels, weight);
}

} // namespace heapatlas::fonts
