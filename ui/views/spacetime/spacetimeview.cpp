// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spacetime/spacetimeview.h"

#include "session/document.h"
#include "session/spacetimecontroller.h"
#include "session/viewplace.h"
#include "session/wording.h"
#include "ui/theme/thememanager.h"
#include "ui/views/map/maplegend.h"
#include "ui/views/spacetime/spacetimecanvas.h"
#include "ui/views/spacetime/spacetimeheader.h"
#include "ui/widgets/loadingbar.h"
#include "ui/widgets/segmentedswitch.h"

#include <QComboBox>
#include <QJsonObject>
#include <QPainter>
#include <QPointer>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace heapatlas {

class SpacetimeView::Private
{
public:
    explicit Private(SpacetimeView* view)
        : q(view)
        , header(new SpacetimeHeader(view))
        , loading(new LoadingBar(view))
        , resume(new QPushButton(SpacetimeView::tr("Go on"), view))
        , canvas(new SpacetimeCanvas(view))
        , legend(new MapLegend(view))
    {
    }

    void takeGrid();
    void takeProgress();
    void takeMoment();
    void takeSelection();
    void takeFilter();
    void takeScale();
    void askStretch();
    void chooseUnit(int index);

    SpacetimeView* q;
    SpacetimeHeader* header;
    LoadingBar* loading;
    QPushButton* resume;
    SpacetimeCanvas* canvas;
    MapLegend* legend;
    QPointer<Document> document;
    std::unique_ptr<SpacetimeController> controller;
    std::size_t markersSeen = 0;
    std::optional<EventRange> boxRange; ///< that the filter brought with it
    bool isChoosing = false; ///< the selection that changes now is ours
};

void SpacetimeView::Private::takeGrid()
{
    if (!document)
        return;
    canvas->setGrids(controller->overview(), controller->detail(), document->eventCount());
    if (controller->isWorking()) {
        loading->showProgress(SpacetimeView::tr("Replaying for the picture"), controller->progress(),
            wording::percent(controller->progress()));
    } else {
        loading->finish();
    }
    resume->setVisible(controller->isCancelled());
    takeProgress();
}

void SpacetimeView::Private::takeProgress()
{
    if (!document)
        return;
    const auto markers = document->markers();
    if (markers && markers->size() != markersSeen) {
        markersSeen = markers->size();
        std::vector<std::uint64_t> gcRuns;
        std::vector<std::uint64_t> checkpoints;
        for (const Marker& marker : *markers) {
            if (std::holds_alternative<GcMarker>(marker.what))
                gcRuns.push_back(marker.event);
            else if (std::holds_alternative<CheckpointMarker>(marker.what))
                checkpoints.push_back(marker.event);
        }
        canvas->setMarkers(std::move(gcRuns), std::move(checkpoints));
    }
    const bool isLoaded =
        document->phase() == Document::Phase::Ready || document->phase() == Document::Phase::Failed;
    canvas->setNotice(!isLoaded ? SpacetimeView::tr("The picture is made when the trace has been read.")
            : document->eventCount() == 0 && document->phase() == Document::Phase::Failed
            ? SpacetimeView::tr("Nothing could be read of this trace.")
            : document->eventCount() == 0 ? SpacetimeView::tr(
                  "No events were recorded, so there is no time to look along. The map shows what was "
                  "there when the recording began.")
                                          : SpacetimeView::tr("Replaying…"));
}

void SpacetimeView::Private::takeMoment()
{
    if (!document)
        return;
    canvas->setMoment(document->cursor(), document->snapshot());
}

void SpacetimeView::Private::takeSelection()
{
    if (!document)
        return;
    const Selection selection = document->selection();
    const auto details = document->details();
    const bool isBlock = selection.what == Selection::What::Block && details != nullptr;
    canvas->setSelection(selection, isBlock ? std::optional(details->block.bornEvent) : std::nullopt);
    if (!isChoosing && q->isVisible() && selection.what != Selection::What::Nothing
        && selection.what != Selection::What::Chunk)
        canvas->showAddress(selection.range.begin, selection.range.size());
}

void SpacetimeView::Private::takeFilter()
{
    const std::optional<BoxFilter> filter = document->filter();
    header->setFilter(filter);
    canvas->setFilter(filter);
    // What totals say of the range is said of the events of the box; a range that somebody else chose stays.
    const std::optional<EventRange> before = std::exchange(boxRange, std::nullopt);
    if (filter) {
        boxRange = EventRange { filter->events.begin, filter->events.end - 1 };
        document->setRange(boxRange);
    } else if (before && document->range() == before) {
        document->setRange(std::nullopt);
    }
}

void SpacetimeView::Private::takeScale()
{
    const EventScalePtr scale = controller->scale();
    if (!scale->isKnown()) {
        // A trace that was recorded without times: back to what there always is.
        header->axisSwitch()->setCurrent(0);
        controller->setUnit(EventScale::Unit::Events);
        Q_EMIT q->hintChanged(SpacetimeView::tr("No times were recorded in this trace."));
        return;
    }
    canvas->setScale(scale);
}

void SpacetimeView::Private::askStretch()
{
    if (!controller || canvas->scene().overview == nullptr)
        return;
    controller->setStretch({ canvas->firstPosition(), canvas->lastPosition(), canvas->columns() });
    controller->setWindow(canvas->window());
}

void SpacetimeView::Private::chooseUnit(int index)
{
    if (controller)
        controller->setUnit(static_cast<EventScale::Unit>(index));
}

SpacetimeView::SpacetimeView(QWidget* parent)
    : TraceView(parent)
    , d(std::make_unique<Private>(this))
{
    setObjectName(QStringLiteral("spacetimeView"));
    setAccessibleName(tr("Space–time"));
    setMinimumSize(560, 320);
    d->loading->setObjectName(QStringLiteral("spacetimeLoading"));
    d->resume->setObjectName(QStringLiteral("spacetimeResume"));
    d->resume->setToolTip(tr("The picture was stopped before it was complete"));
    d->resume->hide();
    d->legend->setObjectName(QStringLiteral("spacetimeLegend"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(d->header);
    all->addWidget(d->loading);
    all->addWidget(d->resume, 0, Qt::AlignHCenter);
    all->addWidget(d->canvas, 1);
    all->addWidget(d->legend);
    setFocusProxy(d->canvas);

    connect(d->loading, &LoadingBar::cancelRequested, this, [this] {
        if (d->controller)
            d->controller->cancel();
    });
    connect(d->resume, &QPushButton::clicked, this, [this] {
        if (d->controller)
            d->controller->resume();
    });
    connect(
        d->header->axisSwitch(), &SegmentedSwitch::chosen, this, [this](int index) { d->chooseUnit(index); });
    connect(d->header->colourBox(), &QComboBox::currentIndexChanged, this,
        [this](int index) { d->canvas->setOccupancyShown(index == 1); });
    connect(d->canvas, &SpacetimeCanvas::chunkChosen, this, [this](AddressRange chunk) {
        if (d->document)
            d->document->setSelection({ Selection::What::Chunk, chunk });
    });
    connect(d->header, &SpacetimeHeader::filterCleared, this, [this] {
        if (d->document)
            d->document->setFilter(std::nullopt);
    });
    connect(d->header, &SpacetimeHeader::fullScreenRequested, this, &SpacetimeView::fullScreenRequested);
    connect(d->legend, &MapLegend::isolatedChanged, this,
        [this] { d->canvas->setIsolated(d->legend->isolated()); });
    connect(d->canvas, &SpacetimeCanvas::isolationCleared, this,
        [this] { d->legend->setIsolated(std::nullopt); });
    connect(d->canvas, &SpacetimeCanvas::stretchChanged, this, [this] { d->askStretch(); });
    connect(d->canvas, &SpacetimeCanvas::windowChanged, this, [this] { d->askStretch(); });
    connect(d->canvas, &SpacetimeCanvas::stretchChanged, this, &SpacetimeView::placeChanged);
    connect(d->canvas, &SpacetimeCanvas::windowChanged, this, &SpacetimeView::placeChanged);
    connect(d->canvas, &SpacetimeCanvas::hintChanged, this, &SpacetimeView::hintChanged);
    connect(d->canvas, &SpacetimeCanvas::cursorRequested, this, [this](std::uint64_t position) {
        if (d->document)
            d->document->setCursor(position);
    });
    connect(
        d->canvas, &SpacetimeCanvas::filterRequested, this, [this](const std::optional<BoxFilter>& filter) {
            if (d->document)
                d->document->setFilter(filter);
        });
    connect(d->canvas, &SpacetimeCanvas::selectionCleared, this, [this] {
        if (d->document)
            d->document->setSelection({});
    });
    connect(
        d->canvas, &SpacetimeCanvas::blockChosen, this, [this](AddressRange block, std::uint64_t position) {
            if (!d->document)
                return;
            d->isChoosing = true;
            d->document->setCursor(position);
            d->document->setSelection({ Selection::What::Block, block });
            d->isChoosing = false;
        });
}

SpacetimeView::~SpacetimeView() = default;

void SpacetimeView::setDocument(Document* document)
{
    if (d->document)
        d->document->disconnect(this);
    d->controller.reset();
    d->document = document;
    d->markersSeen = 0;
    d->boxRange.reset();
    d->loading->finish();
    d->resume->hide();
    d->header->setFilter(std::nullopt);
    d->header->axisSwitch()->setCurrent(0);
    d->legend->setIsolated(std::nullopt);
    d->canvas->setSiteResolver({});
    d->canvas->clear();
    if (document == nullptr)
        return;
    d->controller = std::make_unique<SpacetimeController>(document);
    d->canvas->setSiteResolver([document](std::uint32_t stack) { return document->siteName(stack); });
    connect(d->controller.get(), &SpacetimeController::gridChanged, this, [this] { d->takeGrid(); });
    connect(d->controller.get(), &SpacetimeController::scaleChanged, this, [this] { d->takeScale(); });
    connect(d->controller.get(), &SpacetimeController::livesChanged, this,
        [this] { d->canvas->setLives(d->controller->lives()); });
    connect(d->controller.get(), &SpacetimeController::windowChosen, d->canvas, &SpacetimeCanvas::setWindow);
    connect(document, &Document::progressChanged, this, [this] { d->takeProgress(); });
    connect(document, &Document::cursorChanged, this, [this] { d->takeMoment(); });
    connect(document, &Document::snapshotChanged, this, [this] { d->takeMoment(); });
    connect(document, &Document::selectionChanged, this, [this] { d->takeSelection(); });
    connect(document, &Document::detailsChanged, this, [this] { d->takeSelection(); });
    connect(document, &Document::filterChanged, this, [this] { d->takeFilter(); });
    d->takeProgress();
    d->takeMoment();
    d->takeSelection();
    if (isVisible())
        d->controller->start();
}

QWidget* SpacetimeView::canvas() const { return d->canvas; }
SpacetimeCanvas* SpacetimeView::spacetimeCanvas() const { return d->canvas; }
SpacetimeController* SpacetimeView::controller() const { return d->controller.get(); }

QImage SpacetimeView::renderPicture(QSize size, qreal devicePixelRatio)
{
    const int legendHeight = d->legend->heightForWidth(size.width());
    const QImage picture =
        d->canvas->picture({ size.width(), std::max(1, size.height() - legendHeight) }, devicePixelRatio);
    QImage image((QSizeF(size) * devicePixelRatio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(devicePixelRatio);
    image.fill(Theme::current().canvas);
    QPainter painter(&image);
    painter.drawImage(QPointF(0, 0), picture);
    painter.translate(0, size.height() - legendHeight);
    d->legend->paintInto(painter, size.width(), devicePixelRatio);
    return image;
}

QSize SpacetimeView::shownSize() const
{
    return { d->canvas->width(), d->canvas->height() + d->legend->heightForWidth(d->canvas->width()) };
}

bool SpacetimeView::isSettled() const { return d->controller && d->controller->isSettled(); }

QJsonObject SpacetimeView::place() const
{
    const SpacetimeScene& scene = d->canvas->scene();
    if (scene.overview == nullptr)
        return {};
    return { { QStringLiteral("axis"), d->header->axisSwitch()->current() },
        { QStringLiteral("begin"), scene.range.begin }, { QStringLiteral("end"), scene.range.end },
        { QStringLiteral("lensBegin"), addressText(scene.lens.begin) },
        { QStringLiteral("lensEnd"), addressText(scene.lens.end) } };
}

void SpacetimeView::goToPlace(const QJsonObject& place)
{
    if (d->canvas->scene().overview == nullptr)
        return;
    const AxisRange range { place[u"begin"].toDouble(), place[u"end"].toDouble() };
    if (place[u"axis"].toInt(-1) == d->header->axisSwitch()->current() && range.begin < range.end)
        d->canvas->setRange(range);
    const auto begin = numberFromJson(place[u"lensBegin"]);
    const auto end = numberFromJson(place[u"lensEnd"]);
    if (begin && end && *begin < *end)
        d->canvas->setWindow({ Address { *begin }, Address { *end } });
}

QJsonObject SpacetimeView::setup() const
{
    return { { QStringLiteral("colours"), d->header->colourBox()->currentIndex() },
        { QStringLiteral("share"), d->canvas->share() } };
}

void SpacetimeView::restoreSetup(const QJsonObject& setup)
{
    const int colours = setup[u"colours"].toInt(-1);
    if (colours >= 0 && colours < d->header->colourBox()->count())
        d->header->colourBox()->setCurrentIndex(colours);
    if (setup[u"share"].isDouble())
        d->canvas->setShare(setup[u"share"].toDouble());
}

void SpacetimeView::revealSelection()
{
    if (!d->document)
        return;
    const Selection selection = d->document->selection();
    if (selection.what != Selection::What::Nothing)
        d->canvas->showAddress(selection.range.begin, selection.range.size());
}

void SpacetimeView::zoomIn() { d->canvas->zoomTime(1.25); }
void SpacetimeView::zoomOut() { d->canvas->zoomTime(1 / 1.25); }
void SpacetimeView::fit() { d->canvas->fitTime(); }

void SpacetimeView::showEvent(QShowEvent*)
{
    if (!d->controller)
        return;
    d->controller->start();
    d->takeMoment();
    d->takeSelection();
}

} // namespace heapatlas
