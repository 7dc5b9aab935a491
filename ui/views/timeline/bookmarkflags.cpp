// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/bookmarkflags.h"

#include "ui/theme/theme.h"

#include <cmath>

namespace heapatlas {

namespace {

constexpr double width = 7;
constexpr double height = 11;
constexpr double notch = 3;

} // namespace

BookmarkFlags::BookmarkFlags(QCustomPlot* plot, const TimelineScene* scene)
    : QCPAbstractItem(plot)
    , m_scene(scene)
{
    setClipToAxisRect(false);
    setSelectable(false);
}

double BookmarkFlags::selectTest(const QPointF&, bool, QVariant*) const { return -1; }

void BookmarkFlags::draw(QCPPainter* painter)
{
    const Theme& theme = Theme::current();
    const double top = m_scene->laneTop;
    double last = -10;
    for (const std::uint64_t at : m_events) {
        const double event = static_cast<double>(at);
        if (event < m_scene->view.begin || event > m_scene->view.end)
            continue;
        const double x = std::round(m_scene->plot.left()
                             + timelinelayout::pixelOf(m_scene->view, event, m_scene->plot.width()))
            + 0.5;
        if (x - last < 1)
            continue;
        last = x;
        painter->setAntialiasing(false);
        painter->setPen(QPen(theme.accent, 1));
        painter->drawLine(QPointF(x, top), QPointF(x, m_scene->plot.bottom()));
        painter->setAntialiasing(true);
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.accent);
        // A ribbon, so that it is no checkpoint even in grey.
        const QPointF ribbon[] = { { x - 0.5, top }, { x + width, top }, { x + width, top + height },
            { x + width / 2, top + height - notch }, { x - 0.5, top + height } };
        painter->drawPolygon(ribbon, 5);
    }
}

} // namespace heapatlas
