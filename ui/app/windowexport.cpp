// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/app/windowexport.h"

#include "session/document.h"
#include "session/settings.h"
#include "session/tableexport.h"
#include "session/tracetables.h"
#include "session/wording.h"
#include "ui/app/mainwindow.h"
#include "ui/theme/theme.h"
#include "ui/views/bookmarks/bookmarkmodel.h"
#include "ui/views/inspector/inspectorview.h"
#include "ui/views/timeline/timelinechart.h"
#include "ui/views/timeline/timelineview.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/tabledialog.h"
#include "ui/widgets/traceview.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QPainter>
#include <QSaveFile>
#include <QStandardPaths>
#include <QSvgGenerator>
#include <QTimer>

#include <utility>

namespace heapatlas {

namespace {

const auto folderKey = QStringLiteral("export/folder");
const auto itemKey = QStringLiteral("export/item");
constexpr int waitMs = 50;

RowTable::Column column(const char* key, const QString& title) { return { QString::fromLatin1(key), title }; }

std::unique_ptr<RowTable> tableOf(const QList<Bookmark>& list)
{
    return std::make_unique<RowTable>(
        QList<RowTable::Column> { column("event", WindowExport::tr("Event")),
            column("name", WindowExport::tr("Name")), column("note", WindowExport::tr("Note")),
            column("view", WindowExport::tr("View")), column("selection", WindowExport::tr("Selection")),
            column("address", WindowExport::tr("Address")) },
        static_cast<int>(list.size()), [list](int row, int at) -> QVariant {
            const Bookmark& bookmark = list[row];
            const bool hasSelection = bookmark.place.selection.what != Selection::What::Nothing;
            switch (at) {
            case 0:
                return QVariant::fromValue<qulonglong>(bookmark.place.event);
            case 1:
                return bookmark.name;
            case 2:
                return bookmark.note;
            case 3:
                return bookmark.place.view;
            case 4:
                return hasSelection ? selectionWord(bookmark.place.selection.what) : QString();
            default:
                return hasSelection ? addressText(bookmark.place.selection.range.begin) : QString();
            }
        });
}

std::unique_ptr<RowTable> tableOf(const InspectorFacts& facts)
{
    QList<std::pair<QString, QString>> rows;
    if (!facts.title.isEmpty())
        rows << std::pair(WindowExport::tr("Selected"), facts.title)
             << std::pair(WindowExport::tr("Address"), addressText(facts.address));
    for (const InspectorFacts::Row& row : facts.where)
        rows << std::pair(row.name, row.value);
    if (facts.life)
        rows << std::pair(
            WindowExport::tr("Life"), facts.life->bornText + QStringLiteral(", ") + facts.life->stateText);
    for (const Frame& frame : facts.allocatedBy)
        rows << std::pair(WindowExport::tr("Allocated by"), wording::site(frame));
    for (const Frame& frame : facts.freedBy)
        rows << std::pair(WindowExport::tr("Freed by"), wording::site(frame));
    return std::make_unique<RowTable>(QList<RowTable::Column> { column("fact", WindowExport::tr("Fact")),
                                          column("value", WindowExport::tr("Value")) },
        static_cast<int>(rows.size()),
        [rows](int row, int at) -> QVariant { return at == 0 ? rows[row].first : rows[row].second; });
}

} // namespace

WindowExport::WindowExport(MainWindow* window)
    : QObject(window)
    , m_window(window)
{
}

QList<ExportItem> WindowExport::items() const
{
    QList<ExportItem> list;
    for (const auto& [name, title] : m_window->viewNames())
        list << ExportItem { name, title, false, tr("The canvas of the view as it stands, with its legend."),
            false };
    list << ExportItem { QStringLiteral("timeline"), tr("Timeline"), false,
        tr("The stretch of the timeline that is shown."), false };
    list << ExportItem { QStringLiteral("window"), tr("Whole window"), false,
        tr("Everything as it stands on the screen."), false };
    const std::pair<const char*, QString> tables[] = { { "blocks", tr("Blocks in view") },
        { "regions", tr("Runs and free pages") }, { "chunks", tr("Chunks") }, { "sites", tr("Sites") },
        { "markers", tr("Checkpoints and GC runs") }, { "usage", tr("Usage over time") },
        { "bookmarks", tr("Bookmarks") }, { "inspector", tr("Inspector") } };
    for (const auto& [name, title] : tables) {
        const QString id = QString::fromLatin1(name);
        const std::unique_ptr<QAbstractItemModel> rows = table(id);
        const int count = rows == nullptr ? 0 : rows->rowCount();
        QString note =
            count == 1 ? tr("1 row.") : tr("%1 rows.").arg(wording::count(static_cast<std::uint64_t>(count)));
        if (count == 0) {
            note = id == u"blocks"
                ? tr("The map shows single blocks from Page level on. Zoom in to have some.")
                : id == u"sites"     ? tr("The sites are being counted.")
                : id == u"inspector" ? tr("Nothing is selected.")
                                     : tr("There are none.");
        }
        list << ExportItem { id, title, true, note, count == 0 };
    }
    return list;
}

std::unique_ptr<QAbstractItemModel> WindowExport::table(const QString& id) const
{
    const Document* document = m_window->document();
    if (document == nullptr)
        return nullptr;
    if (id == u"blocks")
        return tracetables::blocks(*document);
    if (id == u"regions")
        return tracetables::regions(*document);
    if (id == u"chunks")
        return tracetables::chunks(*document);
    if (id == u"sites")
        return tracetables::sites(*document);
    if (id == u"markers")
        return tracetables::markers(*document);
    if (id == u"usage")
        return tracetables::usage(*document);
    if (id == u"bookmarks")
        return tableOf(m_window->bookmarks()->list());
    if (id == u"inspector")
        return tableOf(m_window->inspector()->facts());
    return nullptr;
}

void WindowExport::ask()
{
    const QString last = Settings::instance().value(itemKey).toString();
    auto* dialog = new ExportDialog(items(), last.isEmpty() ? m_window->currentViewName() : last, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (Document* document = m_window->document()) {
        connect(document, &Document::sitesChanged, dialog, [this, dialog] { dialog->setItems(items()); });
        document->requestSites();
    }
    connect(dialog, &ExportDialog::tableRequested, this, &WindowExport::showTable);
    connect(dialog, &ExportDialog::exportRequested, this, [this](const QString& id, ExportForm form) {
        Settings::instance().setValue(itemKey, id);
        ask(id, form);
    });
    dialog->open();
}

void WindowExport::ask(const QString& id, ExportForm form)
{
    if (m_window->document() == nullptr)
        return;
    if (m_window->viewNamed(id) != nullptr)
        m_window->showView(id); // one that is not visible does not work, so it has nothing to write
    QString folder = Settings::instance().value(folderKey).toString();
    if (folder.isEmpty() || !QFileInfo(folder).isDir())
        folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    const QString suffix = suffixOf(form);
    QFileDialog dialog(m_window, tr("Export"), folder, tr("%1 files (*.%2)").arg(suffix.toUpper(), suffix));
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setDefaultSuffix(suffix); // before it asks whether to replace a file
    dialog.selectFile(QStringLiteral("%1-%2-%3.%4")
                          .arg(QFileInfo(m_window->document()->path()).completeBaseName())
                          .arg(m_window->document()->cursor())
                          .arg(id, suffix));
    if (dialog.exec() != QDialog::Accepted || dialog.selectedFiles().isEmpty())
        return;
    const QString path = dialog.selectedFiles().front();
    m_pending = Pending { id, formOf(path, form), path, m_window->document() };
    writePending();
}

ExportForm WindowExport::formOf(const QString& path, ExportForm chosen)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    const auto isTable = [](ExportForm form) { return form >= ExportForm::Csv; };
    if (suffix == suffixOf(chosen))
        return chosen;
    for (const ExportForm form : { ExportForm::Png1, ExportForm::Svg, ExportForm::Csv, ExportForm::Json }) {
        if (suffix == suffixOf(form) && isTable(form) == isTable(chosen))
            return form;
    }
    return chosen;
}

/// Waits until the view has drawn what it shows.
void WindowExport::writePending()
{
    if (!m_pending || m_pending->document != m_window->document()) {
        m_pending.reset();
        return;
    }
    const TraceView* view = m_window->viewNamed(m_pending->id);
    if (view != nullptr && view == m_window->currentView() && !view->isSettled()) {
        m_window->tell(tr("The picture is written when the view is drawn"));
        QTimer::singleShot(waitMs, this, &WindowExport::writePending);
        return;
    }
    const Pending done = *std::exchange(m_pending, std::nullopt);
    const QString problem = write(done.id, done.form, done.path);
    m_window->tell(problem.isEmpty() ? tr("Written to %1").arg(done.path) : QString());
    if (!problem.isEmpty()) {
        m_window->errorBar()->showMessage(ErrorBar::Severity::Error, problem, done.path);
        return;
    }
    Settings::instance().setValue(folderKey, QFileInfo(done.path).absolutePath());
    if (done.form == ExportForm::Svg && m_hasEmbedded) {
        m_window->errorBar()->showMessage(ErrorBar::Severity::Note,
            done.id == u"map" ? tr(
                "The SVG holds the map as a picture: at this level it has too many elements to draw each. "
                "At Page and Slot level it is made of shapes.")
                              : tr("The SVG holds a picture: there are too many elements to draw each."),
            done.path);
    }
}

void WindowExport::showTable(const QString& id)
{
    std::unique_ptr<QAbstractItemModel> rows = table(id);
    if (rows == nullptr)
        return;
    QString title;
    for (const ExportItem& item : items()) {
        if (item.id == id)
            title = item.title;
    }
    auto* dialog = new TableDialog(std::move(rows), title, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->show();
}

QImage WindowExport::picture(const QString& id, qreal ratio) const
{
    if (TraceView* view = m_window->viewNamed(id))
        return view->shownPicture(ratio);
    if (id == u"timeline")
        return m_window->timeline()->chart()->picture(ratio);
    QImage image((QSizeF(m_window->size()) * ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    m_window->render(&image);
    return image;
}

bool WindowExport::writeSvg(const QString& id, QIODevice& device)
{
    m_hasEmbedded = false;
    TraceView* view = m_window->viewNamed(id);
    TimelineChart* chart = m_window->timeline()->chart();
    const QSize size = view != nullptr ? view->shownSize()
        : id == u"timeline"            ? chart->size()
                                       : m_window->size();
    QSvgGenerator generator;
    generator.setOutputDevice(&device);
    generator.setResolution(96);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(0, 0), size));
    generator.setTitle(QStringLiteral("%1, %2").arg(QFileInfo(m_window->document()->path()).fileName(), id));
    if (id == u"timeline")
        return chart->paintInto(&generator);
    QPainter painter;
    if (!painter.begin(&generator))
        return false;
    if (view == nullptr || !view->paintShapes(painter)) {
        m_hasEmbedded = true;
        painter.drawImage(QRect(QPoint(0, 0), size), picture(id, 2));
    }
    return painter.end();
}

QString WindowExport::write(const QString& id, ExportForm form, const QString& path)
{
    const std::unique_ptr<QAbstractItemModel> rows =
        form >= ExportForm::Csv ? table(id) : std::unique_ptr<QAbstractItemModel>();
    QSaveFile file(path);
    bool isGood = m_window->document() != nullptr && file.open(QIODevice::WriteOnly);
    if (isGood) {
        switch (form) {
        case ExportForm::Csv:
            isGood = rows != nullptr && tableexport::writeCsv(*rows, file);
            break;
        case ExportForm::Json:
            isGood = rows != nullptr && tableexport::writeJson(*rows, file);
            break;
        case ExportForm::Svg:
            isGood = writeSvg(id, file);
            break;
        default:
            isGood = picture(id, 1 + static_cast<int>(form)).save(&file, "PNG");
        }
    }
    if (isGood && file.commit())
        return {};
    return file.errorString().isEmpty()
        ? tr("%1 could not be written. Choose another folder.").arg(path)
        : tr("%1 could not be written (%2). Choose another folder.").arg(path, file.errorString());
}

} // namespace heapatlas
