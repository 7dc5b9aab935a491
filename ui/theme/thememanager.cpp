// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/thememanager.h"

#include "resources/initresources.h"
#include "ui/theme/desktopscheme.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/stylesheet.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QEvent>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QToolTip>

namespace heapatlas {

namespace {

QPalette paletteOf(const Theme& t)
{
    QPalette p;
    p.setColor(QPalette::Window, t.window);
    p.setColor(QPalette::WindowText, t.text);
    p.setColor(QPalette::Base, t.raised);
    p.setColor(QPalette::AlternateBase, t.panel);
    p.setColor(QPalette::ToolTipBase, t.raised);
    p.setColor(QPalette::ToolTipText, t.text);
    p.setColor(QPalette::PlaceholderText, t.text3);
    p.setColor(QPalette::Text, t.text);
    p.setColor(QPalette::Button, t.raised);
    p.setColor(QPalette::ButtonText, t.text);
    p.setColor(QPalette::BrightText, t.limit);
    p.setColor(QPalette::Light, t.raised);
    p.setColor(QPalette::Midlight, t.hover);
    p.setColor(QPalette::Mid, t.line);
    p.setColor(QPalette::Dark, t.lineStrong);
    p.setColor(QPalette::Shadow, t.lineStrong);
    p.setColor(QPalette::Highlight, t.accent);
    p.setColor(QPalette::HighlightedText, t.onAccent);
    p.setColor(QPalette::Link, t.accent);
    p.setColor(QPalette::LinkVisited, t.accent);
    // Disabled text keeps 3 : 1 at least; the greyed control itself says the rest.
    const QColor faded = Theme::mix(t.text3, t.window, 0.7);
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText })
        p.setColor(QPalette::Disabled, role, faded);
    p.setColor(QPalette::Disabled, QPalette::Highlight, t.line);
    p.setColor(QPalette::Disabled, QPalette::HighlightedText, t.text2);
    return p;
}

} // namespace

ThemeManager::ThemeManager()
    : m_theme(&lightTheme())
{
}

ThemeManager& ThemeManager::instance()
{
    static ThemeManager manager;
    return manager;
}

void ThemeManager::install()
{
    if (m_installed)
        return;
    // Asked before our own palette hides the desktop's.
    m_systemIsDark = desktopscheme::isDark();
    m_installed = true;
    initResources();
    fonts::load();
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setFont(fonts::body());
    QToolTip::setFont(fonts::secondary());
    QApplication::setWindowIcon(icons::applicationIcon());
    desktopscheme::watch(this, [this](bool isDark) {
        m_systemIsDark = isDark;
        if (m_choice == ThemeChoice::System)
            apply();
    });
    apply();
}

void ThemeManager::setChoice(ThemeChoice choice)
{
    m_choice = choice;
    apply();
}

void ThemeManager::setHighContrast(bool on)
{
    m_highContrast = on;
    apply();
}

void ThemeManager::toggle() { setChoice(m_theme->isDark ? ThemeChoice::Light : ThemeChoice::Dark); }

void ThemeManager::apply()
{
    const bool isDark = m_choice == ThemeChoice::Dark || (m_choice == ThemeChoice::System && m_systemIsDark);
    const Theme& calm = isDark ? darkTheme() : lightTheme();
    const Theme& strong = isDark ? darkContrastTheme() : lightContrastTheme();
    m_theme = m_highContrast ? &strong : &calm;
    if (m_installed) {
        QApplication::setPalette(paletteOf(*m_theme));
        qApp->setStyleSheet(styleSheetOf(*m_theme));
    }
    Q_EMIT changed();
}

bool isAnimationOn()
{
    static const bool on = [] {
        const QByteArray value = qgetenv("HEAPATLAS_NO_ANIMATION");
        return value.isEmpty() || value == "0";
    }();
    return on;
}

} // namespace heapatlas
