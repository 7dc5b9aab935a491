// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/dialogs/exportdialog.h"

#include <QObject>

#include <memory>

class QAbstractItemModel;
class QIODevice;

namespace heapatlas {

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
    /// All or nothing. Empty on success, else one sentence for people.
    [[nodiscard]] QString write(const QString& id, ExportForm form, const QString& path);
    /// The rows of a table, or null if there is none of that name.
    [[nodiscard]] std::unique_ptr<QAbstractItemModel> table(const QString& id) const;
    /// Whether the last SVG holds the view as a picture, because it had too many elements to draw each.
    [[nodiscard]] bool hasEmbedded() const { return m_hasEmbedded; }

private:
    [[nodiscard]] QImage picture(const QString& id, qreal ratio) const;
    [[nodiscard]] bool writeSvg(const QString& id, QIODevice& device);

    MainWindow* m_window;
    bool m_hasEmbedded = false;
};

} // namespace heapatlas
