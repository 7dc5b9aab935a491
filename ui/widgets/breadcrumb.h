// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

namespace heapatlas {

/// "Heap › Chunk 2 › page 267 › slot 33": each part can be clicked, and reached with Tab and the arrow keys. What does
/// not fit is cut at the front, behind "…".
class Breadcrumb : public QWidget
{
    Q_OBJECT
public:
    explicit Breadcrumb(QWidget* parent = nullptr);

    /// `strong` is the part in the main text colour, or −1.
    void setParts(const QStringList& parts, int strong);
    [[nodiscard]] const QStringList& parts() const { return m_parts; }
    /// Where a part is drawn; empty if it was cut.
    [[nodiscard]] QRect partRect(int index) const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void clicked(int index);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();
    [[nodiscard]] int indexAt(QPoint point) const;
    [[nodiscard]] QFont fontOf(int index) const;

    QStringList m_parts;
    QList<QRect> m_rects;
    int m_strong = -1;
    int m_hovered = -1;
    int m_focused = 0;
    bool m_isCut = false;
};

} // namespace heapatlas
