// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QStringView>

/// The product's own icons (resources/icons/NAME.svg, 18 × 18 grid, 1.5 px strokes, `currentColor`). Names:
/// open record save snapshot map spacetime search learn theme-light theme-dark settings first prev play pause next last
/// copy close warning error info chevron chevron-down folder checkpoint gc trash locate plus minus fit check
/// more slack stop back editor bookmark site.
namespace heapatlas::icons {

/// An icon that follows the theme: text colour, text3 when disabled, accent when checked. An unknown name
/// gives an empty icon and a warning.
[[nodiscard]] QIcon icon(QStringView name);
/// The same in one colour, whatever the state (the recording dot, an icon on an accent button).
[[nodiscard]] QIcon icon(QStringView name, const QColor& color);
/// `size` in device-independent pixels; cached by name, colour, size and ratio.
[[nodiscard]] QPixmap pixmap(QStringView name, int size, const QColor& color, qreal devicePixelRatio);
/// The program's icon in several sizes; in its own colours.
[[nodiscard]] QIcon applicationIcon();

} // namespace heapatlas::icons
