// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spacetime/spacetimelabels.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

constexpr double future = 0.42; ///< what is left of colours after the cursor
constexpr Bytes pageBytes = 4096;
constexpr double markersApart = 9; ///< pixels, as wide as a sign: closer ones are drawn once

QString text(const char* source) { return QCoreApplication::translate("Spacetime", source); }

class Labels
{
public:
    Labels(QPainter& painter, const SpacetimeScene& scene, const Theme& theme)
        : m_painter(painter)
        , m_scene(scene)
        , m_layout(scene.layout)
        , m_theme(theme)
        , m_cursorX(std::clamp(scene.xOf(static_cast<double>(scene.cursor)), scene.layout.left() - 1,
              scene.layout.right() + 1))
    {
    }

    void data(const QImage& image, const QRectF& area) const
    {
        // The past as it is, the future faded towards the canvas.
        const double ratio = image.devicePixelRatio();
        const double split =
            std::round(std::clamp(m_cursorX - m_layout.left(), 0.0, m_layout.width()) * ratio) / ratio;
        const QRectF past(m_layout.left(), area.top(), split, area.height());
        const QRectF rest(m_layout.left() + split, area.top(), m_layout.width() - split, area.height());
        const auto source = [&](const QRectF& part) {
            return QRectF(
                (part.left() - m_layout.left()) * ratio, 0, part.width() * ratio, part.height() * ratio);
        };
        if (past.width() > 0)
            m_painter.drawImage(past, image, source(past));
        if (rest.width() > 0) {
            m_painter.setOpacity(future);
            m_painter.drawImage(rest, image, source(rest));
            m_painter.setOpacity(1);
        }
    }

    void markers(const std::vector<std::uint64_t>& events, bool isGc) const
    {
        // From one to the next that stands apart from it, however many lie between.
        const auto first = static_cast<std::uint64_t>(
            std::max(0.0, std::ceil(m_scene.scale->positionAt(m_scene.range.begin))));
        auto it = std::lower_bound(events.begin(), events.end(), first);
        while (it != events.end()) {
            const double x = m_scene.xOf(static_cast<double>(*it));
            if (x > m_layout.right())
                break;
            marker(std::floor(x) + 0.5, isGc);
            const std::uint64_t next = m_scene.positionAt(x + markersApart);
            it = std::upper_bound(it, events.end(), std::max(*it, next));
        }
    }

    void bands() const
    {
        m_painter.save();
        m_painter.setClipRect(m_layout.bandsArea());
        for (int i = 0; i < static_cast<int>(m_scene.rows.bands.size()); ++i) {
            const QRectF box = m_layout.band(i);
            if (box.bottom() < m_layout.bandsArea().top() || box.top() > m_layout.bandsArea().bottom())
                continue;
            frame(box);
            // Beside as much of it as is seen.
            const QRectF seen = box.intersected(m_layout.bandsArea());
            const QRectF caption(0, seen.top(), m_layout.left() - 10, seen.height());
            const QString name = m_scene.nameOf(i);
            const QColor ink = m_scene.isMapped(i) ? m_theme.text : m_theme.text3;
            const QString tail = tailOf(m_scene.rows.bands[static_cast<std::size_t>(i)].range.begin);
            const double line = fonts::scaled(16);
            if (seen.height() >= 2 * line) {
                const double top = seen.center().y() - line;
                write(QRectF(caption.left(), top, caption.width(), line), fonts::secondary(), ink, name);
                write(QRectF(caption.left(), top + line, caption.width(), line), fonts::gutter(),
                    m_theme.text3, tail);
            } else if (seen.height() >= line) {
                write(caption, fonts::secondary(), ink, name);
            }
        }
        int named = -1;
        for (std::size_t i = 0; i < m_scene.rows.huge.size(); ++i) {
            const QRectF line = m_layout.hugeLine(m_scene.rows.hugeLine[i]);
            if (m_scene.rows.hugeLine[i] > named) {
                named = m_scene.rows.hugeLine[i];
                write(QRectF(0, line.top(), m_layout.left() - 10, line.height()), fonts::secondary(),
                    m_theme.text, text("Huge"));
            }
            hugeName(m_scene.rows.huge[i], line);
        }
        m_painter.restore();
    }

    void lens() const
    {
        const QRectF box = m_layout.lens();
        frame(box);
        m_painter.setFont(fonts::ui(12, QFont::DemiBold));
        m_painter.setPen(m_theme.text);
        const QRectF title = m_layout.lensTitle();
        const QString word = text("Lens");
        m_painter.drawText(title, Qt::AlignLeft | Qt::AlignVCenter, word);
        const double after = QFontMetricsF(m_painter.font()).horizontalAdvance(word) + 8;
        m_painter.setFont(fonts::secondary());
        m_painter.setPen(m_theme.text2);
        const QRectF rest = title.adjusted(after, 0, 0, 0);
        m_painter.drawText(rest, Qt::AlignLeft | Qt::AlignVCenter,
            QFontMetricsF(m_painter.font())
                .elidedText(SpacetimeLabels::lensText(m_scene), Qt::ElideRight, rest.width()));
        if (m_scene.lensBand < 0)
            return;
        const SpacetimeRows::Band& band = m_scene.rows.bands[static_cast<std::size_t>(m_scene.lensBand)];
        const auto first = (m_scene.lens.begin - band.range.begin) / pageBytes;
        const auto pages = m_scene.lens.size() / pageBytes;
        const double high = box.height() / static_cast<double>(std::max<Bytes>(1, pages));
        const auto step = static_cast<Bytes>(std::max(1.0, std::ceil(fonts::scaled(16) / high)));
        for (Bytes page = 0; page < pages; ++page) {
            const double top = box.top() + static_cast<double>(page) * high;
            if (page > 0 && high >= 10) {
                m_painter.setOpacity(0.5);
                m_painter.fillRect(QRectF(box.left(), std::round(top), box.width(), 1), m_theme.canvas);
                m_painter.setOpacity(1);
            }
            if (page % step == 0)
                write(QRectF(0, top, m_layout.left() - 10, std::max(high, 1.0 * fonts::scaled(14))),
                    fonts::chart(), m_theme.text2, text("page %1").arg(first + page));
        }
    }

    void lensFrame() const
    {
        if (m_scene.lensBand < 0)
            return;
        const AddressRange& chunk = m_scene.rows.bands[static_cast<std::size_t>(m_scene.lensBand)].range;
        const double y0 = m_layout.yInBand(m_scene.lensBand, m_scene.lens.begin - chunk.begin, chunk.size());
        const double y1 = m_layout.yInBand(m_scene.lensBand, m_scene.lens.end - chunk.begin, chunk.size());
        m_painter.save();
        m_painter.setClipRect(m_layout.bandsArea());
        ring(QRectF(m_layout.left() - 2, std::round(y0) - 2, m_layout.width() + 4,
            std::max(3.0, std::round(y1 - y0)) + 4));
        m_painter.restore();
    }

    void cursor() const
    {
        if (m_cursorX < m_layout.left() || m_cursorX > m_layout.right())
            return;
        const double x = std::round(m_cursorX);
        const double top = m_layout.markerLane().top() + 4;
        m_painter.fillRect(QRectF(x - 1, top, 3, m_layout.bandsArea().bottom() - top), m_theme.canvas);
        m_painter.fillRect(QRectF(x - 1, m_layout.lens().top(), 3, m_layout.lens().height()), m_theme.canvas);
        m_painter.fillRect(QRectF(x - 0.5, top, 1.5, m_layout.bandsArea().bottom() - top), m_theme.text);
        m_painter.fillRect(
            QRectF(x - 0.5, m_layout.lens().top(), 1.5, m_layout.lens().height()), m_theme.text);
    }

    void selection() const
    {
        if (m_scene.selection.what != Selection::What::Block)
            return;
        m_painter.save();
        const QRectF box = m_layout.lens();
        if (m_scene.lives != nullptr) {
            m_painter.setClipRect(box.adjusted(-3, -3, 3, 3));
            for (const LifeBar& bar : m_scene.lives->bars) {
                if (bar.begin != m_scene.selection.range.begin || !bar.range().overlaps(m_scene.lens))
                    continue;
                if (m_scene.isSelected(bar))
                    ring(barRect(bar.from, bar.to, m_layout.yInLens(bar.begin, m_scene.lens),
                        m_layout.yInLens(bar.begin + bar.size, m_scene.lens)));
            }
        }
        m_painter.setClipRect(m_layout.bandsArea());
        for (std::size_t i = 0; i < m_scene.rows.huge.size(); ++i) {
            const HugeBar& bar = m_scene.rows.huge[i];
            const bool isIt = bar.range.begin == m_scene.selection.range.begin && bar.begin <= m_scene.cursor
                && m_scene.cursor < bar.end;
            const QRectF line = m_layout.hugeLine(m_scene.rows.hugeLine[i]);
            if (isIt)
                ring(barRect(bar.begin, bar.end, line.top(), line.bottom()));
        }
        m_painter.restore();
    }

    void filter() const
    {
        if (m_scene.filter) {
            boxRect(m_scene.rectOf(*m_scene.filter));
            boxRect(m_scene.lensRectOf(*m_scene.filter));
        }
        if (m_scene.box)
            boxRect(*m_scene.box);
    }

    void axis() const
    {
        const QRectF box = m_layout.axis();
        const EventScale::Unit unit = m_scene.scale->unit();
        const double apart = fonts::scaled(100);
        const std::vector<double> values =
            SpacetimeLabels::ticks(m_scene.range, m_layout.width(), apart, unit);
        const double step = values.size() > 1 ? values[1] - values[0] : m_scene.range.span();
        m_painter.setFont(fonts::chart());
        m_painter.setPen(m_theme.text3);
        const QFontMetricsF metrics(m_painter.font());
        for (const double value : values) {
            const QString label = SpacetimeLabels::axisText(value, step, unit);
            const double wide = metrics.horizontalAdvance(label);
            const double x = std::clamp(m_layout.xOf(value, m_scene.range) - wide / 2, m_layout.left() - 8,
                m_layout.right() - wide + 8);
            m_painter.fillRect(
                QRectF(std::round(m_layout.xOf(value, m_scene.range)), box.top(), 1, 3), m_theme.lineStrong);
            m_painter.drawText(QRectF(x, box.top() + 2, wide + 2, box.height() - 4),
                Qt::AlignLeft | Qt::AlignVCenter, label);
        }
    }

private:
    void marker(double x, bool isGc) const
    {
        m_painter.setOpacity(x > m_cursorX ? future : 1.0);
        QPen pen(isGc ? m_theme.gcPurple : m_theme.ok, 1, Qt::DotLine);
        pen.setDashPattern({ 2, 3 });
        m_painter.setPen(pen);
        m_painter.drawLine(QPointF(x, m_layout.bandsArea().top()), QPointF(x, m_layout.bandsArea().bottom()));
        m_painter.drawLine(QPointF(x, m_layout.lens().top()), QPointF(x, m_layout.lens().bottom()));
        m_painter.setRenderHint(QPainter::Antialiasing);
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(isGc ? m_theme.gcPurple : m_theme.ok);
        const double bottom = m_layout.markerLane().bottom() - 3;
        QPainterPath sign;
        if (isGc) {
            sign.moveTo(x - 4.5, bottom - 7);
            sign.lineTo(x + 4.5, bottom - 7);
            sign.lineTo(x, bottom);
        } else {
            sign.addRect(x - 0.5, bottom - 10, 1.5, 12);
            sign.addRect(x + 1, bottom - 10, 6, 6);
        }
        m_painter.drawPath(sign);
        m_painter.setRenderHint(QPainter::Antialiasing, false);
        m_painter.setOpacity(1);
    }

    static QString tailOf(Address address)
    {
        const QString digits = QString::number(address.value, 16);
        return digits.size() <= 6 ? digits : QStringLiteral(u"…") + digits.right(6);
    }

    void frame(const QRectF& box) const
    {
        m_painter.setBrush(Qt::NoBrush);
        m_painter.setPen(m_theme.line);
        m_painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5));
    }

    void write(const QRectF& box, const QFont& font, const QColor& color, const QString& words) const
    {
        m_painter.setFont(font);
        m_painter.setPen(color);
        m_painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter, words);
    }

    void hugeName(const HugeBar& bar, const QRectF& line) const
    {
        const double x0 = std::max(m_layout.left(), m_scene.xOf(static_cast<double>(bar.begin)));
        const double x1 = bar.isFreed()
            ? std::min(m_layout.right(), m_scene.xOf(static_cast<double>(bar.end)))
            : m_layout.right();
        const QRectF room(x0 + 8, line.top(), x1 - x0 - 14, line.height());
        if (room.width() < 40)
            return;
        const QString site = m_scene.siteName ? m_scene.siteName(bar.stack) : QString();
        const QString size = wording::size(bar.range.size());
        const QString name = site.isEmpty() ? size : QStringLiteral("%1, %2").arg(site, size);
        m_painter.setFont(fonts::chart());
        const bool isFaded = room.left() > m_cursorX;
        m_painter.setPen(isFaded ? m_theme.text : Theme::labelOn(m_theme.hugeBlock));
        // Words must not run from the past into the faded future, where their ink would be lost.
        const double end =
            isFaded ? room.right() : std::min(room.right(), std::max(m_cursorX - 4, room.left()));
        const QRectF shown(room.left(), room.top(), end - room.left(), room.height());
        m_painter.drawText(shown, Qt::AlignLeft | Qt::AlignVCenter,
            QFontMetricsF(m_painter.font()).elidedText(name, Qt::ElideRight, shown.width()));
    }

    [[nodiscard]] QRectF barRect(std::uint64_t from, std::uint64_t to, double y0, double y1) const
    {
        const double x0 = std::max(m_layout.left() - 4, m_scene.xOf(static_cast<double>(from)));
        const double x1 = to == LifeBar::never
            ? m_layout.right() + 4
            : std::min(m_layout.right() + 4, m_scene.xOf(static_cast<double>(to)));
        return { x0, y0, std::max(2.0, x1 - x0), std::max(2.0, y1 - y0) };
    }

    /// The look of what is selected: a ring of the text colour with a gap of the canvas around it.
    void ring(const QRectF& box) const
    {
        m_painter.setBrush(Qt::NoBrush);
        m_painter.setPen(QPen(m_theme.canvas, 4));
        m_painter.drawRect(box);
        m_painter.setPen(QPen(m_theme.text, 2));
        m_painter.drawRect(box);
    }

    void boxRect(const QRectF& box) const
    {
        if (box.isEmpty())
            return;
        m_painter.save();
        m_painter.setClipRect(QRectF(m_layout.left(), m_layout.bandsArea().top(), m_layout.width(),
            m_layout.lens().bottom() - m_layout.bandsArea().top()));
        QColor tint = m_theme.accent;
        tint.setAlphaF(0.16F);
        m_painter.fillRect(box, tint);
        m_painter.setBrush(Qt::NoBrush);
        m_painter.setPen(QPen(m_theme.accent, 1.5));
        m_painter.drawRect(box);
        m_painter.restore();
    }

    QPainter& m_painter;
    const SpacetimeScene& m_scene;
    const SpacetimeLayout& m_layout;
    const Theme& m_theme;
    double m_cursorX;
};

} // namespace

QString SpacetimeLabels::lensText(const SpacetimeScene& scene)
{
    if (scene.lens.isEmpty())
        return text("Click into a chunk to see its pages here, block by block.");
    QString where;
    if (scene.lensBand >= 0) {
        const AddressRange& chunk = scene.rows.bands[static_cast<std::size_t>(scene.lensBand)].range;
        const Bytes first = (scene.lens.begin - chunk.begin) / pageBytes;
        const Bytes last = (scene.lens.end - 1 - chunk.begin) / pageBytes;
        const QString pages =
            first == last ? text("page %1").arg(first) : text("pages %1 to %2").arg(first).arg(last);
        where = QStringLiteral("%1, %2, %3")
                    .arg(scene.nameOf(scene.lensBand).toLower(), pages, wording::size(scene.lens.size()));
    } else {
        where = text("%1 at %2").arg(wording::size(scene.lens.size()), wording::address(scene.lens.begin));
    }
    QString more = text("One bar is one block; a bar that never ends is still allocated.");
    if (scene.lives == nullptr || scene.lives->window != scene.lens)
        more = text("Looking for its blocks…");
    else if (!scene.lives->isComplete)
        more = text("Looking for its blocks: up to event %1.").arg(wording::count(scene.lives->knownTo));
    else if (scene.lives->dropped > 0)
        more = text("Coarse: %1 blocks that lived too short to be seen are left out; zoom in to see them.")
                   .arg(wording::count(scene.lives->dropped));
    return QStringLiteral("%1. %2").arg(where, more);
}

std::vector<double> SpacetimeLabels::ticks(
    const AxisRange& range, double width, double apart, EventScale::Unit unit)
{
    std::vector<double> out;
    if (range.span() <= 0 || width <= 0)
        return out;
    const double least =
        std::max(range.span() * apart / width, unit == EventScale::Unit::Events ? 1.0 : 1e-9);
    double step = 1;
    if (unit == EventScale::Unit::Requested) {
        step = std::pow(2, std::ceil(std::log2(std::max(1.0, least))));
    } else {
        const double decade = std::pow(10, std::floor(std::log10(least)));
        const double mantissa = least / decade;
        step = decade * (mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10);
    }
    for (double i = std::ceil(range.begin / step - 1e-9); i * step <= range.end + step * 1e-9; ++i)
        out.push_back(i * step);
    return out;
}

QString SpacetimeLabels::axisText(double value, double step, EventScale::Unit unit)
{
    switch (unit) {
    case EventScale::Unit::Events: {
        const auto number = static_cast<std::uint64_t>(std::max(0.0, std::round(value)));
        if (number != 0 && step >= 1e6)
            return text("%1 M").arg(wording::count(number / 1'000'000));
        if (number != 0 && step >= 1e3)
            return text("%1 k").arg(wording::count(number / 1000));
        return wording::count(number);
    }
    case EventScale::Unit::Seconds:
        return value == 0 ? QStringLiteral("0") : wording::duration(value);
    case EventScale::Unit::Requested:
        break;
    }
    return value == 0 ? QStringLiteral("0") : wording::size(static_cast<Bytes>(value));
}

void SpacetimeLabels::paint(QPainter& painter, const SpacetimeScene& scene, const Theme& theme,
    const QImage& bands, const QImage& lens)
{
    const Labels labels(painter, scene, theme);
    const SpacetimeLayout& layout = scene.layout;
    labels.data(
        bands, QRectF(layout.left(), layout.bandsArea().top(), layout.width(), layout.bandsArea().height()));
    labels.data(lens, layout.lens());
    labels.markers(scene.gcRuns, true);
    labels.markers(scene.checkpoints, false);
    labels.bands();
    labels.lens();
    labels.lensFrame();
    labels.cursor();
    labels.selection();
    labels.filter();
    labels.axis();
}

} // namespace heapatlas
