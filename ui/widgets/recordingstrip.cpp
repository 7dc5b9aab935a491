// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/recordingstrip.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include <algorithm>

namespace heapatlas {

RecordingStrip::RecordingStrip(QWidget* parent)
    : QWidget(parent)
    , m_dot(new QLabel(this))
    , m_what(new QLabel(this))
    , m_figures(new QLabel(this))
    , m_stop(new QPushButton(tr("Stop"), this))
{
    setObjectName(QStringLiteral("recordingStrip"));
    setAccessibleName(tr("Recording"));
    m_what->setObjectName(QStringLiteral("recordingProgram"));
    m_figures->setObjectName(QStringLiteral("recordingFigures"));
    m_figures->setProperty("role", QStringLiteral("secondary"));
    m_stop->setObjectName(QStringLiteral("recordingStop"));
    m_stop->setAccessibleName(tr("Stop recording"));
    m_stop->setToolTip(tr("Ends the program. What was recorded stays."));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(4, 0, 4, 0);
    row->setSpacing(10);
    row->addWidget(m_dot);
    row->addWidget(m_what);
    row->addWidget(m_figures);
    row->addWidget(m_stop);
    row->addStretch(1);
    connect(m_stop, &QPushButton::clicked, this, [this] {
        m_stop->setEnabled(false);
        m_stop->setText(tr("Stopping…"));
        Q_EMIT stopRequested();
    });
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, &RecordingStrip::dress);
    dress();
}

QString RecordingStrip::clockText(qint64 elapsedMs)
{
    const qint64 seconds = std::max<qint64>(elapsedMs, 0) / 1000;
    const auto two = [](qint64 n) { return QStringLiteral("%1").arg(n, 2, 10, QLatin1Char('0')); };
    if (seconds < 3600)
        return QStringLiteral("%1:%2").arg(QString::number(seconds / 60), two(seconds % 60));
    return QStringLiteral("%1:%2:%3")
        .arg(QString::number(seconds / 3600), two(seconds / 60 % 60), two(seconds % 60));
}

void RecordingStrip::begin(const QString& program)
{
    m_what->setText(tr("Recording %1").arg(program));
    m_stop->setEnabled(true);
    m_stop->setText(tr("Stop"));
    setProgress(0, 0);
}

void RecordingStrip::setProgress(qint64 elapsedMs, qint64 bytes)
{
    m_figures->setText(
        tr("%1, %2 written")
            .arg(clockText(elapsedMs), wording::size(static_cast<Bytes>(std::max<qint64>(bytes, 0)))));
}

void RecordingStrip::showEvent(QShowEvent* event)
{
    dress(); // a style sheet takes fonts and colours away again when a widget gets its final parent
    QWidget::showEvent(event);
}

void RecordingStrip::dress()
{
    m_dot->setPixmap(icons::pixmap(u"record", 18, Theme::current().leakSuspect, devicePixelRatioF()));
    m_what->setFont(fonts::ui(13, QFont::Medium));
}

} // namespace heapatlas
