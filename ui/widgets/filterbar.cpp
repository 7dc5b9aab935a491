// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/filterbar.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/widgets/painting.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

namespace heapatlas {

FilterBar::FilterBar(QWidget* parent)
    : QWidget(parent)
    , m_clear(new QToolButton(this))
{
    setObjectName(QStringLiteral("filterBar"));
    setFixedHeight(fonts::scaled(32));
    m_clear->setObjectName(QStringLiteral("filterClear"));
    m_clear->setAccessibleName(tr("Show all blocks"));
    m_clear->setToolTip(tr("Show all blocks (Esc)"));
    m_clear->setIcon(icons::icon(u"close"));
    m_clear->setFocusPolicy(Qt::TabFocus);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 2, 8, 2);
    row->addStretch(1);
    row->addWidget(m_clear);
    hide();
    connect(m_clear, &QToolButton::clicked, this, &FilterBar::clearRequested);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

void FilterBar::setFilter(const QString& name, const QString& detail)
{
    m_name = name;
    m_detail = detail;
    setVisible(!name.isEmpty());
    setAccessibleName(name);
    setAccessibleDescription(detail);
    update();
}

void FilterBar::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.selectTint);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.line);
    const QRectF box = QRectF(rect()).adjusted(16, 0, -44, 0);
    const double width = painting::elided(painter, box, fonts::bodyStrong(), theme.text, m_name);
    painting::elided(painter, box.adjusted(width + 10, 0, 0, 0), fonts::body(), theme.text2, m_detail);
}

} // namespace heapatlas
