// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/traceview.h"

#include <QPointer>

namespace heapatlas {

/// The view Space–time: every chunk as a band over the time of the trace. objectName "spacetimeView".
class SpacetimeView : public TraceView
{
    Q_OBJECT
public:
    explicit SpacetimeView(QWidget* parent = nullptr);

    void setDocument(Document* document) override;
    [[nodiscard]] QWidget* canvas() const override;
    [[nodiscard]] QImage renderPicture(QSize size, qreal devicePixelRatio) override;
    [[nodiscard]] bool isSettled() const override;

public Q_SLOTS:
    void revealSelection() override;
    void zoomIn() override;
    void zoomOut() override;
    void fit() override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QPointer<Document> m_document;
    QWidget* m_canvas;
};

} // namespace heapatlas
