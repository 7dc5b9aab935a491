// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "session/selection.h"
#include "ui/views/map/mapboxlayer.h"
#include "ui/views/map/mapcache.h"
#include "ui/views/map/maplayout.h"
#include "ui/views/map/mapoverlays.h"
#include "ui/views/map/mapscene.h"
#include "ui/views/map/mapsitelayer.h"
#include "ui/views/map/maptarget.h"

#include <QImage>
#include <QJsonObject>
#include <QTimer>
#include <QVariantAnimation>
#include <QWidget>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace heapatlas {

class HoverTip;
class MapItems;
class MapLoupe;

/// The main canvas of the map: input on one side, a cached picture on the other. Shows any snapshot; knows nothing of
/// documents. objectName "mapCanvas".
class MapCanvas : public QWidget
{
    Q_OBJECT
public:
    explicit MapCanvas(QWidget* parent = nullptr);
    ~MapCanvas() override;

    void setSnapshot(SnapshotPtr snapshot);
    [[nodiscard]] const SnapshotPtr& snapshot() const { return m_snapshot; }
    void setSelection(const Selection& selection);
    [[nodiscard]] const Selection& selection() const { return m_selection; }
    void setSlackShown(bool on);
    [[nodiscard]] bool isSlackShown() const { return m_isSlackShown; }
    void setIsolated(std::optional<MapState> state);
    /// What the fills mean; `changeSince` counts for MapColoring::Change.
    void setColoring(MapColoring way, std::uint64_t changeSince);
    /// The coloring of the snapshot that is shown, for a legend. Valid until the next change.
    [[nodiscard]] BlockColoring coloring() const;
    /// Fades the blocks of all other bands.
    void setIsolatedBand(std::optional<BlockColoring::Band> band);
    void setOverlayChoice(const MapOverlayChoice& choice);
    [[nodiscard]] const MapOverlayChoice& overlayChoice() const { return m_overlayChoice; }
    /// Drawn once they are of the snapshot's event.
    void setOverlays(HeapOverlaysPtr overlays);
    void setSiteResolver(SiteResolver resolver);
    /// The site whose blocks stand out, others faded; 0: none. `siteOf` tells the site of a call stack.
    void setSite(std::uint32_t site, std::function<std::uint32_t(std::uint32_t stack)> siteOf);
    /// Fades what is outside a box of time × address.
    void setBox(const std::optional<BoxFilter>& box);
    /// Dims the picture: it is of an older event than the one asked for.
    void setStale(bool isStale);
    /// What is known of the bytes that are seen at Bytes level; see MapLayout::byteWindows().
    void setBytes(std::vector<HeapBytesPtr> bytes);
    /// The field or byte that is chosen in the selection; empty: none.
    void setByteRange(AddressRange range);
    [[nodiscard]] AddressRange byteRange() const { return m_byteRange; }

    [[nodiscard]] const MapLayout& layoutNow() const { return m_layout; }
    [[nodiscard]] MapLevel level() const { return m_layout.level(); }
    /// Jumps to a level, centred on the selection, else on the middle of what is seen.
    void setLevel(MapLevel level);
    /// Zooms so that the device-independent `point` stays where it is.
    void zoomAt(QPointF point, double factor);
    void fit();
    /// What a click on it does.
    void choose(const Selection& selection) { requestSelection(selection); }
    void revealSelection();
    /// Puts the chunk's first page row at the top.
    void showChunk(std::uint32_t chunkRow);
    /// The chunk in the middle of the canvas: row of chunks(), unset when there is none.
    [[nodiscard]] std::optional<std::uint32_t> chunkInView() const;
    /// Addresses of the visible pages, whole page rows; may span chunks. Empty when nothing is seen.
    [[nodiscard]] AddressRange visibleRange() const;
    [[nodiscard]] std::size_t visiblePages() const;
    /// Zoom and position, to come back to, in a canvas of another size, too.
    struct Place
    {
        double pageWidth = 0; ///< device-independent pixels
        Address middle; ///< of the page that is in the middle of the canvas, or next to it
        QPointF into { 0.5, 0.5 }; ///< where the middle is from that page's upper left corner, in pages

        [[nodiscard]] QJsonObject toJson() const;
        /// What is missing is in the middle of the page; without a page width it leads nowhere.
        [[nodiscard]] static Place fromJson(const QJsonObject& json);
    };
    [[nodiscard]] Place place() const;
    void goToPlace(const Place& place);

    /// Pages and rings, without legend: what the widget shows, at another size or ratio.
    [[nodiscard]] QImage picture(QSize size, qreal devicePixelRatio) const;
    /// What the widget shows, at any ratio, without legend.
    [[nodiscard]] QImage shownPicture(qreal devicePixelRatio) const;
    /// The same as shapes; false, and nothing is painted, where they would be too many.
    bool paintShapes(QPainter& painter) const;
    [[nodiscard]] bool isAnimating() const;

Q_SIGNALS:
    void selectionRequested(const heapatlas::Selection& selection);
    void byteRangeRequested(heapatlas::AddressRange range); ///< after selectionRequested()
    void levelChanged(heapatlas::MapLevel level);
    /// Zoom, scroll, size or snapshot changed what is seen.
    void viewChanged();
    void hintChanged(const QString& text);
    void firstAllocationRequested();
    void slackToggleRequested();
    void isolationCleared(); ///< Esc while the legend isolates
    void siteCleared(); ///< Esc while a site stands out
    void boxCleared(); ///< Esc while a box does

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void rebuild(double pageWidth, QPointF anchor);
    void zoomTo(double pageWidth, QPointF anchor, bool isAnimated);
    void centreOn(AddressRange range);
    void moveBy(const std::function<void()>& move);
    void scrollBy(QPoint device);
    [[nodiscard]] MapLayout shownLayout(qreal ratio) const;
    void markDirty();
    void afterChange(MapLevel before);
    void updateHover(QPointF point);
    void showTip();
    bool showLoupe();
    void hideHints();
    [[nodiscard]] QStringList linesAt(QPointF point) const;
    void moveSelection(int key);
    void moveByPages(int dx, int dy);
    void moveByChunk(bool isForward);
    void moveByByte(int key);
    void chooseByte(Address address);
    void followPointer();
    [[nodiscard]] HeapBytesPtr bytesAt(Address address) const;
    [[nodiscard]] QStringList byteLinesAt(const MapTarget& target, Address address) const;
    void requestSelection(const Selection& selection);
    void stepLevel(int direction);
    [[nodiscard]] Selection selectionAt(QPointF point) const;
    [[nodiscard]] MapTarget targetUnder(QPointF point) const;
    [[nodiscard]] QPoint toDevice(QPointF point) const;
    [[nodiscard]] QPointF middle() const;
    void paintRings(QPainter& painter, const MapLayout& layout, const Selection& hover) const;
    void paintEmpty(QPainter& painter, QSize size) const;
    [[nodiscard]] QRectF emptyButton(QSize size) const;
    [[nodiscard]] bool isEmpty() const;
    void render(QImage& into, const MapLayout& layout, MapCache& cache) const;
    [[nodiscard]] std::uint32_t firstChunk() const;
    void describe();

    std::unique_ptr<MapItems> m_items; ///< before all that may be asked about
    SnapshotPtr m_snapshot;
    Selection m_selection;
    Selection m_hover;
    Address m_hoverAt; ///< of what has a tip but no ring
    MapLayout m_layout;
    SiteResolver m_siteResolver;
    mutable MapSiteLayer m_siteLayer;
    mutable MapBoxLayer m_boxLayer;
    std::optional<MapState> m_isolated;
    MapColoring m_way = MapColoring::SizeClass;
    std::uint64_t m_changeSince = 0;
    mutable SiteBands m_bands; ///< a cache
    std::optional<BlockColoring::Band> m_isolatedBand;
    MapOverlayChoice m_overlayChoice;
    HeapOverlaysPtr m_overlays;
    MapLoupe* m_loupe;
    bool m_isSlackShown = true;
    bool m_isStale = false;
    bool m_hasFitted = false; ///< the first snapshot has chosen level and place
    bool m_isDirty = true;
    std::vector<HeapBytesPtr> m_bytes;
    AddressRange m_byteRange;
    MapCache m_cache;
    QImage m_picture;
    QImage m_fadingOut; ///< the picture of the level before, during the cross-fade
    QVariantAnimation m_fade;
    QVariantAnimation m_zoom;
    QPointF m_zoomAnchor;
    double m_zoomTarget = 0;
    QTimer m_hoverTimer;
    HoverTip* m_tip;
    QPointF m_pointer;
    QPointF m_pressedAt;
    QPoint m_scrollAtPress;
    bool m_isPressed = false;
    bool m_isPanning = false;
    bool m_showsFocus = false; ///< the focus came by key
};

} // namespace heapatlas
