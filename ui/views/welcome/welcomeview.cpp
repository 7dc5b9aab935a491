// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/welcome/welcomeview.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/welcome/welcomecards.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace heapatlas {

namespace {

void setInk(QWidget* widget, const QColor& color)
{
    QPalette palette = widget->palette();
    palette.setColor(QPalette::WindowText, color);
    widget->setPalette(palette);
}

} // namespace

WelcomeView::WelcomeView(QWidget* parent)
    : QWidget(parent)
    , m_content(new QWidget)
    , m_grid(new QGridLayout(m_content))
    , m_start(nullptr)
    , m_recent(new QWidget(m_content))
    , m_samples(new QWidget(m_content))
    , m_recentCards(new QVBoxLayout)
    , m_sampleGrid(new QGridLayout)
{
    setObjectName(QStringLiteral("welcomeView"));
    setAccessibleName(tr("Welcome"));
    m_start = makeStart();

    auto* recentColumn = new QVBoxLayout(m_recent);
    recentColumn->setContentsMargins(0, 0, 0, 0);
    recentColumn->setSpacing(0);
    auto* recentHead = new QHBoxLayout;
    recentHead->addWidget(heading(tr("Recent"), m_recent));
    recentHead->addStretch(1);
    m_clear = new QPushButton(tr("Clear list"), m_recent);
    m_clear->setObjectName(QStringLiteral("welcomeClearRecent"));
    m_clear->setAccessibleName(tr("Clear the list of recent traces"));
    m_clear->setProperty("role", QStringLiteral("flat"));
    m_clear->setCursor(Qt::PointingHandCursor);
    connect(m_clear, &QPushButton::clicked, this, &WelcomeView::clearRecentRequested);
    recentHead->addWidget(m_clear);
    recentColumn->addLayout(recentHead);
    recentColumn->addSpacing(8);
    m_noRecent = new QLabel(tr("Traces that you record or open are listed here."), m_recent);
    m_noRecent->setObjectName(QStringLiteral("welcomeNoRecent"));
    m_noRecent->setWordWrap(true);
    recentColumn->addWidget(m_noRecent);
    m_recentCards->setSpacing(11);
    recentColumn->addLayout(m_recentCards);
    recentColumn->addStretch(1);

    auto* sampleColumn = new QVBoxLayout(m_samples);
    sampleColumn->setContentsMargins(0, 0, 0, 0);
    sampleColumn->setSpacing(0);
    sampleColumn->addWidget(heading(tr("Sample traces"), m_samples));
    sampleColumn->addSpacing(8);
    m_sampleGrid->setHorizontalSpacing(12);
    m_sampleGrid->setVerticalSpacing(12);
    m_sampleGrid->setColumnStretch(0, 1);
    m_sampleGrid->setColumnStretch(1, 1);
    sampleColumn->addLayout(m_sampleGrid);
    sampleColumn->addStretch(1);
    m_samples->hide();

    auto* scroll = new QScrollArea(this);
    scroll->setObjectName(QStringLiteral("welcomeScroll"));
    scroll->setAccessibleName(tr("Welcome"));
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(m_content);
    scroll->viewport()->setAutoFillBackground(false);
    m_content->setAutoFillBackground(false);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(scroll);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, &WelcomeView::dress);
    dress();
    arrange();
}

QLabel* WelcomeView::heading(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setMinimumHeight(fonts::scaled(32));
    m_headings << label;
    return label;
}

QWidget* WelcomeView::makeStart()
{
    auto* start = new QWidget(m_content);
    auto* column = new QVBoxLayout(start);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    m_logo = new QLabel(start);
    m_logo->setFixedSize(56, 56);
    m_name = new QLabel(tr("Heap Atlas"), start);
    m_tagline = new QLabel(tr("See where your memory lives"), start);
    auto* names = new QVBoxLayout;
    names->setSpacing(0);
    names->addStretch(1);
    names->addWidget(m_name);
    names->addWidget(m_tagline);
    names->addStretch(1);
    auto* brand = new QHBoxLayout;
    brand->setSpacing(16);
    brand->addWidget(m_logo);
    brand->addLayout(names, 1);
    column->addLayout(brand);
    column->addSpacing(32);
    QLabel* startHeading = heading(tr("Start"), start);
    startHeading->setMinimumHeight(0);
    column->addWidget(startHeading);
    column->addSpacing(4);
    m_record = new StartCard(QStringLiteral("record"), tr("Record a PHP script…"),
        tr("run it and watch every allocation"), QStringLiteral("Ctrl R"), true, start);
    m_record->setObjectName(QStringLiteral("welcomeRecord"));
    connect(m_record, &StartCard::clicked, this, &WelcomeView::recordRequested);
    auto* open = new StartCard(QStringLiteral("folder"), tr("Open a trace…"),
        tr(".hat files recorded before"), QStringLiteral("Ctrl O"), false, start);
    open->setObjectName(QStringLiteral("welcomeOpen"));
    connect(open, &StartCard::clicked, this, &WelcomeView::openRequested);
    column->addWidget(m_record);
    column->addWidget(open);
    column->addSpacing(24);
    QLabel* newHeading = heading(tr("New here?"), start);
    newHeading->setMinimumHeight(0);
    column->addWidget(newHeading);
    m_hint = new QLabel(tr("Drop any trace on this window, or open a sample: it is a small recorded heap, so "
                           "nothing needs to be installed."),
        start);
    m_hint->setWordWrap(true);
    column->addWidget(m_hint);
    column->addStretch(1);
    return start;
}

void WelcomeView::setRecentFiles(const std::vector<RecentFile>& files)
{
    while (QLayoutItem* item = m_recentCards->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    for (const RecentFile& file : files) {
        auto* card = new RecentCard(file, m_recent);
        const QString path = file.path;
        connect(card, &RecentCard::clicked, this, [this, card, path] {
            if (card->file().exists)
                Q_EMIT fileRequested(path);
            else
                Q_EMIT locateRecentRequested(path);
        });
        connect(
            card, &RecentCard::removeRequested, this, [this, path] { Q_EMIT removeRecentRequested(path); });
        connect(
            card, &RecentCard::locateRequested, this, [this, path] { Q_EMIT locateRecentRequested(path); });
        m_recentCards->addWidget(card);
    }
    m_noRecent->setVisible(files.empty());
    m_clear->setVisible(!files.empty());
}

void WelcomeView::setSamples(const QList<SampleTrace>& samples)
{
    for (SampleCard* card : m_sampleCards) {
        m_sampleGrid->removeWidget(card);
        card->deleteLater();
    }
    m_sampleCards.clear();
    for (const SampleTrace& sample : samples) {
        auto* card = new SampleCard(sample, m_samples);
        connect(card, &SampleCard::clicked, this, [this, path = sample.path] { Q_EMIT fileRequested(path); });
        m_sampleGrid->addWidget(
            card, static_cast<int>(m_sampleCards.size() / 2), static_cast<int>(m_sampleCards.size() % 2));
        m_sampleCards << card;
    }
    if (m_sampleCards.size() % 2 == 1) // the odd one has the whole row
        m_sampleGrid->addWidget(m_sampleCards.last(), static_cast<int>(m_sampleCards.size() / 2), 0, 1, 2);
    m_samples->setVisible(!samples.isEmpty());
}

void WelcomeView::setRecordHint(const QString& reason)
{
    m_record->setSubtitle(reason.isEmpty() ? tr("run it and watch every allocation") : reason);
}

void WelcomeView::arrange()
{
    const bool isWide = width() >= wideFrom;
    if (m_hasArranged && isWide == m_isWide)
        return;
    m_isWide = isWide;
    m_hasArranged = true;
    for (QWidget* part : { m_start, m_recent, m_samples })
        m_grid->removeWidget(part);
    m_grid->setContentsMargins(isWide ? 56 : 32, isWide ? 43 : 28, isWide ? 56 : 32, 24);
    m_grid->setHorizontalSpacing(isWide ? 56 : 36);
    m_grid->setVerticalSpacing(20);
    for (int column = 0; column < 3; ++column)
        m_grid->setColumnStretch(column, 0);
    m_start->setFixedWidth(336);
    m_grid->addWidget(m_start, 0, 0, isWide ? 1 : 2, 1);
    m_grid->addWidget(m_recent, 0, 1);
    m_grid->addWidget(m_samples, isWide ? 0 : 1, isWide ? 2 : 1);
    m_grid->setColumnStretch(1, 452);
    m_grid->setColumnStretch(2, isWide ? 596 : 0);
    m_grid->setRowStretch(0, isWide ? 1 : 0);
    m_grid->setRowStretch(1, isWide ? 0 : 1);
}

void WelcomeView::dress()
{
    const Theme& theme = Theme::current();
    m_logo->setPixmap(icons::applicationIcon().pixmap(QSize(56, 56), devicePixelRatioF()));
    m_name->setFont(fonts::ui(28, QFont::DemiBold));
    m_tagline->setFont(fonts::body());
    m_hint->setFont(fonts::body());
    m_noRecent->setFont(fonts::body());
    for (QLabel* label : m_headings) {
        const bool isSmall = label->parentWidget() == m_start;
        label->setFont(isSmall ? fonts::ui(13, QFont::DemiBold) : fonts::viewTitle());
        setInk(label, theme.text);
    }
    m_clear->setFont(fonts::secondary());
    m_clear->setStyleSheet(QStringLiteral("color: %1; padding: 2px 0 2px 4px;").arg(theme.text2.name()));
    setInk(m_name, theme.text);
    for (QLabel* label : { m_tagline, m_hint, m_noRecent })
        setInk(label, theme.text2);
    update();
}

void WelcomeView::showEvent(QShowEvent* event)
{
    dress(); // a style sheet takes fonts and colours away again when a widget gets its final parent
    QWidget::showEvent(event);
}

void WelcomeView::resizeEvent(QResizeEvent*) { arrange(); }

void WelcomeView::paintEvent(QPaintEvent*) { QPainter(this).fillRect(rect(), Theme::current().window); }

} // namespace heapatlas
