// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "model/heapsnapshot.h"
#include "session/selection.h"
#include "ui/views/map/mapcoloring.h"
#include "ui/views/map/maplevel.h"
#include "ui/views/map/mapoverlays.h"
#include "ui/widgets/traceview.h"

#include <QImage>
#include <QSize>
#include <QString>

#include <functional>
#include <memory>

namespace heapatlas {

class Document;
class MapCanvas;

/// The view Map: header (title, breadcrumb, level switch, slack, fit), overview column, canvas and legend.
/// Asks the document for the detail and the address window that it shows. objectName "mapView".
class MapView : public TraceView
{
    Q_OBJECT
public:
    explicit MapView(QWidget* parent = nullptr);
    ~MapView() override;

    void setDocument(Document* document) override;
    [[nodiscard]] Document* document() const;
    /// Shows a snapshot without a document, for pictures and tests.
    void showSnapshot(SnapshotPtr snapshot);
    void showSelection(const Selection& selection);

    [[nodiscard]] MapLevel level() const;
    [[nodiscard]] bool isSlackShown() const;
    [[nodiscard]] MapColoring coloring() const;
    [[nodiscard]] MapOverlayChoice overlays() const;
    /// Names the allocation site of a call stack in slots and tooltips, for example "Order::add"; empty if
    /// unknown. Without a resolver slots show their size.
    void setSiteResolver(std::function<QString(std::uint32_t stack)> resolver);

    /// The canvas alone (gutter, pages, legend) as a picture of `size` device-independent pixels, at the
    /// level, place and selection on screen: for `--picture`.
    [[nodiscard]] QImage renderPicture(QSize size, qreal devicePixelRatio) override;
    [[nodiscard]] QImage shownPicture(qreal devicePixelRatio) override;
    [[nodiscard]] QSize shownSize() const override;
    [[nodiscard]] bool isSettled() const override;
    [[nodiscard]] QWidget* canvas() const override;
    [[nodiscard]] QJsonObject place() const override;
    void goToPlace(const QJsonObject& place) override;
    [[nodiscard]] QJsonObject setup() const override;
    void restoreSetup(const QJsonObject& setup) override;
    /// At Page and Slot level.
    bool paintShapes(QPainter& painter) override;

public Q_SLOTS:
    /// Jumps to a level, centred on the selection (else on what is in the middle).
    void setLevel(heapatlas::MapLevel level);
    void setSlackShown(bool on);
    void setColoring(heapatlas::MapColoring way);
    void setOverlays(const heapatlas::MapOverlayChoice& choice);
    void revealSelection() override;
    void zoomIn() override;
    void zoomOut() override;
    /// The whole heap at Heap level, one chunk at Chunk level.
    void fit() override;

Q_SIGNALS:
    void levelChanged(heapatlas::MapLevel level);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace heapatlas
