// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QJsonObject>
#include <QSize>
#include <QString>
#include <QWidget>

class QPainter;

namespace heapatlas {

class Document;

/// A view of the rail: what the window, its actions and `--picture` need of whichever is shown.
class TraceView : public QWidget
{
    Q_OBJECT
public:
    using QWidget::QWidget;

    /// Null shows an empty canvas. The document is not owned and may die before the view. A view that is not visible
    /// must not work for it.
    virtual void setDocument(Document* document) = 0;
    /// The part that takes the keys and the focus.
    [[nodiscard]] virtual QWidget* canvas() const = 0;
    /// The canvas alone as a picture of `size` device-independent pixels: for `--picture`.
    [[nodiscard]] virtual QImage renderPicture(QSize size, qreal devicePixelRatio) = 0;
    /// What is shown now, canvas and legend: for export. Device-independent pixels.
    [[nodiscard]] virtual QSize shownSize() const { return canvas()->size(); }
    [[nodiscard]] virtual QImage shownPicture(qreal devicePixelRatio)
    {
        return renderPicture(shownSize(), devicePixelRatio);
    }
    /// True when what was asked of the document is there and drawn: for `--screenshot`.
    [[nodiscard]] virtual bool isSettled() const = 0;
    /// Where in the view somebody looks (level, zoom, position), to come back with goToPlace(): for bookmarks and the
    /// history. Kept in files, so names stay.
    [[nodiscard]] virtual QJsonObject place() const { return {}; }
    virtual void goToPlace(const QJsonObject&) { }
    /// How the view is set (level, colours, what is shown), to begin with the next time. Kept in the settings.
    [[nodiscard]] virtual QJsonObject setup() const { return {}; }
    virtual void restoreSetup(const QJsonObject&) { }
    /// The same as shapes: for SVG. False, and nothing is painted, where they would be too many.
    virtual bool paintShapes(QPainter&) { return false; }

public Q_SLOTS:
    /// Pans by the least so that the selection is seen.
    virtual void revealSelection() = 0;
    virtual void zoomIn() = 0;
    virtual void zoomOut() = 0;
    virtual void fit() = 0;

Q_SIGNALS:
    /// What is under the pointer in one line, for the status bar; empty when nothing.
    void hintChanged(const QString& text);
    void placeChanged();
};

} // namespace heapatlas
