// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>
#include <QTableView>

namespace heapatlas {

/// Fusion without the lines under the letters of menus (Alt and the letter still open them) and without pictures on
/// the buttons of dialogs; rows of tables without a frame about one cell, their text as far in as the header's.
class QuietStyle : public QProxyStyle
{
    Q_OBJECT
public:
    QuietStyle()
        : QProxyStyle(QStringLiteral("Fusion"))
    {
    }

    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
        QStyleHintReturn* data) const override
    {
        return hint == SH_UnderlineShortcut || hint == SH_DialogButtonBox_ButtonsHaveIcons
            ? 0
            : QProxyStyle::styleHint(hint, option, widget, data);
    }

    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override
    {
        return metric == PM_FocusFrameHMargin && isTable(widget)
            ? cellMargin
            : QProxyStyle::pixelMetric(metric, option, widget);
    }

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
        const QWidget* widget) const override
    {
        if (element != PE_FrameFocusRect || !isTable(widget))
            QProxyStyle::drawPrimitive(element, option, painter, widget);
    }

private:
    static constexpr int cellMargin = 7; ///< and a pixel that Qt adds

    [[nodiscard]] static bool isTable(const QWidget* widget)
    {
        return qobject_cast<const QTableView*>(widget) != nullptr;
    }
};

} // namespace heapatlas
