// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/blockdecoder.h"

#include "trace/blockcodes.h"
#include "trace/bytecursor.h"

#include <algorithm>
#include <optional>

namespace heapatlas {
namespace {

/// Most bytes that one row can take in a column; markers and samples have a limit of their own.
constexpr std::array<std::size_t, HAT_COLUMN_LIMIT> rowBytes = { 0, 1, 5, 10, 10, 5, 0, 0 };
constexpr std::size_t freeFormBytes = (1 << 18) + 256;

} // namespace

bool BlockDecoder::expandColumns(SectionReader& reader, const SectionHeader& header,
    std::span<const std::uint8_t> payload, Wanted wanted, CodecState& state)
{
    for (Column& column : m_columns)
        column.size = 0;
    ByteCursor in(payload);
    const auto restarts = in.fixed<std::uint32_t>();
    const auto breaks = in.fixed<std::uint32_t>();
    const auto slotCount = in.fixed<std::uint32_t>();
    const auto freeCount = in.fixed<std::uint32_t>();
    const auto count = in.fixed<std::uint32_t>();
    if (!in.isOk() || breaks != state.breaks || slotCount != state.slotCount || freeCount != state.freeCount
        || count > in.left() / HAT_COLUMN_ENTRY_BYTES)
        return false;
    if (restarts != state.restarts) { // one was lost, but no event: it only made the codec forget
        state.restarts = restarts;
        state.forgetStackOrder();
    }
    ByteCursor entries(in.bytes(std::uint64_t { count } * HAT_COLUMN_ENTRY_BYTES));
    std::array<bool, HAT_COLUMN_LIMIT> isThere {};
    for (std::uint32_t i = 0; i < count; ++i) {
        const unsigned id = entries.fixed<std::uint8_t>();
        const unsigned codec = entries.fixed<std::uint8_t>();
        (void)entries.fixed<std::uint16_t>();
        const auto stored = entries.fixed<std::uint32_t>();
        const auto raw = entries.fixed<std::uint32_t>();
        const std::span<const std::uint8_t> bytes = in.bytes(stored);
        if (!in.isOk())
            return false;
        if (id == 0 || id >= HAT_COLUMN_LIMIT) // of a later version: not needed for what this one shows
            continue;
        if (isThere[id])
            return false;
        isThere[id] = true;
        const bool isFreeForm = id == HAT_COLUMN_MARKERS || id == HAT_COLUMN_SAMPLES;
        const bool isWanted = (id != HAT_COLUMN_ADDRESSES || wanted.addresses != AddressChoice::None)
            && (id != HAT_COLUMN_STACKS || wanted.stacks) && (id != HAT_COLUMN_SAMPLES || wanted.markers);
        if (!isWanted)
            continue;
        if (raw > (isFreeForm ? freeFormBytes : rowBytes[id] * header.count)
            || !reader.expand(codec, bytes, raw, std::size_t { header.count } + 16, m_columns[id].bytes))
            return false;
        m_columns[id].size = raw;
    }
    for (Column& column : m_columns) // what is not there reads as zeros
        if (column.size == 0)
            column.bytes.assign(std::size_t { header.count } + 16, 0);
    return in.isAtEnd() && m_columns[HAT_COLUMN_CODES].size == header.count;
}

bool BlockDecoder::decode(SectionReader& reader, const SectionHeader& header,
    std::span<const std::uint8_t> payload, const Definitions& definitions, Wanted wanted, CodecState& state,
    Target target)
{
    const std::uint32_t rows = header.count;
    if (rows > HAT_BLOCK_EVENTS || state.slotCount + rows > HAT_MAX_SLOTS
        || !expandColumns(reader, header, payload, wanted, state))
        return false;
    state.reserve(rows);
    EventColumns& columns = target.columns;
    columns.firstEvent = header.firstEvent;
    columns.code.resize(rows);
    columns.slot.resize(rows);
    columns.size.resize(rows);
    columns.stack.resize(wanted.stacks ? rows : 0);
    const bool wantsAll = wanted.addresses == AddressChoice::All;
    columns.address.resize(wantsAll ? rows : 0);
    columns.oldAddress.resize(wantsAll ? rows : 0);
    columns.stated.clear();
    columns.bigSizes.clear();
    m_explicitStacks.clear();
    if (target.numbers != nullptr)
        target.numbers->isWhole = false;
    const bool isOk = wantsAll ? decodeEvents(header.firstEvent, rows, definitions, wanted, state, target)
                               : decodeLean(header.firstEvent, rows, definitions, wanted, state, target);
    if (!isOk || (wanted.stacks && !decodeStacks(rows, state, columns)))
        return false;
    if (wanted.counts)
        countEvents(rows, target.counts);
    return !wanted.markers || decodeSamples(header.firstEvent, rows, target.samples);
}

bool BlockDecoder::decodeEvents(std::uint64_t firstEvent, std::uint32_t rows, const Definitions& definitions,
    Wanted wanted, CodecState& state, Target& target)
{
    const std::uint8_t* const codes = m_columns[HAT_COLUMN_CODES].bytes.data();
    const std::uint8_t* slotsAt = m_columns[HAT_COLUMN_SLOTS].bytes.data();
    const std::uint8_t* sizesAt = m_columns[HAT_COLUMN_SIZES].bytes.data();
    const std::uint8_t* addressesAt = m_columns[HAT_COLUMN_ADDRESSES].bytes.data();
    const Column& markerColumn = m_columns[HAT_COLUMN_MARKERS];
    ByteCursor markers({ markerColumn.bytes.data(), markerColumn.size });

    EventCode* const outCode = target.columns.code.data();
    std::uint32_t* const outSlot = target.columns.slot.data();
    std::uint32_t* const outSize = target.columns.size.data();
    Address* const outAddress = target.columns.address.data();
    Address* const outOld = target.columns.oldAddress.data();
    std::vector<Bytes>& bigSizes = target.columns.bigSizes;

    CodecState::Slot* const slots = state.slots.data();
    std::uint32_t* const freeSlots = state.freeSlots.data();
    const std::uint8_t* const classOf = state.classOf.data();
    const std::size_t classLimit = state.classOf.size();
    CodecState::Bets* const bets = state.bets.data();
    const std::uint32_t betCapacity = state.betCapacity;
    std::uint32_t slotCount = state.slotCount;
    std::uint32_t freeCount = state.freeCount;
    std::uint32_t lastSlot = state.lastSlot;
    std::uint64_t lastAddress = state.lastAddress;
    unsigned bad = 0;

    const auto takeSize = [&](std::uint32_t row) __attribute__((always_inline))
    {
        const Bytes size = takeNumber(sizesAt);
        if (size < EventColumns::bigSize) [[likely]] {
            outSize[row] = static_cast<std::uint32_t>(size);
        } else {
            outSize[row] = EventColumns::bigSize + static_cast<std::uint32_t>(bigSizes.size());
            bigSizes.push_back(size);
        }
        return size;
    };
    const auto classFor = [&](Bytes size) -> unsigned {
        return size < classLimit ? classOf[size] : unsigned { HAT_CLASS_NONE };
    };
    // How the address of a new block was written: 0 bet, 1 pages, 2 bytes (as HAT_OP_*_HIT + how).
    const auto takeAddress = [&](unsigned how, unsigned cls) {
        std::uint64_t address = 0;
        if (how == 0) [[likely]] {
            if (cls == HAT_CLASS_NONE || !bets[cls].take(address))
                bad = 1;
            return address;
        }
        const std::uint64_t difference = unzigzag(takeNumber(addressesAt));
        address = lastAddress + (how == 1 ? difference << HAT_PAGE_SHIFT : difference);
        lastAddress = address;
        if (cls != HAT_CLASS_NONE)
            bets[cls].learn(address);
        return address;
    };
    // Slot numbers need the codes and the stack of free slots only. They are worked out a stretch ahead, so that the
    // live blocks they name are on their way from memory when the rest is decoded.
    const auto decodeSlots = [&](std::uint32_t from, std::uint32_t to) {
        for (std::uint32_t row = from; row < to; ++row) {
            switch (codes[row] & HAT_OP_MASK) {
            case HAT_OP_ALLOC_HIT:
            case HAT_OP_ALLOC_PAGES:
            case HAT_OP_ALLOC_BYTES:
                lastSlot = freeCount != 0 ? freeSlots[--freeCount] : slotCount++;
                break;
            case HAT_OP_FREE:
                lastSlot += static_cast<std::uint32_t>(unzigzag(takeNumber(slotsAt)));
                if (lastSlot >= slotCount) [[unlikely]] {
                    bad = 1;
                    lastSlot = 0;
                }
                freeSlots[freeCount++] = lastSlot; // has room: one entry a row was reserved
                break;
            case HAT_OP_REALLOC_IN_PLACE:
            case HAT_OP_REALLOC_HIT:
            case HAT_OP_REALLOC_PAGES:
            case HAT_OP_REALLOC_BYTES:
            case HAT_OP_REALLOC_FAILED:
                lastSlot += static_cast<std::uint32_t>(unzigzag(takeNumber(slotsAt)));
                if (lastSlot >= slotCount) [[unlikely]] {
                    bad = 1;
                    lastSlot = 0;
                }
                break;
            default:
                outSlot[row] = noSlot;
                continue;
            }
            outSlot[row] = lastSlot;
            __builtin_prefetch(&slots[lastSlot], 1);
        }
    };
    // The block that a free or realloc names; a slot that is not live makes the whole block of events worthless.
    const auto liveSlot = [&](std::uint32_t row) -> CodecState::Slot& {
        CodecState::Slot& slot = slots[outSlot[row]];
        bad |= slot.isLive() ? 0U : 1U;
        return slot;
    };

    constexpr std::uint32_t stretch = 128;
    for (std::uint32_t row = 0; row < rows; ++row) {
        if (row % stretch == 0)
            decodeSlots(row, std::min(rows, row + stretch));
        const unsigned code = codes[row];
        const unsigned op = code & HAT_OP_MASK;
        outCode[row] = { eventCodes[code] };
        bad |= eventCodes[code] == badCode;
        switch (op) {
        case HAT_OP_ALLOC_HIT:
        case HAT_OP_ALLOC_PAGES:
        case HAT_OP_ALLOC_BYTES: {
            CodecState::Slot& slot = slots[outSlot[row]];
            const Bytes size = takeSize(row);
            const unsigned cls = classFor(size);
            slot.sizeClass = size << 8 | cls;
            const std::uint64_t address = takeAddress(op - HAT_OP_ALLOC_HIT, cls);
            slot.address = address;
            outAddress[row] = { address };
            outOld[row] = {};
            break;
        }
        case HAT_OP_FREE: {
            CodecState::Slot& slot = liveSlot(row);
            outSize[row] = 0;
            outAddress[row] = { slot.address };
            outOld[row] = {};
            if (slot.classIndex() < HAT_MAX_CLASSES)
                bets[slot.classIndex()].push(slot.address, betCapacity);
            slot.sizeClass = HAT_CLASS_FREE;
            break;
        }
        case HAT_OP_REALLOC_IN_PLACE: {
            CodecState::Slot& slot = liveSlot(row);
            slot.sizeClass = takeSize(row) << 8 | slot.classIndex();
            outAddress[row] = { slot.address };
            outOld[row] = { slot.address };
            break;
        }
        case HAT_OP_REALLOC_HIT:
        case HAT_OP_REALLOC_PAGES:
        case HAT_OP_REALLOC_BYTES: {
            CodecState::Slot& slot = liveSlot(row);
            const Bytes size = takeSize(row);
            const unsigned cls = classFor(size);
            const std::uint64_t address = takeAddress(op - HAT_OP_REALLOC_HIT, cls);
            if (slot.classIndex() < HAT_MAX_CLASSES)
                bets[slot.classIndex()].push(slot.address, betCapacity);
            outOld[row] = { slot.address };
            outAddress[row] = { address };
            slot.address = address;
            slot.sizeClass = size << 8 | cls;
            break;
        }
        case HAT_OP_REALLOC_FAILED: {
            const CodecState::Slot& slot = liveSlot(row);
            (void)takeSize(row);
            outAddress[row] = {};
            outOld[row] = { slot.address };
            break;
        }
        case HAT_OP_ALLOC_FAILED:
            (void)takeSize(row);
            outAddress[row] = {};
            outOld[row] = {};
            break;
        case HAT_OP_FREE_UNKNOWN:
            outSize[row] = 0;
            lastAddress += unzigzag(takeNumber(addressesAt));
            outAddress[row] = { lastAddress };
            outOld[row] = {};
            break;
        case HAT_OP_MARKER: {
            EventKind kind = EventKind::Trim;
            std::optional<Marker> marker = parseMarker(markers, firstEvent + row, definitions, kind);
            if (!marker)
                return false;
            outCode[row] = EventCode::of(kind);
            outSlot[row] = static_cast<std::uint32_t>(target.markers.size());
            outSize[row] = 0;
            if (wanted.markers)
                target.markers.push_back(std::move(*marker));
            outAddress[row] = {};
            outOld[row] = {};
            break;
        }
        default:
            return false;
        }
    }
    state.slotCount = slotCount;
    state.freeCount = freeCount;
    state.lastSlot = lastSlot;
    state.lastAddress = lastAddress;
    const auto isReadToEnd = [&](unsigned id, const std::uint8_t* at) {
        return at == m_columns[id].bytes.data() + m_columns[id].size;
    };
    return bad == 0 && isReadToEnd(HAT_COLUMN_SLOTS, slotsAt) && isReadToEnd(HAT_COLUMN_SIZES, sizesAt)
        && isReadToEnd(HAT_COLUMN_ADDRESSES, addressesAt) && markers.isAtEnd();
}

bool BlockDecoder::decodeStacks(std::uint32_t rows, CodecState& state, EventColumns& columns)
{
    const Column& column = m_columns[HAT_COLUMN_STACKS];
    const std::uint8_t* const codes = m_columns[HAT_COLUMN_CODES].bytes.data();
    const std::uint8_t* at = column.bytes.data();
    std::uint32_t* const out = columns.stack.data();
    std::uint32_t stack = state.stack;
    std::uint32_t* next = state.nextStack.data();
    for (std::uint32_t row = 0; row < rows; ++row) {
        const unsigned how = codes[row] & HAT_STACK_MASK;
        if (how == HAT_STACK_PREDICTED) {
            stack = next[stack];
        } else if (how == HAT_STACK_EXPLICIT) {
            const std::uint32_t before = stack;
            stack += static_cast<std::uint32_t>(unzigzag(takeNumber(at)));
            if (stack > HAT_MAX_STACKS)
                return false;
            if (stack >= state.nextStack.size()) {
                state.nextStack.resize(std::size_t { stack } + stack / 2 + 64);
                next = state.nextStack.data();
            }
            next[before] = stack;
            m_explicitStacks.push_back(stack);
        }
        out[row] = stack;
    }
    state.stack = stack;
    return at == column.bytes.data() + column.size;
}

bool BlockDecoder::decodeSamples(
    std::uint64_t firstEvent, std::uint32_t rows, std::vector<UsageSample>& samples)
{
    const Column& column = m_columns[HAT_COLUMN_SAMPLES];
    ByteCursor in({ column.bytes.data(), column.size });
    UsageSample sample;
    sample.event = firstEvent;
    while (!in.isAtEnd()) {
        const std::uint64_t after = in.number();
        if (after > firstEvent + rows - sample.event)
            return false;
        sample.event += after;
        for (std::uint64_t* figure :
            { &sample.live, &sample.peak, &sample.real, &sample.realPeak, &sample.elapsedUs })
            *figure += unzigzag(in.number());
        if (!in.isOk())
            return false;
        samples.push_back(sample);
    }
    return true;
}

void BlockDecoder::countEvents(std::uint32_t rows, EventCounts& counts) const
{
    std::array<std::uint32_t, 16> ops {};
    const std::uint8_t* const codes = m_columns[HAT_COLUMN_CODES].bytes.data();
    for (std::uint32_t row = 0; row < rows; ++row)
        ++ops[codes[row] & HAT_OP_MASK];
    counts.allocations += ops[HAT_OP_ALLOC_HIT] + ops[HAT_OP_ALLOC_PAGES] + ops[HAT_OP_ALLOC_BYTES];
    counts.frees += ops[HAT_OP_FREE] + ops[HAT_OP_FREE_UNKNOWN];
    counts.reallocations += ops[HAT_OP_REALLOC_IN_PLACE] + ops[HAT_OP_REALLOC_HIT] + ops[HAT_OP_REALLOC_PAGES]
        + ops[HAT_OP_REALLOC_BYTES];
}

} // namespace heapatlas
