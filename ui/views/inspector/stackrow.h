// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/callstack.h"

#include <QAbstractButton>

namespace heapatlas {

/// One frame of a call stack: the function at the left, file and line at the right. Pressing it opens the source.
class StackRow : public QAbstractButton
{
    Q_OBJECT
public:
    StackRow(const Frame& frame, bool isInnermost, QWidget* parent = nullptr);

    [[nodiscard]] const Frame& frame() const { return m_frame; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    Frame m_frame;
    bool m_isInnermost;
};

} // namespace heapatlas
