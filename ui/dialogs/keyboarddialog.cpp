// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/keyboarddialog.h"

#include "ui/theme/fonts.h"
#include "ui/widgets/tablecopy.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QKeySequence>
#include <QTableWidget>
#include <QVBoxLayout>

namespace heapatlas {

KeyboardDialog::KeyboardDialog(const QList<QAction*>& actions, QWidget* parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("keyboardDialog"));
    setWindowTitle(tr("Keyboard"));
    QList<std::pair<QString, QString>> rows;
    for (const QAction* action : actions) {
        QStringList keys;
        for (const QKeySequence& key : action->shortcuts())
            keys << key.toString(QKeySequence::NativeText);
        if (!keys.isEmpty())
            rows << std::pair(
                action->iconText().remove(QStringLiteral("…")), keys.join(QStringLiteral(", ")));
    }
    rows << std::pair(tr("Map: select the neighbouring block, page or chunk"), tr("Arrows"));
    rows << std::pair(tr("Map: one level in, one level out"), tr("Enter, Backspace"));
    rows << std::pair(tr("Map and timeline: zoom in, zoom out, fit"), tr("+, −, 0"));
    rows << std::pair(tr("Map: show slack"), tr("S"));
    rows << std::pair(tr("Space–time: move the lens, move the divider"), tr("Shift+Up, Ctrl+Up"));
    rows << std::pair(tr("Space–time: filter by what the lens shows, remove the filter"), tr("F, Esc"));
    rows << std::pair(tr("Timeline: move the cursor by a pixel"), tr("Left, Right"));
    rows << std::pair(tr("Tables: copy rows"), tr("Ctrl+C"));
    rows << std::pair(tr("Bookmarks: go to, rename, delete"), tr("Enter, F2, Delete"));

    auto* table = new QTableWidget(static_cast<int>(rows.size()), 2, this);
    table->setObjectName(QStringLiteral("keyboardTable"));
    table->setAccessibleName(tr("Keys"));
    table->setHorizontalHeaderLabels({ tr("Does"), tr("Keys") });
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setShowGrid(false);
    tablecopy::install(table);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(fonts::scaled(26));
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    for (int row = 0; row < static_cast<int>(rows.size()); ++row) {
        table->setItem(row, 0, new QTableWidgetItem(rows[row].first));
        auto* keys = new QTableWidgetItem(rows[row].second);
        keys->setFont(fonts::mono(12));
        table->setItem(row, 1, keys);
    }
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 12);
    column->addWidget(table);
    column->addWidget(buttons);
    resize(fonts::scaled(560), fonts::scaled(600));
}

} // namespace heapatlas
