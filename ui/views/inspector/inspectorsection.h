// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace heapatlas {

namespace inspector {

/// The text colour of a label, whatever style sheets say.
void setInk(QWidget* widget, const QColor& color);

} // namespace inspector

/// A titled part of the inspector with a hairline above it.
class InspectorSection : public QWidget
{
    Q_OBJECT
public:
    static constexpr int padding = 16; ///< left and right of what is in it

    /// `name` becomes the objectName.
    InspectorSection(const QString& title, const char* name, QWidget* parent);

    [[nodiscard]] QVBoxLayout* body() const { return m_body; }
    void setTitle(const QString& title);
    /// Takes fonts and colours of the theme; called again when it changes.
    virtual void dress();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QLabel* m_title;
    QVBoxLayout* m_body;
};

} // namespace heapatlas
