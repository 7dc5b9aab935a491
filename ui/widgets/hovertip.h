// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

namespace heapatlas {

/// The tooltip of canvases: at most five lines, the first one strong, no controls. A child of the canvas' window, so
/// that it is part of its picture; the mouse passes through it.
class HoverTip : public QWidget
{
    Q_OBJECT
public:
    explicit HoverTip(QWidget* canvas);

    /// Shows the lines 16 px from `pointer`, flipped near the window's edges and never over `item` (both in the
    /// canvas' coordinates) as long as there is room elsewhere.
    void showLines(const QStringList& lines, QPoint pointer, const QRect& item);
    [[nodiscard]] const QStringList& lines() const { return m_lines; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] QSize wanted() const;

    QWidget* m_canvas;
    QStringList m_lines;
};

} // namespace heapatlas
