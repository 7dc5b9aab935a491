// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tabledialog.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/widgets/tablecopy.h"

#include <QAbstractItemModel>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace heapatlas {

TableDialog::TableDialog(std::unique_ptr<QAbstractItemModel> model, const QString& title, QWidget* parent)
    : QDialog(parent)
    , m_model(std::move(model))
    , m_table(new QTableView(this))
{
    setObjectName(QStringLiteral("tableDialog"));
    setWindowTitle(title);
    m_table->setObjectName(QStringLiteral("table"));
    m_table->setAccessibleName(title);
    m_table->setModel(m_model.get());
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setAlternatingRowColors(true);
    m_table->verticalHeader()->hide();
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->setDefaultSectionSize(fonts::scaled(24));
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setResizeContentsPrecision(200); // a table may have a million rows
    m_table->resizeColumnsToContents();
    tablecopy::install(m_table);
    const int rows = m_model->rowCount();
    auto* count = new QLabel(
        rows == 1 ? tr("1 row") : tr("%1 rows").arg(wording::count(static_cast<std::uint64_t>(rows))), this);
    count->setObjectName(QStringLiteral("tableCount"));
    count->setProperty("role", QStringLiteral("secondary"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto* copyButton = buttons->addButton(tr("Copy"), QDialogButtonBox::ActionRole);
    copyButton->setObjectName(QStringLiteral("tableCopy"));
    copyButton->setAccessibleName(tr("Copy as tab-separated text"));
    copyButton->setToolTip(tr("Copies the selected rows, or all, as tab-separated text (Ctrl+C)"));
    connect(copyButton, &QPushButton::clicked, this, &TableDialog::copy);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    column->addWidget(m_table, 1);
    auto* foot = new QHBoxLayout;
    foot->addWidget(count, 1);
    foot->addWidget(buttons);
    column->addLayout(foot);
    resize(fonts::scaled(820), fonts::scaled(560));
}

TableDialog::~TableDialog()
{
    m_table->setModel(nullptr); // it dies first
}

void TableDialog::copy() const { tablecopy::copy(*m_table); }

} // namespace heapatlas
