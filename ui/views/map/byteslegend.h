// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapbytes.h"

#include <QWidget>

#include <vector>

class QPainter;

namespace heapatlas {

/// What the tints of Bytes level mean: the kinds of field that are seen. Stands in the place of the map's legend there.
class BytesLegend : public QWidget
{
    Q_OBJECT
public:
    explicit BytesLegend(QWidget* parent = nullptr);

    void setKinds(std::vector<FieldKind> kinds);
    [[nodiscard]] const std::vector<FieldKind>& kinds() const { return m_kinds; }
    /// Paints the legend of `width` at the painter's origin; for pictures of the canvas.
    void paintInto(QPainter& painter, int width) const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<FieldKind> m_kinds;
};

} // namespace heapatlas
