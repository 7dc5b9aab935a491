// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// QCustomPlot's header says `signals:`, `slots:` and foreach, which QT_NO_KEYWORDS and QT_NO_FOREACH take away. Only the files that draw the chart
// include this: it costs seconds to compile.
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define foreach(variable, container) for (variable : container)
#include <qcustomplot.h>
#undef signals
#undef slots
#undef foreach
