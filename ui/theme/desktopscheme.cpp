// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/desktopscheme.h"

#include <QGuiApplication>
#include <QPalette>
#include <QStyleHints>

namespace heapatlas::desktopscheme {

bool isDark()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    return QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
#else
    const QPalette palette = QGuiApplication::palette();
    return palette.color(QPalette::WindowText).lightness() > palette.color(QPalette::Window).lightness();
#endif
}

void watch(QObject* context, const std::function<void(bool isDark)>& changed)
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    QObject::connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, context,
        [changed](Qt::ColorScheme scheme) { changed(scheme == Qt::ColorScheme::Dark); });
#else
    Q_UNUSED(context);
    Q_UNUSED(changed);
#endif
}

} // namespace heapatlas::desktopscheme
