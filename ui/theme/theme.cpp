// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include "ui/theme/thememanager.h"

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

double luminance(const QColor& c)
{
    const auto linear = [](double v) {
        return v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
}

} // namespace

QColor Theme::sizeClassColor(int index, int count) const
{
    if (count == rampSize)
        return ramp.at(static_cast<std::size_t>(std::clamp(index, 0, rampSize - 1)));
    const int last = std::max(1, count - 1);
    const int at = (std::clamp(index, 0, last) * (rampSize - 1) + last / 2) / last;
    return ramp.at(static_cast<std::size_t>(at));
}

QColor Theme::freeSlotOf(const QColor& fill) const
{
    return isHighContrast ? canvas : mix(fill, canvas, 0.20);
}

QColor Theme::slackOf(const QColor& fill) const { return mix(fill, canvas, 0.45); }

QColor Theme::labelOn(const QColor& fill)
{
    const QColor dark(0x0B1016);
    const QColor light(0xFFFFFF);
    return contrast(dark, fill) >= contrast(light, fill) ? dark : light;
}

QColor Theme::mix(const QColor& a, const QColor& b, double share)
{
    const auto channel = [share](int x, int y) {
        return std::clamp(static_cast<int>(std::lround(x * share + y * (1 - share))), 0, 255);
    };
    return QColor(channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue()));
}

double Theme::contrast(const QColor& a, const QColor& b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

const Theme& Theme::current() { return ThemeManager::instance().theme(); }

} // namespace heapatlas
