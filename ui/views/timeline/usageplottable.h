// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/usagecloseup.h"
#include "model/usagecurve.h"
#include "ui/views/timeline/qcustomplotheader.h"
#include "ui/views/timeline/usagepainter.h"

#include <memory>

namespace heapatlas {

/// The usage of a trace over its events: live as an area, real as a step line, peak dashed, memory_limit. Draws the
/// min/max pyramid itself, so a repaint costs pixels, not events. Keys are events, values bytes.
class UsagePlottable : public QCPAbstractPlottable
{
    Q_OBJECT
public:
    /// Widths in device-independent pixels.
    UsagePlottable(QCPAxis* keyAxis, QCPAxis* valueAxis);

    void setCurve(std::shared_ptr<const UsageCurve> curve) { m_curve = std::move(curve); }
    /// Finer buckets for a part of the curve; null: none.
    void setCloseUp(std::shared_ptr<const UsageCloseUp> closeUp) { m_closeUp = std::move(closeUp); }
    void setInks(const UsageInks& inks) { m_inks = inks; }
    /// 0: none.
    void setLimit(Bytes limit, const QPen& pen);

    /// Columns of pixels in the last picture.
    [[nodiscard]] int columnCount() const { return m_columnCount; }
    /// Usage in the columns of a view `width` device pixels wide.
    [[nodiscard]] std::vector<UsageColumn> columns(std::size_t width) const;

    double selectTest(const QPointF& position, bool onlySelectable, QVariant* details) const override;
    QCPRange getKeyRange(bool& found, QCP::SignDomain domain) const override;
    QCPRange getValueRange(bool& found, QCP::SignDomain domain, const QCPRange& keys) const override;

protected:
    QRect clipRect() const override;
    void draw(QCPPainter* painter) override;
    void drawLegendIcon(QCPPainter* painter, const QRectF& rect) const override;

private:
    void drawVectors(QCPPainter* painter, const QRectF& box) const;

    std::shared_ptr<const UsageCurve> m_curve;
    std::shared_ptr<const UsageCloseUp> m_closeUp;
    UsageInks m_inks;
    Bytes m_limit = 0;
    QPen m_limitPen;
    int m_columnCount = 0;
};

} // namespace heapatlas
