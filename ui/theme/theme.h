// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>

#include <array>
#include <cstdint>

namespace heapatlas {

/// All colours of one look. Chrome is grey; colour is reserved for memory. Widgets hold no literal colours:
/// they ask Theme::current() while painting and repaint on ThemeManager::changed(). Sources: lightTheme() in
/// lighttheme.cpp, darkTheme() in darktheme.cpp, the contrast variants of both in highcontrasttheme.cpp.
struct Theme
{
    /// Bins of the ramp: 8 B … 3072 B of ZendMM.
    static constexpr int rampSize = 30;

    QString id; ///< "light", "dark", "light-contrast", "dark-contrast"
    bool isDark = false;
    bool isHighContrast = false; ///< free slots hollow, lines in text2

    // Surfaces
    QColor window; ///< chrome: menu bar, tool bar, rail, welcome page
    QColor panel; ///< docks, view headers, overview column
    QColor canvas; ///< behind data
    QColor raised; ///< buttons, cards, fields, tooltips
    QColor hover; ///< hovered row or button
    QColor selectTint; ///< current row, tab or segment
    QColor line; ///< separators
    QColor lineStrong; ///< control edges

    // Text
    QColor text;
    QColor text2; ///< secondary
    QColor text3; ///< axis and gutter; in the dark theme not on hover or selectTint (use text2 there)
    QColor accent; ///< primary buttons, focus, links
    QColor onAccent; ///< text on accent

    // Meanings, each with its tint as background
    QColor ok;
    QColor okTint;
    QColor warn;
    QColor warnTint;
    QColor leakText;
    QColor leakTint;
    QColor limit; ///< memory_limit line, failures; always with words
    QColor live; ///< curve of live bytes
    QColor real; ///< curve of real bytes
    QColor gcPurple; ///< GC runs, purple nodes

    // Memory states
    QColor freePage;
    QColor freePageEdge;
    QColor largeRun;
    QColor hugeBlock;
    QColor header; ///< chunk header page
    QColor leakSuspect; ///< fill of suspects; also the recording dot
    std::array<QColor, rampSize> ramp; ///< used small slots by size class
    std::array<QColor, 8> hues; ///< names without an order (sites): muted, of one lightness

    /// The ramp colour of class `index` of `count` classes; ZendMM has 30, other engines are spread over the
    /// ramp.
    [[nodiscard]] QColor sizeClassColor(int index, int count = rampSize) const;
    /// A free slot or a free tail in a run of that fill: 20 % on canvas (high contrast: the canvas itself).
    [[nodiscard]] QColor freeSlotOf(const QColor& fill) const;
    /// Slack at the end of a block of that fill: 45 % on canvas.
    [[nodiscard]] QColor slackOf(const QColor& fill) const;
    /// Ink for a label on `fill`: #0B1016 or #FFFFFF, whichever has more contrast.
    [[nodiscard]] static QColor labelOn(const QColor& fill);
    /// `share` (0 … 1) of `a` over `b`, both opaque.
    [[nodiscard]] static QColor mix(const QColor& a, const QColor& b, double share);
    /// WCAG contrast, 1 … 21.
    [[nodiscard]] static double contrast(const QColor& a, const QColor& b);

    /// The theme in use; the light one until ThemeManager is told otherwise. GUI thread only.
    [[nodiscard]] static const Theme& current();
};

[[nodiscard]] const Theme& lightTheme();
[[nodiscard]] const Theme& darkTheme();
[[nodiscard]] const Theme& lightContrastTheme();
[[nodiscard]] const Theme& darkContrastTheme();

} // namespace heapatlas
