// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/dialogs/exportdialog.h"

#include <QObject>

#include <memory>
#include <optional>

class QAbstractItemModel;
class QIODevice;

namespace heapatlas {

class Document;
class MainWindow;

/// Writes what a window shows: every view as a picture, every table as CSV or JSON.
class WindowExport : public QObject
{
    Q_OBJECT
public:
    explicit WindowExport(MainWindow* window);

    [[nodiscard]] QList<ExportItem> items() const;
    /// Asks what, how and where.
    void ask();
    /// Asks where only.
    void ask(const QString& id, ExportForm form);
    void showTable(const QString& id);
    /// All or nothing. Empty on success, else one sentence for people. Of the views, the one that is shown.
    [[nodiscard]] QString write(const QString& id, ExportForm form, const QString& path);
    /// The rows of a table, or null if there is none of that name.
    [[nodiscard]] std::unique_ptr<QAbstractItemModel> table(const QString& id) const;
    /// Whether the last SVG holds the view as a picture, because it had too many elements to draw each.
    [[nodiscard]] bool hasEmbedded() const { return m_hasEmbedded; }
    /// What the name of the file asks for where it fits, else what was chosen.
    [[nodiscard]] static ExportForm formOf(const QString& path, ExportForm chosen);

private:
    struct Pending
    {
        QString id;
        ExportForm form = ExportForm::Png1;
        QString path;
        const Document* document = nullptr; ///< only to compare
    };

    void writePending();
    [[nodiscard]] QImage picture(const QString& id, qreal ratio) const;
    [[nodiscard]] bool writeSvg(const QString& id, QIODevice& device);

    MainWindow* m_window;
    bool m_hasEmbedded = false;
    std::optional<Pending> m_pending;
};

} // namespace heapatlas
