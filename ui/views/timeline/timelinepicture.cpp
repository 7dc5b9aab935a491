// SPDX-License-Identifier: GPL-3.0-or-later
// The chart as a picture and as shapes, for export.
#include "ui/theme/theme.h"
#include "ui/views/timeline/qcustomplotheader.h"
#include "ui/views/timeline/timelinechart.h"

namespace heapatlas {

QImage TimelineChart::picture(qreal devicePixelRatio) const
{
    QImage image((QSizeF(size()) * devicePixelRatio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(devicePixelRatio);
    paintInto(&image);
    return image;
}

bool TimelineChart::paintInto(QPaintDevice* device) const
{
    QCPPainter painter;
    if (!painter.begin(device))
        return false;
    painter.fillRect(rect(), Theme::current().panel);
    m_plot->toPainter(&painter, m_plot->width(), m_plot->height());
    return painter.end();
}

} // namespace heapatlas
