// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QAbstractItemView;

namespace heapatlas::tablecopy {

/// Copies the selected rows, or all of them, as tab-separated text: what is shown, with a header.
void copy(const QAbstractItemView& view);
/// Ctrl+C in the view does that.
void install(QAbstractItemView* view);

} // namespace heapatlas::tablecopy
