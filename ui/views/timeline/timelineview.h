// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/timeline/timelinelayout.h"

#include <QPointer>
#include <QWidget>

#include <memory>

namespace heapatlas {

class Document;
class Playback;
class TimelineChart;
class TimelineLegend;
class Transport;
class UsageTable;

/// The timeline of a document: transport, legend with the values at the cursor, chart. Moves the document's cursor and
/// nothing else.
class TimelineView : public QWidget
{
    Q_OBJECT
public:
    explicit TimelineView(QWidget* parent = nullptr);

    /// Null: nothing to show. The document is not owned and may die before the view.
    void setDocument(Document* document);
    /// The same as rows, for exports.
    [[nodiscard]] std::unique_ptr<UsageTable> makeTable() const;
    [[nodiscard]] TimelineChart* chart() const { return m_chart; }
    [[nodiscard]] Playback* playback() const { return m_playback; }
    [[nodiscard]] TimelineLegend* legend() const { return m_legend; }
    [[nodiscard]] Transport* transport() const { return m_transport; }

public Q_SLOTS:
    /// To the marker before or after the cursor, if there is one.
    void jump(heapatlas::timelinelayout::Wanted wanted, bool forward);
    void goTo(std::uint64_t event);
    /// The range begins, or ends, at the cursor; its other end stays if it can, else it is the trace's.
    void startRange();
    void endRange();
    void clearRange();
    /// The curve of the range, or else of what is seen, in a window of its own.
    void showTable();

Q_SIGNALS:
    /// The user moved the cursor here: by dragging, playing or a key.
    void cursorMovedByUser();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void takeProgress();
    void takeCursor();
    void takeSnapshot();
    void takeSelection();
    void takeRange();

    QPointer<Document> m_document;
    Playback* m_playback;
    Transport* m_transport;
    TimelineLegend* m_legend;
    TimelineChart* m_chart;
};

} // namespace heapatlas
