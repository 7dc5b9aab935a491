// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/timelinelayout.h"

#include "session/wording.h"

#include <algorithm>
#include <cmath>

namespace heapatlas::timelinelayout {

namespace {

View clamped(View view, double events)
{
    const double span = std::min(view.span(), std::max(events, 1.0));
    const double begin = std::clamp(view.begin, 0.0, std::max(events - span, 0.0));
    return { begin, begin + span };
}

QString trimmedNumber(double value)
{
    // Two decimals are enough for halves and quarters; "1.50" reads as precision that is not there.
    QString text = QString::number(value, 'f', 2);
    while (text.endsWith(u'0'))
        text.chop(1);
    if (text.endsWith(u'.'))
        text.chop(1);
    return text;
}

} // namespace

View zoomed(View view, double factor, double pivot, double events)
{
    const double whole = std::max(events, 1.0);
    const double span = std::clamp(view.span() / factor, std::min(smallestSpan, whole), whole);
    const double share = view.span() > 0 ? (pivot - view.begin) / view.span() : 0.5;
    const double begin = pivot - share * span;
    return clamped({ begin, begin + span }, events);
}

View panned(View view, double delta, double events)
{
    return clamped({ view.begin + delta, view.end + delta }, events);
}

View revealing(View view, double event, double events)
{
    if (event < view.begin)
        return clamped({ event, event + view.span() }, events);
    if (event > view.end)
        return clamped({ event - view.span(), event }, events);
    return view;
}

double pixelOf(View view, double event, double width)
{
    return view.span() > 0 ? (event - view.begin) / view.span() * width : 0;
}

double eventOf(View view, double pixel, double width)
{
    return width > 0 ? view.begin + pixel / width * view.span() : view.begin;
}

std::vector<double> eventTicks(View view, double width, double pixelsApart)
{
    std::vector<double> ticks;
    if (width <= 0 || view.span() <= 0)
        return ticks;
    const double wanted = std::max(view.span() * pixelsApart / width, 1.0);
    const double decade = std::pow(10.0, std::floor(std::log10(wanted)));
    double step = decade * 10;
    for (const double candidate : { 1.0, 2.0, 2.5, 5.0 }) {
        // 2.5 events do not exist; from ten on the step is whole.
        if (candidate * decade >= wanted && (candidate != 2.5 || decade >= 10)) {
            step = candidate * decade;
            break;
        }
    }
    for (double at = std::ceil(view.begin / step) * step; at <= view.end; at += step)
        ticks.push_back(at);
    return ticks;
}

QString eventLabel(double event)
{
    if (event < 10'000)
        return wording::count(static_cast<std::uint64_t>(event));
    if (event < 10'000'000) {
        const double thousands = event / 1000;
        if (thousands == std::floor(thousands))
            return wording::count(static_cast<std::uint64_t>(thousands)) + QStringLiteral(" k");
        return wording::count(static_cast<std::uint64_t>(event));
    }
    const double millions = event / 1'000'000;
    if (millions * 100 == std::floor(millions * 100))
        return trimmedNumber(millions) + QStringLiteral(" M");
    return wording::count(static_cast<std::uint64_t>(event / 1000)) + QStringLiteral(" k");
}

Bytes axisTop(Bytes peak)
{
    Bytes top = Bytes { 64 } * 1024;
    while (top < peak && top < (Bytes { 1 } << 62)) {
        const Bytes between = top + top / 2;
        if (between >= peak)
            return between;
        top *= 2;
    }
    return top;
}

QString axisLabel(Bytes bytes)
{
    if (bytes == 0)
        return QStringLiteral("0");
    static constexpr const char* units[] = { "B", "KB", "MB", "GB", "TB", "PB" };
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < std::size(units)) {
        value /= 1024;
        ++unit;
    }
    return trimmedNumber(value) + u' ' + QLatin1String(units[unit]);
}

QString checkpointLetter(std::size_t n)
{
    QString letters;
    for (++n; n > 0; n = (n - 1) / 26)
        letters.prepend(QChar(static_cast<char16_t>(u'A' + (n - 1) % 26)));
    return letters;
}

} // namespace heapatlas::timelinelayout
