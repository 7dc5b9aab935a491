// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/loadingbar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

#include <algorithm>

namespace heapatlas {

namespace {

constexpr int barSteps = 1000;

} // namespace

LoadingBar::LoadingBar(QWidget* parent)
    : QWidget(parent)
    , m_what(new QLabel(this))
    , m_detail(new QLabel(this))
    , m_bar(new QProgressBar(this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
{
    setObjectName(QStringLiteral("loadingBar"));
    setProperty("role", QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    m_what->setObjectName(QStringLiteral("loadingWhat"));
    m_detail->setObjectName(QStringLiteral("loadingDetail"));
    m_detail->setProperty("role", QStringLiteral("secondary"));
    m_bar->setObjectName(QStringLiteral("loadingProgress"));
    m_bar->setAccessibleName(tr("Progress"));
    m_bar->setTextVisible(false);
    m_cancel->setObjectName(QStringLiteral("loadingCancel"));
    m_cancel->setAccessibleName(tr("Cancel loading"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 6, 8, 6);
    row->setSpacing(12);
    row->addWidget(m_what);
    row->addWidget(m_bar, 1);
    row->addWidget(m_detail);
    row->addWidget(m_cancel);
    m_delay.setSingleShot(true);
    m_delay.setInterval(delayMs);
    connect(&m_delay, &QTimer::timeout, this, &QWidget::show);
    connect(m_cancel, &QPushButton::clicked, this, &LoadingBar::cancelRequested);
    hide();
}

void LoadingBar::showProgress(const QString& what, double progress, const QString& detail)
{
    m_what->setText(what);
    m_detail->setText(detail);
    m_bar->setRange(0, progress < 0 ? 0 : barSteps);
    if (progress >= 0)
        m_bar->setValue(static_cast<int>(std::clamp(progress, 0.0, 1.0) * barSteps));
    setAccessibleName(what);
    if (!m_isWorking) {
        m_isWorking = true;
        m_delay.start();
    }
}

void LoadingBar::finish()
{
    m_isWorking = false;
    m_delay.stop();
    hide();
}

} // namespace heapatlas
