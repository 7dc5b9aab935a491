// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QSize>
#include <QString>
#include <QWidget>

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
    /// True when what was asked of the document is there and drawn: for `--screenshot`.
    [[nodiscard]] virtual bool isSettled() const = 0;

public Q_SLOTS:
    /// Pans by the least so that the selection is seen.
    virtual void revealSelection() = 0;
    virtual void zoomIn() = 0;
    virtual void zoomOut() = 0;
    virtual void fit() = 0;

Q_SIGNALS:
    /// What is under the pointer in one line, for the status bar; empty when nothing.
    void hintChanged(const QString& text);
};

} // namespace heapatlas
