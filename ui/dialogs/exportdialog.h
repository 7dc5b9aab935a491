// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QList>
#include <QString>

class QComboBox;
class QLabel;
class QPushButton;

namespace heapatlas {

/// Something that can be exported: a picture or a table.
struct ExportItem
{
    QString id; ///< "map", "timeline", "blocks" … for ever: kept in the settings and part of the file's name
    QString title;
    bool isTable = false;
    QString note; ///< what it holds, in a sentence
    bool isEmpty = false; ///< a table without rows; the note says why
};

/// How something is written.
enum class ExportForm : unsigned char
{
    Png1,
    Png2,
    Png3,
    Svg,
    Csv,
    Json,
};
[[nodiscard]] QString suffixOf(ExportForm form);

/// Asks what to export, and how. The window asks where, and writes.
class ExportDialog : public QDialog
{
    Q_OBJECT
public:
    ExportDialog(QList<ExportItem> items, const QString& currentId, QWidget* parent = nullptr);

    /// The same ones in the same order, when what they hold has changed.
    void setItems(const QList<ExportItem>& items);
    [[nodiscard]] QString currentId() const;
    [[nodiscard]] ExportForm form() const;

Q_SIGNALS:
    void exportRequested(const QString& id, heapatlas::ExportForm form);
    void tableRequested(const QString& id); ///< it should be shown

private:
    void refresh();
    [[nodiscard]] const ExportItem* current() const;

    QList<ExportItem> m_items;
    QComboBox* m_what;
    QComboBox* m_form;
    QLabel* m_note;
    QPushButton* m_show;
    QPushButton* m_export;
};

} // namespace heapatlas
