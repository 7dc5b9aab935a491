// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/spacetime/spacetimeaccess.h"
#include "ui/views/spacetime/spacetimescene.h"

#include <QImage>
#include <QPointF>
#include <QTimer>
#include <QWidget>

#include <vector>

class QScrollBar;

namespace heapatlas {

class HoverTip;

/// The canvas of the space–time view: bands, lens and axis. Knows no document: it is told what to show and says what is
/// wanted. objectName "spacetimeCanvas".
class SpacetimeCanvas : public QWidget
{
    Q_OBJECT
public:
    explicit SpacetimeCanvas(QWidget* parent = nullptr);
    ~SpacetimeCanvas() override;

    void setGrids(SpacetimeGridPtr overview, SpacetimeGridPtr detail, std::uint64_t events);
    void setScale(EventScalePtr scale); ///< keeps the stretch that is seen
    void setLives(LifeBarsPtr lives);
    void setMarkers(std::vector<std::uint64_t> gcRuns, std::vector<std::uint64_t> checkpoints);
    void setMoment(std::uint64_t cursor, SnapshotPtr snapshot);
    void setSelection(const Selection& selection, std::optional<std::uint64_t> birth);
    void setFilter(const std::optional<BoxFilter>& filter);
    void setIsolated(std::optional<MapState> state);
    void setSiteResolver(SiteResolver resolver);
    void setOccupancyShown(bool on);
    /// Instead of a picture, while there is none.
    void setNotice(const QString& text);
    void clear();

    [[nodiscard]] const SpacetimeScene& scene() const { return m_scene; }
    [[nodiscard]] AddressRange window() const { return m_scene.lens; } ///< of the lens
    /// The stretch of positions that is seen.
    [[nodiscard]] std::uint64_t firstPosition() const;
    [[nodiscard]] std::uint64_t lastPosition() const;
    [[nodiscard]] unsigned columns() const; ///< device pixels of the axis
    void setRange(const AxisRange& range);
    void setWindow(AddressRange window);
    /// Brings the address into the lens, by the least move.
    void showAddress(Address address, Bytes size);
    void showSelectedLife();

    [[nodiscard]] double share() const { return m_share; } ///< of the chunks in the height
    void setShare(double share);

    // What a click on each does.
    void chooseBand(int band);
    void chooseHuge(const HugeBar& huge);
    void chooseBar(const LifeBar& bar);
    /// What the tip says of it, line by line.
    [[nodiscard]] QStringList describe(const LifeBar& bar) const;
    [[nodiscard]] QStringList describe(const HugeBar& bar) const;

    void zoomTime(double factor);
    void fitTime();
    [[nodiscard]] QImage picture(QSize size, double ratio) const;

Q_SIGNALS:
    void stretchChanged(); ///< what of the axis is seen, or how wide it is
    void windowChanged();
    /// A block was chosen; `position` is a moment at which it lives, the nearest one to the cursor.
    void blockChosen(heapatlas::AddressRange block, std::uint64_t position);
    void chunkChosen(heapatlas::AddressRange chunk);
    void selectionCleared();
    void cursorRequested(std::uint64_t position);
    void filterRequested(const std::optional<heapatlas::BoxFilter>& filter);
    void isolationCleared();
    void hintChanged(const QString& text);

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
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    enum class Drag : unsigned char
    {
        None,
        Pan,
        Lens,
        Divider,
        Box,
        Cursor,
    };
    struct Hit
    {
        const LifeBar* bar = nullptr;
        const HugeBar* huge = nullptr;
        int band = -1;
        std::uint32_t page = 0;
        QRectF rect;
        std::uint64_t position = 0;
    };

    [[nodiscard]] static SpacetimeLayout::Input inputFor(
        const SpacetimeScene& scene, QSize size, double share, double scroll);
    void relayout();
    void scrollToLens();
    void repaintData();
    [[nodiscard]] AxisRange whole() const;
    [[nodiscard]] double leastSpan() const;
    [[nodiscard]] bool isOnFrame(QPointF point) const;
    [[nodiscard]] Hit hitAt(QPointF point) const;
    void choose(const Hit& hit);
    void showPage(int band, Bytes page);
    void boxByKeys();
    void moveLens(int pages);
    void moveSelection(int dx, int dy);
    void showTip();
    void hideTip();
    void updateShape(QPointF point);
    [[nodiscard]] QStringList tipLines(const Hit& hit) const;
    [[nodiscard]] QStringList withSite(QStringList lines, std::uint32_t stack) const;
    [[nodiscard]] QString lifeLine(std::uint64_t born, std::uint64_t end) const;
    void finishBox();
    [[nodiscard]] bool escape();

    SpacetimeAccess m_access; ///< first: before anybody asks for an accessible interface
    SpacetimeScene m_scene;
    double m_share = 0.6;
    double m_scroll = 0;
    bool m_isScrolledByHand = false; ///< since the lens was moved
    QString m_notice;
    QImage m_bands;
    QImage m_lens;
    bool m_isBandsDirty = true;
    bool m_isLensDirty = true;
    QScrollBar* m_bar;
    HoverTip* m_tip;
    QTimer m_tipTimer;
    QPointF m_pointer;
    Drag m_drag = Drag::None;
    bool m_hasMoved = false;
    QPointF m_pressed;
    AxisRange m_pressedRange;
    double m_pressedScroll = 0;
    AddressRange m_pressedLens;
    std::vector<AxisRange> m_zooms; ///< to go back to by Backspace
};

} // namespace heapatlas
