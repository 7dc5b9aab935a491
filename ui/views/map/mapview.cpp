// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapview.h"

#include "session/document.h"
#include "session/overlaywatch.h"
#include "ui/theme/thememanager.h"
#include "ui/views/bytes/bytestext.h"
#include "ui/views/bytes/bytetints.h"
#include "ui/views/map/byteslegend.h"
#include "ui/views/map/mapcanvas.h"
#include "ui/views/map/mapheader.h"
#include "ui/views/map/maplegend.h"
#include "ui/views/map/mapoverview.h"
#include "ui/views/map/mappicture.h"
#include "ui/widgets/breadcrumb.h"
#include "ui/widgets/segmentedswitch.h"
#include "ui/widgets/togglebutton.h"

#include <QHBoxLayout>
#include <QJsonObject>
#include <QPainter>
#include <QPointer>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <utility>

namespace heapatlas {

namespace {

/// A stale picture is dimmed only after this long.
constexpr int staleMs = 100;
/// At Chunk level slack is drawn, and so blocks are asked for, while no more pages than this are seen.
constexpr std::size_t slackPages = 1536;
/// Colours per block want the blocks of all that is seen, unless the heap has more than this.
constexpr std::uint64_t maxColoredBlocks = 1'500'000;
/// Whose bytes are asked for: a line of pages each; no screen shows more lines at Bytes level.
constexpr std::array<BytesUse, 3> mapUses { BytesUse::Map, BytesUse::MapBelow, BytesUse::MapLowest };
/// And the blocks of a site while no more than these are.
constexpr std::size_t sitePages = 65536;

} // namespace

class MapView::Private
{
public:
    explicit Private(MapView* view)
        : q(view)
        , header(new MapHeader(view))
        , overview(new MapOverview(view))
        , canvas(new MapCanvas(view))
        , legend(new MapLegend(view))
        , bytesLegend(new BytesLegend(view))
    {
    }

    void takeSnapshot();
    void takeSelection();
    void takeCursor();
    void takeSite();
    [[nodiscard]] MapPicture picture() const { return { *canvas, *legend, *bytesLegend }; }
    void requestWindow();
    void requestBytes();
    void takeBytes();
    void updatePlace();
    void goTo(int part);
    void showChunk(std::uint32_t chunkRow);
    void goToFirstAllocation();
    void toggleSlack(bool on);
    void setColoring(MapColoring way);
    void setOverlays(const MapOverlayChoice& choice);
    void refreshColoring();
    [[nodiscard]] std::uint64_t lastCheckpoint() const;

    MapView* q;
    MapHeader* header;
    MapOverview* overview;
    MapCanvas* canvas;
    MapLegend* legend;
    BytesLegend* bytesLegend;
    QPointer<Document> document;
    /// Last part of the breadcrumb: the field, or the byte's offset.
    [[nodiscard]] QString bytePart(AddressRange range) const;

    QTimer staleTimer;
    Detail askedDetail = Detail::Totals;
    AddressRange askedWindow;
    MapColoring way = MapColoring::SizeClass;
    bool isChoosing = false; ///< the selection that changes now is ours
    std::optional<MapLevel> wantedLevel; ///< of the last time; for the first snapshot
};

void MapView::Private::takeSnapshot()
{
    const SnapshotPtr snapshot = document == nullptr ? nullptr : document->snapshot();
    // One of totals alone has no chunks; it says nothing about the map.
    if (snapshot != nullptr && snapshot->detail() < Detail::Regions)
        return;
    canvas->setSnapshot(snapshot);
    overview->setSnapshot(snapshot);
    refreshColoring();
    if (snapshot != nullptr && !snapshot->chunks().empty() && wantedLevel)
        canvas->setLevel(*std::exchange(wantedLevel, std::nullopt));
    if (document == nullptr || document->isSnapshotCurrent()) {
        staleTimer.stop();
        canvas->setStale(false);
    }
    requestWindow();
    updatePlace();
}

void MapView::Private::takeSelection()
{
    canvas->setSelection(document->selection());
    if (!isChoosing)
        canvas->revealSelection();
    requestWindow();
    updatePlace();
}

void MapView::Private::takeCursor()
{
    if (!document->isSnapshotCurrent() && !staleTimer.isActive())
        staleTimer.start();
}

void MapView::Private::takeSite()
{
    canvas->setSite(document->site(),
        [trace = document](std::uint32_t stack) { return trace == nullptr ? 0 : trace->siteOf(stack); });
    requestWindow();
}

void MapView::Private::requestWindow()
{
    if (document == nullptr)
        return;
    requestBytes();
    Detail detail = Detail::Regions;
    AddressRange window;
    const bool isNear = canvas->level() >= MapLevel::Page
        || (canvas->level() == MapLevel::Chunk && canvas->isSlackShown()
            && canvas->visiblePages() <= slackPages)
        || (canvas->coloring().isPerBlock() && canvas->snapshot() != nullptr
            && canvas->snapshot()->totals().liveBlocks <= maxColoredBlocks)
        || (document->site() != 0 && canvas->visiblePages() <= sitePages);
    if (isNear && !canvas->visibleRange().isEmpty()) {
        detail = Detail::Blocks;
        window = canvas->visibleRange();
        // A slot may begin before the first page that is seen; runs have a few pages at most.
        window.begin =
            window.begin - std::min<Bytes>(window.begin.value, Bytes { 8 } * canvas->layoutNow().pageBytes());
    } else if (canvas->selection().what == Selection::What::Block) {
        detail = Detail::Blocks;
        window = canvas->selection().range;
    }
    if (detail == askedDetail && window == askedWindow)
        return;
    askedDetail = detail;
    askedWindow = window;
    document->setWindow(detail, window);
}

void MapView::Private::requestBytes()
{
    const std::vector<AddressRange> windows = canvas->layoutNow().byteWindows();
    for (std::size_t i = 0; i < mapUses.size(); ++i)
        document->setBytesWindow(mapUses[i], i < windows.size() ? windows[i] : AddressRange {});
    const bool isBytes = canvas->level() == MapLevel::Byte;
    if (legend->isHidden() != isBytes) {
        legend->setHidden(isBytes);
        bytesLegend->setVisible(isBytes);
    }
    if (isBytes)
        takeBytes();
}

void MapView::Private::takeBytes()
{
    std::vector<HeapBytesPtr> all;
    std::vector<FieldKind> kinds;
    for (const BytesUse use : mapUses) {
        const HeapBytesPtr bytes = document == nullptr ? nullptr : document->bytes(use);
        if (bytes == nullptr)
            continue;
        all.push_back(bytes);
        for (const FieldKind kind : bytetints::kindsOf(*bytes)) {
            if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
                kinds.push_back(kind);
        }
    }
    std::sort(kinds.begin(), kinds.end());
    bytesLegend->setKinds(std::move(kinds));
    canvas->setBytes(std::move(all));
    updatePlace();
}

void MapView::Private::updatePlace()
{
    const SnapshotPtr& snapshot = canvas->snapshot();
    QStringList parts { MapView::tr("Heap") };
    std::optional<std::uint32_t> chunkRow = canvas->chunkInView();
    const Selection& selection = canvas->selection();
    if (snapshot != nullptr) {
        const auto chunks = snapshot->chunks();
        const bool hasSelection = selection.what != Selection::What::Nothing;
        const ChunkRow* chunk = hasSelection ? snapshot->chunkAt(selection.range.begin) : nullptr;
        if (chunk != nullptr && canvas->level() == MapLevel::Heap)
            chunkRow = static_cast<std::uint32_t>(chunk - chunks.data());
        if (chunk == nullptr && chunkRow && *chunkRow < chunks.size() && canvas->level() != MapLevel::Heap)
            chunk = &chunks[*chunkRow];
        if (chunk != nullptr)
            parts += chunkName(*chunk);
        if (chunk != nullptr && chunk->pageCount != 0 && hasSelection
            && selection.what != Selection::What::Chunk) {
            const Bytes page = (selection.range.begin - chunk->range.begin) / snapshot->pageBytes();
            parts += MapView::tr("page %1").arg(page);
            const MapTarget target = targetAt(*snapshot, selection.range.begin);
            const bool isSlot =
                target.kind == MapTarget::Kind::Slot || target.kind == MapTarget::Kind::FreeSlot;
            if (isSlot && selection.what != Selection::What::Page
                && selection.what != Selection::What::Region)
                parts += MapView::tr("slot %1").arg(target.slot);
            const AddressRange byte = canvas->byteRange();
            if (canvas->level() == MapLevel::Byte && selection.range.contains(byte.begin))
                parts += bytePart(byte);
        }
        if (canvas->level() == MapLevel::Heap && chunk == nullptr)
            chunkRow = std::nullopt;
    }
    overview->setCurrent(chunkRow);
    const int strong = std::min(static_cast<int>(canvas->level()), static_cast<int>(parts.size()) - 1);
    header->breadcrumb()->setParts(parts, strong);
    header->levelSwitch()->setCurrent(static_cast<int>(canvas->level()));
}

QString MapView::Private::bytePart(AddressRange range) const
{
    for (const BytesUse use : mapUses) {
        const HeapBytesPtr bytes = document == nullptr ? nullptr : document->bytes(use);
        const auto field = bytes != nullptr ? bytestext::fieldAt(*bytes, range.begin) : std::nullopt;
        if (field)
            return QString::fromStdString(bytes->fields[*field].name);
    }
    return QStringLiteral("+0x%1").arg(range.begin - canvas->selection().range.begin, 0, 16);
}

void MapView::Private::goTo(int part)
{
    const SnapshotPtr& snapshot = canvas->snapshot();
    if (snapshot == nullptr)
        return;
    const Selection before = canvas->selection();
    const Address at = before.range.begin;
    switch (part) {
    case 0:
        canvas->setLevel(MapLevel::Heap);
        return;
    case 1: {
        const std::optional<std::uint32_t> seen = canvas->chunkInView();
        const ChunkRow* chunk = before.what != Selection::What::Nothing ? snapshot->chunkAt(at) : nullptr;
        const auto row = chunk != nullptr
            ? std::optional(static_cast<std::uint32_t>(chunk - snapshot->chunks().data()))
            : seen;
        canvas->setLevel(MapLevel::Chunk);
        if (row)
            canvas->showChunk(*row);
        return;
    }
    case 2:
        Q_EMIT canvas->selectionRequested(pageSelection(*snapshot, at));
        canvas->setSelection(pageSelection(*snapshot, at));
        canvas->setLevel(MapLevel::Page);
        canvas->revealSelection();
        return;
    default:
        canvas->setLevel(part == 3 ? MapLevel::Slot : MapLevel::Byte);
        canvas->revealSelection();
    }
}

void MapView::Private::showChunk(std::uint32_t chunkRow)
{
    canvas->showChunk(chunkRow);
    if (canvas->snapshot() != nullptr && chunkRow < canvas->snapshot()->chunks().size()
        && canvas->level() == MapLevel::Heap) {
        const Selection chunk { Selection::What::Chunk, canvas->snapshot()->chunks()[chunkRow].range };
        canvas->setSelection(chunk);
        Q_EMIT canvas->selectionRequested(chunk);
    }
}

void MapView::Private::goToFirstAllocation()
{
    if (document == nullptr)
        return;
    // To the end of the first stretch of events in which anything lives.
    std::uint64_t event = 1;
    const auto curve = document->curve();
    if (curve != nullptr && !curve->isEmpty()) {
        const auto buckets = curve->level(0);
        const auto it =
            std::find_if(buckets.begin(), buckets.end(), [](const UsageBucket& b) { return b.liveMax > 0; });
        if (it != buckets.end())
            event = (static_cast<std::uint64_t>(it - buckets.begin()) + 1) * UsageCurve::baseEvents;
    }
    document->setCursor(std::min(event, document->eventCount()));
}

void MapView::Private::toggleSlack(bool on)
{
    header->slackButton()->setChecked(on);
    canvas->setSlackShown(on);
    legend->setSlackShown(on);
    requestWindow();
}

/// The events before the last checkpoint at the cursor; 0 if there was none.
std::uint64_t MapView::Private::lastCheckpoint() const
{
    const auto markers = document == nullptr ? nullptr : document->markers();
    const SnapshotPtr& snapshot = canvas->snapshot();
    if (markers == nullptr || snapshot == nullptr)
        return 0;
    auto it = std::upper_bound(markers->begin(), markers->end(), snapshot->eventIndex(),
        [](std::uint64_t event, const Marker& marker) { return event <= marker.event; });
    while (it != markers->begin()) {
        --it;
        if (std::holds_alternative<CheckpointMarker>(it->what))
            return it->event + 1;
    }
    return 0;
}

void MapView::Private::refreshColoring()
{
    canvas->setColoring(way, way == MapColoring::Change ? lastCheckpoint() : 0);
    const BlockColoring coloring = canvas->coloring();
    if (way != MapColoring::SizeClass || legend->coloring() != way)
        legend->setColoring(coloring, coloring.entries(canvas->snapshot().get()));
}

void MapView::Private::setColoring(MapColoring newWay)
{
    way = newWay;
    header->setColoring(way);
    refreshColoring();
    requestWindow();
}

void MapView::Private::setOverlays(const MapOverlayChoice& choice)
{
    header->setOverlays(choice);
    canvas->setOverlayChoice(choice);
    if (document == nullptr)
        return;
    OverlayWatch::Wants wants;
    wants.setFlag(OverlayWatch::Pins, choice.hasPins);
    wants.setFlag(OverlayWatch::JustFreed, choice.hasJustFreed);
    wants.setFlag(OverlayWatch::FreeLists, choice.hasFreeLists);
    document->overlayWatch()->setWanted(q, wants);
    canvas->setOverlays(document->overlayWatch()->overlays());
}

MapView::MapView(QWidget* parent)
    : TraceView(parent)
    , d(std::make_unique<Private>(this))
{
    setObjectName(QStringLiteral("mapView"));
    setAccessibleName(tr("Map"));
    setMinimumSize(560, 320);

    auto* column = new QVBoxLayout;
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(d->canvas, 1);
    column->addWidget(d->legend);
    column->addWidget(d->bytesLegend);
    d->bytesLegend->hide();
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(d->overview);
    row->addLayout(column, 1);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(d->header);
    all->addLayout(row, 1);
    setFocusProxy(d->canvas);

    d->header->slackButton()->setChecked(true);
    connect(d->header->slackButton(), &ToggleButton::toggled, this, [this](bool on) { d->toggleSlack(on); });
    connect(d->header->levelSwitch(), &SegmentedSwitch::chosen, this,
        [this](int level) { setLevel(static_cast<MapLevel>(level)); });
    connect(d->header->breadcrumb(), &Breadcrumb::clicked, this, [this](int part) { d->goTo(part); });
    connect(d->header->fitButton(), &QToolButton::clicked, this, &MapView::fit);
    connect(
        d->overview, &MapOverview::chunkChosen, this, [this](std::uint32_t chunk) { d->showChunk(chunk); });
    connect(d->legend, &MapLegend::isolatedChanged, this, [this] {
        d->canvas->setIsolated(d->legend->isolated());
        d->canvas->setIsolatedBand(d->legend->isolatedBand());
    });
    connect(d->canvas, &MapCanvas::isolationCleared, this, [this] {
        d->legend->setIsolated(std::nullopt);
        d->legend->setIsolatedBand(std::nullopt);
    });
    connect(d->header, &MapHeader::coloringChosen, this, [this](MapColoring way) { d->setColoring(way); });
    connect(d->header, &MapHeader::overlaysChosen, this,
        [this](const MapOverlayChoice& choice) { d->setOverlays(choice); });
    connect(d->canvas, &MapCanvas::siteCleared, this, [this] {
        if (d->document != nullptr)
            d->document->setSite(0);
    });
    connect(d->canvas, &MapCanvas::boxCleared, this, [this] {
        if (d->document != nullptr)
            d->document->setFilter(std::nullopt);
    });
    connect(
        d->canvas, &MapCanvas::slackToggleRequested, this, [this] { d->header->slackButton()->toggle(); });
    connect(d->canvas, &MapCanvas::levelChanged, this, &MapView::levelChanged);
    connect(d->canvas, &MapCanvas::hintChanged, this, &MapView::hintChanged);
    connect(d->canvas, &MapCanvas::viewChanged, this, [this] {
        d->requestWindow();
        d->updatePlace();
        Q_EMIT placeChanged();
    });
    connect(d->canvas, &MapCanvas::selectionRequested, this, [this](const Selection& selection) {
        if (d->document != nullptr) {
            d->isChoosing = true;
            d->document->setSelection(selection);
            d->isChoosing = false;
        }
        d->updatePlace();
    });
    connect(d->canvas, &MapCanvas::byteRangeRequested, this, [this](AddressRange range) {
        if (d->document != nullptr)
            d->document->setByteRange(range);
        d->updatePlace();
    });
    connect(d->canvas, &MapCanvas::firstAllocationRequested, this, [this] { d->goToFirstAllocation(); });
    d->staleTimer.setSingleShot(true);
    d->staleTimer.setInterval(staleMs);
    connect(&d->staleTimer, &QTimer::timeout, this, [this] {
        if (d->document != nullptr)
            d->canvas->setStale(!d->document->isSnapshotCurrent());
    });
    d->updatePlace();
}

MapView::~MapView() = default;

void MapView::setDocument(Document* document)
{
    if (d->document == document)
        return;
    if (d->document != nullptr) {
        for (const BytesUse use : mapUses)
            d->document->setBytesWindow(use, {});
        d->document->disconnect(this);
        d->document->overlayWatch()->disconnect(this);
        d->document->overlayWatch()->setWanted(this, {});
    }
    d->canvas->setBytes({});
    d->canvas->setByteRange({});
    d->document = document;
    d->canvas->setOverlays(nullptr);
    d->askedDetail = Detail::Totals;
    d->askedWindow = {};
    d->canvas->setSelection({});
    d->canvas->setSite(0, {});
    d->canvas->setBox(std::nullopt);
    d->canvas->setSnapshot(nullptr);
    d->overview->setSnapshot(nullptr);
    d->canvas->setStale(false);
    d->legend->setIsolated(std::nullopt);
    d->canvas->setSiteResolver({});
    if (document == nullptr)
        return;
    d->canvas->setSiteResolver([document](std::uint32_t stack) { return document->siteName(stack); });
    connect(document, &Document::snapshotChanged, this, [this] { d->takeSnapshot(); });
    connect(document, &Document::selectionChanged, this, [this] { d->takeSelection(); });
    connect(document, &Document::bytesChanged, this, [this] { d->takeBytes(); });
    connect(document, &Document::byteRangeChanged, this, [this] {
        d->canvas->setByteRange(d->document->byteRange());
        d->updatePlace();
    });
    connect(document, &Document::cursorChanged, this, [this] { d->takeCursor(); });
    connect(document->overlayWatch(), &OverlayWatch::changed, this,
        [this] { d->canvas->setOverlays(d->document->overlayWatch()->overlays()); });
    d->setOverlays(d->canvas->overlayChoice());
    connect(document, &Document::siteChanged, this, [this] { d->takeSite(); });
    d->canvas->setBox(document->filter());
    connect(document, &Document::filterChanged, this, [this] { d->canvas->setBox(d->document->filter()); });
    d->requestWindow();
    d->takeSnapshot();
    d->canvas->setSelection(document->selection());
    d->updatePlace();
}

void MapView::showSnapshot(SnapshotPtr snapshot)
{
    d->canvas->setSnapshot(snapshot);
    d->overview->setSnapshot(std::move(snapshot));
    d->updatePlace();
}

void MapView::showSelection(const Selection& selection)
{
    d->canvas->setSelection(selection);
    d->updatePlace();
}

Document* MapView::document() const { return d->document; }
MapLevel MapView::level() const { return d->canvas->level(); }
bool MapView::isSlackShown() const { return d->canvas->isSlackShown(); }
QWidget* MapView::canvas() const { return d->canvas; }

void MapView::setSiteResolver(std::function<QString(std::uint32_t stack)> resolver)
{
    d->canvas->setSiteResolver(std::move(resolver));
}

QImage MapView::renderPicture(QSize size, qreal ratio) { return d->picture().rendered(size, ratio); }
QImage MapView::shownPicture(qreal ratio) { return d->picture().shown(ratio); }
QSize MapView::shownSize() const { return d->picture().shownSize(); }
bool MapView::paintShapes(QPainter& painter) { return d->picture().paintShapes(painter); }

bool MapView::isSettled() const
{
    if (d->canvas->isAnimating())
        return false;
    if (d->document != nullptr && d->document->phase() == Document::Phase::Ready
        && !d->document->overlayWatch()->isCurrent())
        return false;
    if (d->document == nullptr || d->document->phase() == Document::Phase::Failed)
        return true;
    const SnapshotPtr& snapshot = d->canvas->snapshot();
    if (!d->document->areBytesCurrent())
        return false;
    if (snapshot == nullptr || !d->document->isSnapshotCurrent() || snapshot->detail() < d->askedDetail)
        return false;
    const AddressRange have = snapshot->window();
    return d->askedDetail < Detail::Blocks || d->askedWindow.isEmpty()
        || (have.begin <= d->askedWindow.begin && d->askedWindow.end <= have.end);
}

QJsonObject MapView::place() const { return d->canvas->place().toJson(); }

void MapView::goToPlace(const QJsonObject& place)
{
    d->wantedLevel.reset();
    d->canvas->goToPlace(MapCanvas::Place::fromJson(place));
}

QJsonObject MapView::setup() const
{
    return { { QStringLiteral("level"), static_cast<int>(level()) },
        { QStringLiteral("slack"), isSlackShown() },
        { QStringLiteral("colours"), static_cast<int>(d->way) } };
}

void MapView::restoreSetup(const QJsonObject& setup)
{
    const int level = setup[u"level"].toInt(-1);
    if (level >= 0 && level <= static_cast<int>(MapLevel::Slot))
        d->wantedLevel = static_cast<MapLevel>(level);
    const int colours = setup[u"colours"].toInt(-1);
    if (colours >= 0 && colours <= static_cast<int>(MapColoring::Change))
        d->setColoring(static_cast<MapColoring>(colours));
    if (setup[u"slack"].isBool())
        setSlackShown(setup[u"slack"].toBool());
}

void MapView::setLevel(MapLevel level) { d->canvas->setLevel(level); }
void MapView::setSlackShown(bool on) { d->toggleSlack(on); }
MapColoring MapView::coloring() const { return d->way; }
void MapView::setColoring(MapColoring way) { d->setColoring(way); }
MapOverlayChoice MapView::overlays() const { return d->canvas->overlayChoice(); }
void MapView::setOverlays(const MapOverlayChoice& choice) { d->setOverlays(choice); }
void MapView::revealSelection() { d->canvas->revealSelection(); }

void MapView::zoomIn() { d->canvas->zoomAt(QPointF(d->canvas->rect().center()), 1.25); }
void MapView::zoomOut() { d->canvas->zoomAt(QPointF(d->canvas->rect().center()), 1 / 1.25); }
void MapView::fit() { d->canvas->fit(); }

} // namespace heapatlas
