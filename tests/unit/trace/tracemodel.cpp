// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/trace/tracemodel.h"

#include <algorithm>

namespace heapatlas::test {
namespace {

const std::vector<TraceSizeClass> classes = { { 16, 256 }, { 32, 128 }, { 56, 73 }, { 128, 32 }, { 320, 64 },
    { 3072, 4 } };

} // namespace

std::string toText(const Marker& marker)
{
    struct Visitor
    {
        std::string operator()(const TrimMarker& m) const { return "trim " + std::to_string(m.returned); }
        std::string operator()(const LimitMarker& m) const
        {
            return "limit " + std::to_string(m.requested) + " " + std::to_string(m.resulting) + " "
                + std::to_string(m.hardLimit) + " " + std::to_string(m.accepted);
        }
        std::string operator()(const GcMarker& m) const
        {
            std::string text = "gc " + std::to_string(m.firstEvent);
            for (const GcStatus& s : { m.before, m.after })
                for (const std::uint64_t figure : { s.runs, s.collected, s.threshold, s.roots })
                    text += " " + std::to_string(figure);
            return text;
        }
        std::string operator()(const CheckpointMarker& m) const { return "checkpoint " + m.name; }
        std::string operator()(const UsageMarker& m) const
        {
            return "usage " + std::to_string(static_cast<int>(m.figure)) + " " + std::to_string(m.value);
        }
    };
    return std::to_string(marker.event) + ": " + std::visit(Visitor {}, marker.what);
}

std::string toText(const UsageSample& s)
{
    std::string text;
    for (const std::uint64_t figure : { s.event, s.live, s.peak, s.real, s.realPeak, s.elapsedUs })
        text += std::to_string(figure) + " ";
    return text;
}

ReadTrace readAll(const std::string& path, ColumnChoice choice)
{
    ReadTrace read;
    auto reader = TraceReader::open(path);
    if (!reader) {
        read.error = reader.error();
        return read;
    }
    TraceReader& r = **reader;
    read.isOpen = true;
    read.adopted = r.liveBlocks();
    EventColumns columns;
    while (r.readBlock(columns, choice)) {
        if (r.isDiscontinuous()) {
            read.breaks.push_back(columns.firstEvent);
            continue;
        }
        for (std::size_t i = 0; i < columns.count(); ++i) {
            PlainEvent e;
            e.code = columns.code[i].bits;
            e.slot = columns.code[i].kind() < EventKind::Trim ? columns.slot[i] : 0;
            e.size = columns.requested(i);
            if (choice.wantsStacks)
                e.stack = columns.stack[i];
            if (choice.addresses == AddressChoice::All) {
                e.address = columns.address[i].value;
                e.oldAddress = columns.oldAddress[i].value;
            }
            read.events.emplace(columns.firstEvent + i, e);
        }
    }
    read.live = r.liveBlocks();
    read.markers = r.markers();
    read.samples = r.samples();
    read.info = r.info();
    return read;
}

TraceWriter::Options RandomTrace::options(std::uint64_t restartInterval)
{
    TraceWriter::Options options;
    options.classes = classes;
    options.restartInterval = restartInterval;
    return options;
}

ZendMmState RandomTrace::someState(std::uint64_t salt)
{
    ZendMmState state;
    state.size = salt;
    state.avgChunksCount = 1.5;
    state.hardLimitPercent = -1;
    state.chunks.resize(2);
    state.chunks[0].address.value = 0x7F0000200000;
    state.chunks[1].address.value = 0x7F0000400000;
    state.chunks[1].map[511] = 0x40000001;
    state.cachedChunks.resize(1);
    state.freeSlots[3] = { Address { 0x7F0000201000 }, Address { 0x7F0000201040 } };
    state.huge.push_back({ { 0x7F0000800000 }, 4 << 20, { 0x7F0000202018 } });
    return state;
}

std::uint64_t RandomTrace::place(Bytes size)
{
    if (m_shape.isWild)
        return m_random();
    const auto c = std::find_if(
        classes.begin(), classes.end(), [&](const TraceSizeClass& k) { return size <= k.slotBytes; });
    if (c == classes.end()) {
        const std::uint64_t at = m_top;
        m_top += (size + 4095) & ~std::uint64_t { 4095 };
        return at;
    }
    std::vector<std::uint64_t>& free = m_free[static_cast<std::size_t>(c - classes.begin())];
    if (free.empty()) {
        for (std::uint32_t i = c->runSlots; i-- > 0;)
            free.push_back(m_top + std::uint64_t { i } * c->slotBytes);
        m_top += 4 * 4096;
    }
    if (random(100) == 0) // what the codec does not expect: the allocator skipped some
        free.resize(free.size() - random(std::min<std::size_t>(free.size(), 90)));
    const std::uint64_t at = free.back();
    free.pop_back();
    return at;
}

void RandomTrace::giveBack(const Block& block)
{
    const auto c = std::find_if(
        classes.begin(), classes.end(), [&](const TraceSizeClass& k) { return block.size <= k.slotBytes; });
    if (c != classes.end())
        m_free[static_cast<std::size_t>(c - classes.begin())].push_back(block.address);
}

Bytes RandomTrace::randomSize()
{
    if (m_shape.isWild)
        return m_random() >> (8 + random(56));
    switch (random(40)) {
    case 0:
        return random(std::uint64_t { 6 } << 30); // larger than a column's 32 bits now and then
    case 1:
        return 0;
    default:
        return 1 + random(400);
    }
}

std::uint32_t RandomTrace::pickSlot()
{
    auto it = m_blocks.begin();
    std::advance(it, static_cast<std::ptrdiff_t>(random(m_blocks.size())));
    return it->first;
}

void RandomTrace::step(TraceWriter& writer)
{
    hat_writer* const w = writer.raw();
    PlainEvent e;
    e.stack = m_stack;
    const std::uint64_t choice = random(100);
    if (choice < 45 || m_blocks.empty()) {
        e.size = randomSize();
        e.code = EventCode::of(EventKind::Allocate).bits;
        if (!m_expected.empty()) {
            e.slot = static_cast<std::uint32_t>(m_expected.back());
            m_expected.pop_back();
        } else {
            e.slot = m_slots++;
        }
        e.address = place(e.size);
        m_blocks[e.slot] = { e.address, e.size };
        if (hat_alloc(w, e.size, e.address) != e.slot)
            isWritten = false;
    } else if (choice < 75) {
        e.slot = pickSlot();
        e.code = EventCode::of(EventKind::Free).bits;
        e.address = m_blocks[e.slot].address;
        giveBack(m_blocks[e.slot]);
        m_blocks.erase(e.slot);
        m_expected.push_back(e.slot);
        hat_free(w, e.slot);
    } else if (choice < 90) {
        e.slot = pickSlot();
        e.size = randomSize();
        Block& block = m_blocks[e.slot];
        e.oldAddress = block.address;
        const bool isInPlace = random(2) == 0;
        e.code = EventCode::of(EventKind::Reallocate, isInPlace ? EventCode::inPlace : 0).bits;
        e.address = block.address;
        while (!isInPlace && e.address == block.address)
            e.address = place(e.size);
        if (!isInPlace)
            giveBack(block);
        block = { e.address, e.size };
        hat_realloc(w, e.slot, e.size, e.address);
    } else if (choice < 92) {
        e.slot = pickSlot();
        e.size = randomSize();
        e.code = EventCode::of(EventKind::Reallocate, EventCode::failed).bits;
        e.oldAddress = m_blocks[e.slot].address;
        hat_realloc_failed(w, e.slot, e.size);
    } else if (choice < 94) {
        e.slot = noSlot;
        e.size = randomSize();
        e.code = EventCode::of(EventKind::Allocate, EventCode::failed).bits;
        hat_alloc_failed(w, e.size);
    } else if (choice < 96) {
        e.slot = noSlot;
        e.address = m_random();
        e.code = EventCode::of(EventKind::Free, EventCode::unknownBlock).bits;
        hat_free_unknown(w, e.address);
    } else {
        stepMarker(writer);
        return;
    }
    events.push_back(e);
}

void RandomTrace::stepMarker(TraceWriter& writer)
{
    PlainEvent e;
    e.stack = m_stack;
    Marker marker;
    marker.event = events.size();
    switch (random(5)) {
    case 0:
        marker.what = TrimMarker { m_random() };
        e.code = EventCode::of(EventKind::Trim).bits;
        break;
    case 1:
        marker.what = LimitMarker { m_random(), random(1000), random(2), random(2) == 0 };
        e.code = EventCode::of(EventKind::Limit).bits;
        break;
    case 2:
        marker.what = GcMarker { random(marker.event + 1), { 1, 2, 3, m_random() }, { m_random(), 6, 7, 8 } };
        e.code = EventCode::of(EventKind::Gc).bits;
        break;
    case 3:
        marker.what = CheckpointMarker { "checkpoint " + std::to_string(m_name++) };
        e.code = EventCode::of(EventKind::Checkpoint).bits;
        break;
    default:
        marker.what = UsageMarker { static_cast<UsageFigure>(random(5)), m_random() };
        e.code = EventCode::of(EventKind::Usage).bits;
        break;
    }
    writer.marker(marker);
    markers.push_back(marker);
    events.push_back(e);
}

RandomTrace::RandomTrace(const std::string& path, std::uint32_t seed, Shape shape)
    : m_random(seed)
    , m_shape(shape)
    , m_free(classes.size())
{
    auto created = TraceWriter::create(path, options(shape.restartInterval));
    if (!created)
        return;
    TraceWriter& writer = *created;
    hat_writer* const w = writer.raw();
    isWritten = true;
    writer.meta("program", "random " + std::to_string(seed));
    writer.meta("allocator", "none");
    writer.heapState(HAT_STATE_INITIAL, someState(seed));
    for (int i = 0; shape.hasAdopted && i < 40; ++i) {
        const Bytes size = randomSize() & 0xFFFFFF; // states keep 56 bits of a size
        const Block block { place(size), size };
        m_blocks[m_slots] = block;
        adopted.push_back({ m_slots, { block.address }, block.size });
        if (hat_adopt(w, block.address, block.size) != m_slots++)
            isWritten = false;
    }
    const std::vector<std::uint64_t> seeds(m_free[1].rbegin(), m_free[1].rend());
    hat_seed_class(w, 1, seeds.data(), seeds.size());
    for (std::uint32_t i = 0; i < shape.events; ++i) {
        if (shape.hasStacks && random(8) == 0) {
            if (random(4) == 0) {
                const std::uint32_t function =
                    hat_function(w, writer.string("f" + std::to_string(i)), 0, 0, i);
                m_stackCount =
                    hat_stack(w, static_cast<std::uint32_t>(random(m_stackCount + 1)), function, i);
            }
            m_stack = static_cast<std::uint32_t>(random(m_stackCount + 1));
            hat_set_stack(w, m_stack);
        }
        if (random(50) == 0) {
            UsageSample sample { events.size(), m_random(), random(1 << 20), random(1 << 20), random(99), i };
            writer.sample(sample);
            samples.push_back(sample);
        }
        step(writer);
        if (shape.flushEvery != 0 && i % shape.flushEvery == shape.flushEvery - 1)
            hat_flush(w);
    }
    for (const auto& [slot, block] : m_blocks)
        live.push_back({ slot, { block.address }, block.size });
    hat_flush(w);
    bytes = hat_bytes_written(w);
    if (!shape.isFinished)
        return;
    writer.heapState(HAT_STATE_FINAL, someState(seed + 1));
    isWritten = writer.finish(true, "").isOk() && isWritten;
}

} // namespace heapatlas::test
