// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

namespace heapatlas {

/// A row of joined segments of which one is current. Arrow keys move, a click chooses.
class SegmentedSwitch : public QWidget
{
    Q_OBJECT
public:
    explicit SegmentedSwitch(const QStringList& labels, QWidget* parent = nullptr);

    [[nodiscard]] int current() const { return m_current; }
    /// Shows another segment as current without a signal.
    void setCurrent(int index);
    void setToolTips(const QStringList& tips) { m_tips = tips; }
    [[nodiscard]] QRect segmentRect(int index) const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void chosen(int index);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void choose(int index);
    [[nodiscard]] int indexAt(QPoint point) const;
    [[nodiscard]] int segmentWidth(int index) const;

    QStringList m_labels;
    QStringList m_tips;
    int m_current = 0;
    int m_hovered = -1;
};

} // namespace heapatlas
