// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "model/heapsnapshot.h"
#include "session/selection.h"
#include "ui/views/map/maplevel.h"

#include <QImage>
#include <QSize>
#include <QString>
#include <QWidget>

#include <functional>
#include <memory>

namespace heapatlas {

class Document;
class MapCanvas;

/// The view Map: header (title, breadcrumb, level switch, slack, fit), overview column, canvas and legend.
/// Asks the document for the detail and the address window that it shows. objectName "mapView".
class MapView : public QWidget
{
    Q_OBJECT
public:
    explicit MapView(QWidget* parent = nullptr);
    ~MapView() override;

    /// Null shows an empty canvas. The document is not owned and may die before the view.
    void setDocument(Document* document);
    [[nodiscard]] Document* document() const;
    /// Shows a snapshot without a document, for pictures and tests.
    void showSnapshot(SnapshotPtr snapshot);
    void showSelection(const Selection& selection);

    [[nodiscard]] MapLevel level() const;
    [[nodiscard]] bool isSlackShown() const;
    /// Names the allocation site of a call stack in slots and tooltips, for example "Order::add"; empty if
    /// unknown. Without a resolver slots show their size.
    void setSiteResolver(std::function<QString(std::uint32_t stack)> resolver);

    /// The canvas alone (gutter, pages, legend) as a picture of `size` device-independent pixels, at the
    /// level, place and selection on screen: for `--picture`.
    [[nodiscard]] QImage renderPicture(QSize size, qreal devicePixelRatio);
    /// True when what was asked of the document is there and drawn: for `--screenshot`.
    [[nodiscard]] bool isSettled() const;
    /// The canvas, which takes the keys and the focus.
    [[nodiscard]] QWidget* canvas() const;

public Q_SLOTS:
    /// Jumps to a level, centred on the selection (else on what is in the middle).
    void setLevel(heapatlas::MapLevel level);
    void setSlackShown(bool on);
    /// Pans by the least so that the selection is seen.
    void revealSelection();
    void zoomIn();
    void zoomOut();
    /// The whole heap at Heap level, one chunk at Chunk level.
    void fit();

Q_SIGNALS:
    void levelChanged(heapatlas::MapLevel level);
    /// What is under the pointer in one line, for the status bar; empty when nothing.
    void hintChanged(const QString& text);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace heapatlas
