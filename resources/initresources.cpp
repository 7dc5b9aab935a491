// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/initresources.h"

#include <QDir>
#include <QtGlobal>

// Q_INIT_RESOURCE declares a function and therefore must not stand inside a namespace.
static void initAll()
{
    Q_INIT_RESOURCE(fonts);
    Q_INIT_RESOURCE(icons);
}

namespace heapatlas {

void initResources() { initAll(); }

} // namespace heapatlas
