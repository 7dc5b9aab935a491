// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QToolButton>

namespace heapatlas {

/// A tool bar button: icon, text, and a chevron where it has a menu. Painted here because a style sheet takes the
/// menu arrow's picture from a file, which cannot follow the theme.
class BarButton : public QToolButton
{
    Q_OBJECT
public:
    enum class Edge
    {
        None,
        Framed, ///< a picker: it shows what is chosen
    };

    BarButton(
        const QString& name, const QString& text, const QString& tip, Edge edge, QWidget* parent = nullptr);

    /// The icon's name, and a colour for it whatever the state; an invalid colour follows the theme.
    void setPicture(const QString& name, const QColor& color = {});
    /// The chevron opens the menu; with `isSplit` the rest of the button still clicks.
    void setDropDown(QMenu* menu, bool isSplit);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] bool hasChevron() const { return menu() != nullptr; }

    Edge m_edge;
    bool m_isSplit = false;
    QString m_picture;
    QColor m_pictureColor;
};

} // namespace heapatlas
