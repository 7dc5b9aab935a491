// SPDX-License-Identifier: GPL-3.0-or-later

// BlockDecoder without the addresses that the bets tell. Those need a look at the block of each event, anywhere in
// memory; without them a block of events is read from front to back, and the codec's state is a stack of slots and a byte
// a slot.

#include "trace/blockcodes.h"
#include "trace/blockdecoder.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace heapatlas {

namespace {

/// The seven low bits of each of four bytes, put together.
constexpr std::uint32_t compacted(std::uint32_t bytes)
{
    return (bytes & 0x7F) | (bytes >> 1 & 0x7FU << 7) | (bytes >> 2 & 0x7FU << 14)
        | (bytes >> 3 & 0x7FU << 21);
}

/// Calls add(number) for each LEB128 number in [at, end), behind which zero bytes must follow. False if the last one is
/// cut. Two numbers a step, as long as both have at most four bytes: what a step waits for is where the next one begins.
template <class Add>
bool readNumbers(const std::uint8_t* at, const std::uint8_t* end, Add add)
{
    constexpr std::uint64_t stopBits = 0x8080808080808080;
    constexpr int most = 32; // bits of a number that compacted() takes
    while (end - at >= 8) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, at, sizeof bytes);
        const std::uint64_t stops = ~bytes & stopBits;
        const std::uint64_t later = stops & (stops - 1);
        const int first = std::countr_zero(stops) + 1;
        const int both = std::countr_zero(later) + 1;
        if (later == 0 || first > most || both - first > most) [[unlikely]] {
            add(takeNumber(at));
            continue;
        }
        add(compacted(static_cast<std::uint32_t>(bytes & (~std::uint64_t { 0 } >> (64 - first)))));
        add(compacted(
            static_cast<std::uint32_t>(bytes >> first & (~std::uint64_t { 0 } >> (64 - (both - first))))));
        at += both / 8;
    }
    while (at < end)
        add(takeNumber(at));
    return at == end;
}

/// Whether all have one of the three values for the call stack and no bits that mean nothing.
bool areCodes(const std::uint8_t* codes, std::size_t count)
{
    constexpr unsigned known = unsigned { HAT_OP_MASK } | unsigned { HAT_STACK_MASK };
    unsigned bad = 0;
    for (std::size_t row = 0; row < count; ++row) {
        const unsigned code = codes[row];
        bad |= (code & ~known) | (code & code << 1 & HAT_STACK_EXPLICIT);
    }
    return bad == 0;
}

static_assert(EventCode::of(EventKind::Allocate).bits == 0 && EventCode::of(EventKind::Free).bits == 1
    && EventNumbers::AllocFreed == 0 && EventNumbers::Free == 1);

} // namespace

void CodecState::knowLive()
{
    if (knows == Knows::Live)
        return;
    live.assign(slotCount, 0);
    for (std::uint32_t slot = 0; slot < slotCount; ++slot)
        live[slot] = slots[slot].isLive() ? 1 : 0;
    knows = Knows::Live;
}

bool BlockDecoder::readSlotsAndSizes(EventColumns& columns, EventNumbers& numbers) const
{
    const Column& slots = m_columns[HAT_COLUMN_SLOTS];
    const Column& sizes = m_columns[HAT_COLUMN_SIZES];
    // Every row may ask for a number, whether there is one or not.
    numbers.slots.resize(std::max(slots.size, columns.count()) + 1);
    numbers.sizes.resize(std::max(sizes.size, columns.count()) + 1);
    std::uint32_t* slot = numbers.slots.data();
    std::uint32_t* size = numbers.sizes.data();
    std::uint64_t all = 0;
    const bool areWhole = readNumbers(slots.bytes.data(), slots.bytes.data() + slots.size,
                              [&](std::uint64_t number) {
                                  all |= number;
                                  *slot++ = static_cast<std::uint32_t>(number);
                              })
        && readNumbers(sizes.bytes.data(), sizes.bytes.data() + sizes.size, [&](std::uint64_t number) {
               if (number >= EventColumns::bigSize) [[unlikely]] {
                   columns.bigSizes.push_back(number);
                   number = EventColumns::bigSize + columns.bigSizes.size() - 1;
               }
               *size++ = static_cast<std::uint32_t>(number);
           });
    numbers.slotCount = static_cast<std::size_t>(slot - numbers.slots.data());
    numbers.sizeCount = static_cast<std::size_t>(size - numbers.sizes.data());
    return areWhole && all <= ~std::uint32_t { 0 };
}

bool BlockDecoder::decodeLean(std::uint64_t firstEvent, std::uint32_t rows, const Definitions& definitions,
    Wanted wanted, CodecState& state, Target& target)
{
    EventNumbers& numbers = target.numbers != nullptr ? *target.numbers : m_numbers;
    if (!readSlotsAndSizes(target.columns, numbers))
        return false;
    numbers.lastSlot = state.lastSlot;
    numbers.operations.resize(rows);
    numbers.elsewhere.clear();
    numbers.isWhole = true;
    numbers.rare.clear();
    state.knowLive();
    state.live.resize(std::size_t { state.slotCount } + rows);
    const std::uint8_t* const codes = m_columns[HAT_COLUMN_CODES].bytes.data();
    if (!areCodes(codes, rows))
        return false;
    const std::uint8_t* addressesAt = m_columns[HAT_COLUMN_ADDRESSES].bytes.data();
    const Column& markerColumn = m_columns[HAT_COLUMN_MARKERS];
    ByteCursor markers({ markerColumn.bytes.data(), markerColumn.size });
    const std::uint32_t* nextSlot = numbers.slots.data();
    const std::uint32_t* nextSize = numbers.sizes.data();
    EventCode* const outCode = target.columns.code.data();
    std::uint32_t* const outSlot = target.columns.slot.data();
    std::uint32_t* const outSize = target.columns.size.data();
    std::uint8_t* const operations = numbers.operations.data();
    std::uint8_t* const live = state.live.data();
    std::uint32_t* const freeSlots = state.freeSlots.data();
    std::uint32_t slotCount = state.slotCount;
    std::uint32_t freeCount = state.freeCount;
    std::uint32_t lastSlot = state.lastSlot;
    bool isBad = false;
    std::uint32_t low = freeCount; ///< of the free slots those from here on were freed in this block
    std::uint32_t elsewhere = 0;

    const auto takeAddress = [&](std::uint32_t row, bool isInPages) {
        if (wanted.addresses == AddressChoice::None)
            return;
        const std::uint64_t difference = unzigzag(takeNumber(addressesAt));
        state.lastAddress += isInPages ? difference << HAT_PAGE_SHIFT : difference;
        target.columns.stated.push_back({ row, { state.lastAddress } });
    };
    for (std::uint32_t row = 0; row < rows; ++row) {
        const unsigned op = codes[row] & HAT_OP_MASK;
        if (op <= HAT_OP_FREE) [[likely]] {
            // Allocations and frees come in no order that a processor could foretell: all is reckoned for both, and what
            // holds chosen by a mask.
            const std::uint32_t isFree = op & op >> 1;
            const std::uint32_t mask = 0 - isFree;
            if ((isFree | freeCount) == 0) [[unlikely]] { // a new slot, as if it were the newest free one
                freeSlots[freeCount++] = slotCount++;
                low = 1;
            }
            const std::uint32_t named = lastSlot + unzigzagged(*nextSlot);
            nextSlot += isFree;
            const std::uint32_t size = *nextSize;
            nextSize += isFree ^ 1;
            // Where a free is the first thing, there is nothing below the stack: its own place stands in.
            const std::uint32_t top = freeSlots[freeCount - (freeCount != 0)];
            lastSlot = top ^ ((top ^ named) & mask);
            const bool isOut = lastSlot >= slotCount;
            lastSlot = isOut ? 0 : lastSlot;
            isBad |= isOut | (live[lastSlot] != isFree);
            live[lastSlot] = static_cast<std::uint8_t>(isFree ^ 1);
            freeSlots[freeCount] = lastSlot; // has room: an entry a row and one more were reserved
            freeCount += 2 * isFree - 1;
            outSlot[row] = lastSlot;
            outSize[row] = size & ~mask;
            outCode[row] = { static_cast<std::uint8_t>(isFree) };
            operations[row] = static_cast<std::uint8_t>(isFree);
            if (freeCount < low) [[unlikely]] {
                low = freeCount;
                operations[row] = EventNumbers::AllocElsewhere;
                numbers.elsewhere.push_back(zigzagged(lastSlot - elsewhere));
                elsewhere = lastSlot + 1;
            }
            if (op - HAT_OP_ALLOC_PAGES <= HAT_OP_ALLOC_BYTES - HAT_OP_ALLOC_PAGES) [[unlikely]]
                takeAddress(row, op == HAT_OP_ALLOC_PAGES);
            continue;
        }
        outCode[row] = { eventCodes[codes[row]] };
        outSlot[row] = noSlot;
        outSize[row] = 0;
        operations[row] = EventNumbers::Rare;
        switch (op) {
        case HAT_OP_REALLOC_IN_PLACE:
        case HAT_OP_REALLOC_HIT:
        case HAT_OP_REALLOC_PAGES:
        case HAT_OP_REALLOC_BYTES:
        case HAT_OP_REALLOC_FAILED:
            lastSlot += unzigzagged(*nextSlot++);
            if (lastSlot >= slotCount || live[lastSlot] == 0) {
                isBad = true;
                lastSlot = 0;
            }
            outSlot[row] = lastSlot;
            outSize[row] = *nextSize++;
            if (op == HAT_OP_REALLOC_PAGES || op == HAT_OP_REALLOC_BYTES)
                takeAddress(row, op == HAT_OP_REALLOC_PAGES);
            if (op != HAT_OP_REALLOC_FAILED) {
                operations[row] =
                    op == HAT_OP_REALLOC_IN_PLACE ? EventNumbers::ReallocInPlace : EventNumbers::ReallocMoved;
                continue;
            }
            numbers.isWhole = false;
            break;
        case HAT_OP_ALLOC_FAILED:
            outSize[row] = *nextSize++;
            numbers.isWhole = false;
            break;
        case HAT_OP_FREE_UNKNOWN:
            takeAddress(row, false);
            break;
        case HAT_OP_MARKER: {
            EventKind kind = EventKind::Trim;
            std::optional<Marker> marker = parseMarker(markers, firstEvent + row, definitions, kind);
            if (!marker)
                return false;
            outCode[row] = EventCode::of(kind);
            outSlot[row] = static_cast<std::uint32_t>(target.markers.size());
            if (wanted.markers)
                target.markers.push_back(std::move(*marker));
            break;
        }
        default:
            return false;
        }
        numbers.rare.push_back(row);
    }
    state.slotCount = slotCount;
    state.freeCount = freeCount;
    state.lastSlot = lastSlot;
    const Column& addresses = m_columns[HAT_COLUMN_ADDRESSES];
    return !isBad && nextSlot == numbers.slots.data() + numbers.slotCount
        && nextSize == numbers.sizes.data() + numbers.sizeCount && markers.isAtEnd()
        && (wanted.addresses == AddressChoice::None
            || addressesAt == addresses.bytes.data() + addresses.size);
}

} // namespace heapatlas
