// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/bytes/bytesmenu.h"

#include "ui/views/bytes/bytestext.h"

#include <QAction>
#include <QClipboard>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QMenu>

namespace heapatlas {

void addCopyActions(QMenu* menu, const HeapBytesPtr& bytes, AddressRange range)
{
    if (!bytes || range.isEmpty() || !bytes->range.overlaps(range))
        return;
    using Text = QString (*)(const HeapBytes&, AddressRange);
    const auto add = [&](const char* title, const char* name, Text text) {
        QAction* const action = menu->addAction(QCoreApplication::translate("Bytes", title), menu,
            [bytes, range, text] { QGuiApplication::clipboard()->setText(text(*bytes, range)); });
        action->setObjectName(QLatin1String(name));
    };
    add("Copy as hex", "bytesCopyHex", &bytestext::asHex);
    add("Copy as C array", "bytesCopyC", &bytestext::asCArray);
    add("Copy as text", "bytesCopyText", &bytestext::asText);
}

} // namespace heapatlas
