// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace heapatlas {

/// A framed button that is on or off, with a tick when on.
class ToggleButton : public QAbstractButton
{
    Q_OBJECT
public:
    explicit ToggleButton(const QString& text, QWidget* parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace heapatlas
