// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace heapatlas {

/// The command field of the tool bar: looks like a field, opens the palette. In a narrow window an icon alone.
class CommandField : public QAbstractButton
{
    Q_OBJECT
public:
    static constexpr int fullWidth = 292;

    explicit CommandField(QWidget* parent = nullptr);

    void setNarrow(bool isNarrow);
    [[nodiscard]] bool isNarrow() const { return m_isNarrow; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    bool m_isNarrow = false;
};

} // namespace heapatlas
