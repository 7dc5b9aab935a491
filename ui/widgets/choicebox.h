// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>

namespace heapatlas {

/// A combo box with the product's own arrow: the style sheet takes the usual one away, and it could not tint another.
class ChoiceBox : public QComboBox
{
    Q_OBJECT
public:
    explicit ChoiceBox(QWidget* parent = nullptr)
        : QComboBox(parent)
    {
    }

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace heapatlas
