// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/inspector/inspectorfacts.h"

#include <QColor>
#include <QWidget>

namespace heapatlas {

/// The life of a block within the trace: coloured while it lives, faded after the cursor.
class LifetimeBar : public QWidget
{
    Q_OBJECT
public:
    explicit LifetimeBar(QWidget* parent = nullptr);

    void setLife(const InspectorFacts::Life& life, const QColor& fill);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    InspectorFacts::Life m_life;
    QColor m_fill;
};

} // namespace heapatlas
