// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/traceview.h"

#include <memory>

namespace heapatlas {

class SpacetimeCanvas;
class SpacetimeController;

/// The view Space–time: header, every chunk as a band over the time of the trace, a lens with a few pages block by block,
/// legend. Works only while it is visible. objectName "spacetimeView".
class SpacetimeView : public TraceView
{
    Q_OBJECT
public:
    explicit SpacetimeView(QWidget* parent = nullptr);
    ~SpacetimeView() override;

    void setDocument(Document* document) override;
    [[nodiscard]] QWidget* canvas() const override;
    [[nodiscard]] SpacetimeCanvas* spacetimeCanvas() const;
    [[nodiscard]] SpacetimeController* controller() const; ///< null without a document
    [[nodiscard]] QImage renderPicture(QSize size, qreal devicePixelRatio) override;
    [[nodiscard]] QSize shownSize() const override;
    [[nodiscard]] bool isSettled() const override;
    [[nodiscard]] QJsonObject place() const override;
    void goToPlace(const QJsonObject& place) override;
    [[nodiscard]] QJsonObject setup() const override; ///< the divider and the colours
    void restoreSetup(const QJsonObject& setup) override;

public Q_SLOTS:
    void revealSelection() override;
    void zoomIn() override;
    void zoomOut() override;
    void fit() override;

Q_SIGNALS:
    void fullScreenRequested();

protected:
    void showEvent(QShowEvent* event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace heapatlas
