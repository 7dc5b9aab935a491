// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace heapatlas {

/// A button that looks like a card: raised surface, hairline edge, radius 8, focus ring. Enter and Space press it.
/// Subclasses paint what is on it.
class Card : public QAbstractButton
{
    Q_OBJECT
public:
    explicit Card(QWidget* parent = nullptr);

    static constexpr double radius = 8;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

    /// The surface under the content.
    [[nodiscard]] virtual QColor surface() const;
    /// Paints inside the edge; the painter is antialiased and clipped to nothing.
    virtual void paintContent(QPainter& painter) = 0;
};

} // namespace heapatlas
