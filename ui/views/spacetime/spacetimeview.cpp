// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spacetime/spacetimeview.h"

#include "session/document.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"

#include <QPainter>
#include <QVBoxLayout>

namespace heapatlas {

SpacetimeView::SpacetimeView(QWidget* parent)
    : TraceView(parent)
    , m_canvas(new QWidget(this))
{
    setObjectName(QStringLiteral("spacetimeView"));
    setAccessibleName(tr("Space–time"));
    setMinimumSize(560, 320);
    m_canvas->setObjectName(QStringLiteral("spacetimeCanvas"));
    m_canvas->setAccessibleName(tr("Chunks over time"));
    m_canvas->setFocusPolicy(Qt::StrongFocus);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_canvas);
    setFocusProxy(m_canvas);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

void SpacetimeView::setDocument(Document* document)
{
    m_document = document;
    update();
}

QWidget* SpacetimeView::canvas() const { return m_canvas; }

QImage SpacetimeView::renderPicture(QSize size, qreal devicePixelRatio)
{
    QImage image((QSizeF(size) * devicePixelRatio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(devicePixelRatio);
    image.fill(Theme::current().canvas);
    return image;
}

bool SpacetimeView::isSettled() const { return true; }
void SpacetimeView::revealSelection() { }
void SpacetimeView::zoomIn() { }
void SpacetimeView::zoomOut() { }
void SpacetimeView::fit() { }

void SpacetimeView::paintEvent(QPaintEvent*) { QPainter(this).fillRect(rect(), Theme::current().canvas); }

} // namespace heapatlas
