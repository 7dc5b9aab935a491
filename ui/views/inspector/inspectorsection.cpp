// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inspector/inspectorsection.h"

#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"

#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace heapatlas {

void inspector::setInk(QWidget* widget, const QColor& color)
{
    QPalette palette = widget->palette();
    palette.setColor(QPalette::WindowText, color);
    widget->setPalette(palette);
}

InspectorSection::InspectorSection(const QString& title, const char* name, QWidget* parent)
    : QWidget(parent)
    , m_title(new QLabel(title, this))
    , m_body(new QVBoxLayout)
{
    setObjectName(QLatin1String(name));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 11, 0, 12);
    column->setSpacing(5);
    m_title->setContentsMargins(padding, 0, padding, 0);
    column->addWidget(m_title);
    column->addLayout(m_body);
    m_body->setSpacing(0);
    InspectorSection::dress();
}

void InspectorSection::setTitle(const QString& title) { m_title->setText(title); }

void InspectorSection::dress()
{
    m_title->setFont(fonts::ui(12, QFont::DemiBold));
    inspector::setInk(m_title, Theme::current().text2);
}

void InspectorSection::paintEvent(QPaintEvent*)
{
    QPainter(this).fillRect(QRect(0, 0, width(), 1), Theme::current().line);
}

} // namespace heapatlas
