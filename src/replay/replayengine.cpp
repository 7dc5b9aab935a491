// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/replayengine.h"

namespace heapatlas {

void CurveBuilder::add(const UsageBucket& stretch, std::uint32_t events)
{
    if (filled == 0)
        bucket = stretch;
    else
        bucket.include(stretch);
    filled += events;
    if (filled == UsageCurve::baseEvents)
        finish();
}

void CurveBuilder::finish()
{
    if (filled == 0)
        return;
    curve.append(bucket);
    curve.setEvents(curve.events() + filled); // what is drawn is covered by whole buckets
    filled = 0;
}

} // namespace heapatlas
