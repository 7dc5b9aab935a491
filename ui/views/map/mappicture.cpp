// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mappicture.h"

#include "ui/views/map/byteslegend.h"
#include "ui/views/map/mapcanvas.h"
#include "ui/views/map/maplegend.h"

#include <QPainter>

#include <algorithm>

namespace heapatlas {

int MapPicture::legendHeight(int width) const
{
    return m_canvas.level() == MapLevel::Byte ? m_bytesLegend.height() : m_legend.heightForWidth(width);
}

void MapPicture::paintLegend(QPainter& painter, QSize map, qreal ratio) const
{
    painter.save();
    painter.translate(0, map.height());
    if (m_canvas.level() == MapLevel::Byte)
        m_bytesLegend.paintInto(painter, map.width());
    else
        m_legend.paintInto(painter, map.width(), ratio);
    painter.restore();
}

QImage MapPicture::withLegend(const QImage& map, QSize size, qreal ratio) const
{
    const QSizeF whole(size.width(), size.height() + legendHeight(size.width()));
    QImage image((whole * ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    QPainter painter(&image);
    painter.drawImage(QPointF(0, 0), map);
    paintLegend(painter, size, ratio);
    return image;
}

QImage MapPicture::rendered(QSize size, qreal ratio) const
{
    const QSize map(size.width(), std::max(1, size.height() - legendHeight(size.width())));
    return withLegend(m_canvas.picture(map, ratio), map, ratio);
}

QImage MapPicture::shown(qreal ratio) const
{
    return withLegend(m_canvas.shownPicture(ratio), m_canvas.size(), ratio);
}

QSize MapPicture::shownSize() const
{
    return { m_canvas.width(), m_canvas.height() + legendHeight(m_canvas.width()) };
}

bool MapPicture::paintShapes(QPainter& painter) const
{
    if (!m_canvas.paintShapes(painter))
        return false;
    paintLegend(painter, m_canvas.size(), 1);
    return true;
}

} // namespace heapatlas
