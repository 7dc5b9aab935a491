// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "ui/theme/theme.h"
#include "ui/views/map/maplayout.h"

#include <QImage>
#include <QPainter>
#include <QPoint>

#include <cmath>

namespace heapatlas {

/// A picture laid over the map's viewport, made anew only when what it was made of has changed.
class KeptPicture
{
public:
    /// Something besides layout, snapshot and theme has changed.
    void forget() { m_picture = {}; }

    /// The painter is in device-independent pixels. `render()` returns the picture of the viewport in device pixels, its
    /// ratio set.
    template <class Render>
    void paint(QPainter& painter, const MapLayout& layout, const SnapshotPtr& snapshot, Render render)
    {
        const bool isSame = m_snapshot == snapshot && m_scroll == layout.scroll()
            && std::abs(m_pageWidth - layout.pageWidth()) < 1e-9 && std::abs(m_ratio - layout.ratio()) < 1e-9
            && m_theme == Theme::current().id && m_picture.size() == layout.viewport();
        if (!isSame) {
            m_snapshot = snapshot;
            m_scroll = layout.scroll();
            m_pageWidth = layout.pageWidth();
            m_ratio = layout.ratio();
            m_theme = Theme::current().id;
            m_picture = render();
        }
        painter.drawImage(QPointF(0, 0), m_picture);
    }

private:
    // What m_picture was made of.
    SnapshotPtr m_snapshot;
    QPoint m_scroll;
    double m_pageWidth = 0;
    qreal m_ratio = 0;
    QString m_theme;
    QImage m_picture;
};

} // namespace heapatlas
