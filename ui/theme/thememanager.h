// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace heapatlas {

struct Theme;

enum class ThemeChoice : unsigned char
{
    System, ///< follows the desktop
    Light,
    Dark,
};

/// Chooses the theme and dresses the application in it: Fusion, palette, fonts, one style sheet. One per
/// program.
class ThemeManager : public QObject
{
    Q_OBJECT
public:
    static ThemeManager& instance();

    /// To be called once after QApplication is made and initResources() was called: loads the fonts, sets
    /// style, palette and font.
    void install();

    [[nodiscard]] ThemeChoice choice() const { return m_choice; }
    [[nodiscard]] bool isHighContrast() const { return m_highContrast; }
    [[nodiscard]] const Theme& theme() const { return *m_theme; }

public Q_SLOTS:
    void setChoice(heapatlas::ThemeChoice choice);
    void setHighContrast(bool on);
    /// Light becomes dark and the reverse; the choice is no longer System.
    void toggle();

Q_SIGNALS:
    /// After palette and style sheet are in place. Repaint whatever took colours from Theme::current().
    void changed();

private:
    ThemeManager();
    void apply();

    const Theme* m_theme;
    ThemeChoice m_choice = ThemeChoice::System;
    bool m_highContrast = false;
    bool m_installed = false;
    bool m_systemIsDark = false;
};

/// False with HEAPATLAS_NO_ANIMATION set (to anything but 0): every animation jumps.
[[nodiscard]] bool isAnimationOn();

} // namespace heapatlas
