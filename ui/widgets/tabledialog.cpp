// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tabledialog.h"

#include "session/tableexport.h"

#include <QAbstractItemModel>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QPushButton>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace heapatlas {

TableDialog::TableDialog(std::unique_ptr<QAbstractItemModel> model, const QString& title, QWidget* parent)
    : QDialog(parent)
    , m_model(std::move(model))
    , m_table(new QTableView(this))
{
    setWindowTitle(title);
    m_table->setObjectName(QStringLiteral("table"));
    m_table->setAccessibleName(title);
    m_table->setModel(m_model.get());
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setAlternatingRowColors(true);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(24);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto* copyButton = buttons->addButton(tr("Copy"), QDialogButtonBox::ActionRole);
    copyButton->setObjectName(QStringLiteral("tableCopy"));
    copyButton->setAccessibleName(tr("Copy as tab-separated text"));
    copyButton->setToolTip(tr("Copies the selected rows, or all, as tab-separated text (Ctrl+C)"));
    connect(copyButton, &QPushButton::clicked, this, &TableDialog::copy);
    connect(new QShortcut(QKeySequence::Copy, this), &QShortcut::activated, this, &TableDialog::copy);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    column->addWidget(m_table, 1);
    column->addWidget(buttons);
    resize(760, 480);
}

TableDialog::~TableDialog()
{
    m_table->setModel(nullptr); // it dies first
}

void TableDialog::copy() const
{
    QList<int> rows;
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
        rows << index.row();
    std::sort(rows.begin(), rows.end());
    QGuiApplication::clipboard()->setText(tableexport::tsv(*m_model, rows));
}

} // namespace heapatlas
