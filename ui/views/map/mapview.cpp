// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapview.h"

namespace heapatlas {

class MapView::Private
{
};

} // namespace heapatlas
