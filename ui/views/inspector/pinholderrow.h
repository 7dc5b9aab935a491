// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/callstack.h"
#include "model/pins.h"

#include <QAbstractButton>

namespace heapatlas {

/// A site among those that hold a chunk or run; a click asks for one of its blocks.
class PinHolderRow : public QAbstractButton
{
    Q_OBJECT
public:
    explicit PinHolderRow(QWidget* parent);

    void setHolder(const PinHolder& holder, const Frame& site);
    [[nodiscard]] const PinHolder& holder() const { return m_holder; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    PinHolder m_holder;
    QString m_amount;
};

} // namespace heapatlas
