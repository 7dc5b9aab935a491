// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "ui/views/map/mapscene.h"

#include <QString>
#include <QWidget>

namespace heapatlas {

/// One page at eight rows, for levels at which its slots are too small to tell apart. A child of the canvas' window;
/// the mouse passes through it. objectName "mapLoupe".
class MapLoupe : public QWidget
{
    Q_OBJECT
public:
    static constexpr int rows = 8;

    explicit MapLoupe(QWidget* canvas);

    /// Shows the page that begins at `page`, beside `item` (the page on the canvas, in the canvas' coordinates). The
    /// scene's snapshot is kept by the caller until the next call or hide().
    void showPage(
        const MapScene& scene, const SnapshotPtr& snapshot, Address page, QPoint pointer, const QRect& item);
    [[nodiscard]] Address page() const { return m_page; }
    [[nodiscard]] const QString& title() const { return m_title; }
    [[nodiscard]] const QStringList& notes() const { return m_notes; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void describe(const MapScene& scene, const RegionRow& region);
    void paintPage(QPainter& painter, const QRectF& box) const;

    QWidget* m_canvas;
    SnapshotPtr m_snapshot;
    Address m_page;
    bool m_isSlackShown = true;
    BlockColoring m_coloring; ///< looks at the canvas' sites
    std::optional<BlockColoring::Band> m_isolatedBand;
    QString m_title;
    QString m_subtitle;
    QStringList m_notes;
};

} // namespace heapatlas
