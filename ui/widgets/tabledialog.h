// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <memory>

class QAbstractItemModel;
class QTableView;

namespace heapatlas {

/// "Show as table": what a picture shows, in rows. Copies the selected ones, or all, as tab-separated text.
class TableDialog : public QDialog
{
    Q_OBJECT
public:
    TableDialog(std::unique_ptr<QAbstractItemModel> model, const QString& title, QWidget* parent);
    ~TableDialog() override;

    void copy() const;

private:
    std::unique_ptr<QAbstractItemModel> m_model;
    QTableView* m_table;
};

} // namespace heapatlas
