// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/missing.h"

#include <QCoreApplication>

namespace heapatlas::wording {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("heapatlas::wording", text); }

} // namespace

QStringList missing(const TraceInfo& info, bool knowsStart, bool knowsEnd)
{
    QStringList sentences;
    if (info.events == 0)
        sentences += tr("No events are in this trace: nothing was allocated while the recording ran.");
    else if (info.stacks == 0)
        sentences +=
            tr("Call stacks were not recorded, so no block can be traced to the code that asked for it.");
    if (!knowsStart)
        sentences +=
            tr("The heap as it was when the recording began is not known, so the replay begins with an empty "
               "one, and places may differ.");
    if (!knowsEnd)
        sentences +=
            tr("The heap as it was when the recording ended is not known, so the end cannot be compared.");
    return sentences;
}

} // namespace heapatlas::wording
