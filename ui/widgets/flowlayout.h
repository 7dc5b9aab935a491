// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLayout>
#include <QList>

namespace heapatlas {

/// Lays its widgets out in rows from left to right, breaking where the width ends: buttons that must not be clipped.
class FlowLayout : public QLayout
{
public:
    explicit FlowLayout(int gap);
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override;
    int count() const override;
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    void setGeometry(const QRect& rect) override;
    Qt::Orientations expandingDirections() const override { return {}; }

private:
    /// Height needed inside `rect`; moves the widgets if `isMoving`.
    int arrange(const QRect& rect, bool isMoving) const;

    QList<QLayoutItem*> m_items;
    int m_gap;
};

} // namespace heapatlas
