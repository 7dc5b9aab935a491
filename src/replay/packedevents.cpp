// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/packedevents.h"

#include "replay/numberlist.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace heapatlas {

namespace {

// Codes: operation × 3 + how the stack follows, 15 for all that is rare.
enum Operation : std::uint8_t
{
    AllocFreed, ///< in the slot that was freed last within the block
    Free,
    AllocElsewhere, ///< slot list: difference to the one after the last of its kind
    ReallocInPlace,
    ReallocMoved,
};
enum StackHow : std::uint8_t
{
    Same,
    Predicted,
    Explicit,
};
constexpr unsigned howCount = 3;
/// Slot list: the event's code and slot as they are; size list: size; stack list: the stack.
constexpr std::uint8_t rare = 15;

constexpr std::uint8_t operationOf(unsigned code) { return static_cast<std::uint8_t>(code / howCount); }

constexpr std::uint32_t zigzag(std::uint32_t difference)
{
    return (difference << 1) ^ (0 - (difference >> 31));
}
constexpr std::uint32_t unzigzag(std::uint32_t number) { return (number >> 1) ^ (0 - (number & 1)); }

inline unsigned codeAt(const std::uint8_t* codes, std::size_t row)
{
    return (codes[row / 2] >> (row % 2 * 4)) & 15U;
}

} // namespace

// --- packing ----------------------------------------------------------------------------------------------------

PackedEvents EventPacker::pack(const EventColumns& columns)
{
    const std::size_t count = columns.count();
    m_ops.resize(count + 1);
    m_state.freed.resize(count + 2);
    m_state.slots.resize(2 * count + 1);
    m_state.sizes.resize(count + 1);
    PackedEvents packed;
    packed.m_firstEvent = columns.firstEvent;
    packed.m_count = static_cast<std::uint32_t>(count);
    packed.m_bigSizes = columns.bigSizes;
    // As many bits as there can be ends: long stretches use few slots again and again.
    const std::size_t filterBits = std::bit_ceil(std::max<std::size_t>(64, count / 2));
    packed.m_filterMask = static_cast<std::uint32_t>(filterBits - 1);
    packed.m_filter.assign(filterBits / 64, 0);

    std::size_t sizeCount = 0;
    const std::size_t slotCount = packSlots(columns, sizeCount);
    packed.m_hasStacks = std::any_of(
        columns.stack.begin(), columns.stack.end(), [](std::uint32_t stack) { return stack != 0; });
    const std::size_t stackCount = packed.m_hasStacks ? packStacks(columns) : 0;
    for (std::size_t row = 0; row < count; ++row) {
        const unsigned operation = operationOf(m_ops[row]);
        const std::uint32_t bit = columns.slot[row] & packed.m_filterMask;
        const bool isEnd = operation == Free || operation == ReallocMoved || m_ops[row] == rare;
        packed.m_filter[bit / 64] |= std::uint64_t { isEnd } << (bit % 64);
    }

    const std::size_t most = (count + 1) / 2 + 5 * (slotCount + sizeCount + stackCount) + 3 + listSlack;
    auto bytes = std::make_unique_for_overwrite<std::uint8_t[]>(most);
    std::uint8_t* at = bytes.get();
    for (std::size_t row = 0; row < count; row += 2)
        *at++ = static_cast<std::uint8_t>(m_ops[row] | (row + 1 < count ? m_ops[row + 1] : 0U) << 4);
    const auto write = [&](const std::vector<std::uint32_t>& numbers, std::size_t n) {
        const PackedEvents::List list { static_cast<std::uint32_t>(at - bytes.get()),
            static_cast<std::uint32_t>(n) };
        at = writeNumbers(numbers.data(), n, at);
        return list;
    };
    packed.m_slots = write(m_state.slots, slotCount);
    packed.m_sizes = write(m_state.sizes, sizeCount);
    packed.m_stacks = write(m_state.stacks, stackCount);
    packed.m_byteCount = static_cast<std::uint32_t>(at - bytes.get()) + static_cast<std::uint32_t>(listSlack);
    packed.m_bytes = std::make_unique_for_overwrite<std::uint8_t[]>(packed.m_byteCount);
    std::memcpy(packed.m_bytes.get(), bytes.get(), packed.m_byteCount - listSlack);
    std::memset(packed.m_bytes.get() + packed.m_byteCount - listSlack, 0, listSlack);
    return packed;
}

/// Fills m_ops (without stacks), and the lists of slots and sizes. Returns how many numbers of slots there are.
std::size_t EventPacker::packSlots(const EventColumns& columns, std::size_t& sizeCount)
{
    const EventCode* const codes = columns.code.data();
    const std::uint32_t* const slots = columns.slot.data();
    const std::uint32_t* const sizes = columns.size.data();
    std::uint32_t* const freed = m_state.freed.data() + 1;
    std::uint32_t* outSlot = m_state.slots.data();
    std::uint32_t* outSize = m_state.sizes.data();
    std::size_t freedCount = 0;
    std::uint32_t last = 0;
    std::uint32_t elsewhere = 0;
    constexpr std::uint8_t allocCode = EventCode::of(EventKind::Allocate).bits;
    constexpr std::uint8_t freeCode = EventCode::of(EventKind::Free).bits;
    constexpr std::uint8_t movedCode = EventCode::of(EventKind::Reallocate).bits;
    constexpr std::uint8_t inPlaceCode = EventCode::of(EventKind::Reallocate, EventCode::inPlace).bits;
    for (std::size_t row = 0; row < columns.count(); ++row) {
        const std::uint8_t code = codes[row].bits;
        const std::uint32_t slot = slots[row];
        const std::uint32_t size = sizes[row];
        const bool isFree = code == freeCode && size == 0;
        const bool isFreedAgain = code == allocCode && freedCount != 0 && freed[freedCount - 1] == slot;
        if (isFree | isFreedAgain) [[likely]] { // without a branch between the two
            m_ops[row] = isFree ? Free * howCount : AllocFreed * howCount;
            *outSlot = zigzag(slot - last);
            outSlot += isFree;
            *outSize = size;
            outSize += !isFree;
            freed[freedCount] = slot;
            freedCount += isFree ? std::size_t { 1 } : ~std::size_t { 0 };
            last = slot;
        } else if (code == allocCode) {
            m_ops[row] = AllocElsewhere * howCount;
            *outSlot++ = zigzag(slot - elsewhere);
            elsewhere = slot + 1;
            *outSize++ = size;
            last = slot;
        } else if (code == movedCode || code == inPlaceCode) {
            m_ops[row] = code == movedCode ? ReallocMoved * howCount : ReallocInPlace * howCount;
            *outSlot++ = zigzag(slot - last);
            *outSize++ = size;
            last = slot;
        } else {
            m_ops[row] = rare;
            *outSlot++ = code;
            *outSlot++ = slot;
            *outSize++ = size;
        }
    }
    sizeCount = static_cast<std::size_t>(outSize - m_state.sizes.data());
    return static_cast<std::size_t>(outSlot - m_state.slots.data());
}

std::size_t EventPacker::packStacks(const EventColumns& columns)
{
    m_state.stacks.resize(columns.count() + 1);
    m_state.followers.clear();
    std::uint32_t* out = m_state.stacks.data();
    std::uint32_t last = 0;
    for (std::size_t row = 0; row < columns.count(); ++row) {
        const std::uint32_t stack = columns.stack[row];
        std::uint32_t& follower = m_state.followers.of(last);
        if (m_ops[row] == rare) {
            *out++ = stack;
        } else if (stack != last) {
            const bool isPredicted = stack == follower;
            m_ops[row] = static_cast<std::uint8_t>(m_ops[row] + (isPredicted ? Predicted : Explicit));
            *out = zigzag(stack - last);
            out += !isPredicted;
            follower = stack;
        }
        last = stack;
    }
    return static_cast<std::size_t>(out - m_state.stacks.data());
}

// --- unpacking --------------------------------------------------------------------------------------------------

void EventUnpacker::unpack(const PackedEvents& packed, EventColumns& columns)
{
    unpackSlots(packed, columns);
    unpackSizes(packed, columns);
    unpackStacks(packed, columns);
}

void EventUnpacker::unpackSlots(const PackedEvents& packed, EventColumns& columns)
{
    const std::size_t count = packed.m_count;
    columns.firstEvent = packed.m_firstEvent;
    columns.code.resize(count);
    columns.slot.resize(count);
    columns.size.clear();
    columns.stack.clear();
    columns.address.clear();
    columns.oldAddress.clear();
    columns.bigSizes.clear();
    m_state.freed.resize(count + 2);
    m_state.slots.resize(packed.m_slots.count + std::size_t { 1 });
    readNumbers(packed.m_bytes.get() + packed.m_slots.at, packed.m_slots.count, m_state.slots.data());

    static constexpr std::array<EventCode, 5> codes { EventCode::of(EventKind::Allocate),
        EventCode::of(EventKind::Free), EventCode::of(EventKind::Allocate),
        EventCode::of(EventKind::Reallocate, EventCode::inPlace), EventCode::of(EventKind::Reallocate) };
    const std::uint8_t* const ops = packed.m_bytes.get();
    const std::uint32_t* next = m_state.slots.data();
    std::uint32_t* const freed = m_state.freed.data() + 1;
    EventCode* const outCode = columns.code.data();
    std::uint32_t* const outSlot = columns.slot.data();
    std::size_t freedCount = 0;
    std::uint32_t last = 0;
    std::uint32_t elsewhere = 0;
    for (std::size_t row = 0; row < count; ++row) {
        const unsigned op = codeAt(ops, row);
        if (op < AllocElsewhere * howCount) [[likely]] { // without a branch between the two
            const bool isFree = op >= Free * howCount;
            const std::uint32_t named = last + unzigzag(*next);
            next += isFree;
            const std::uint32_t again = freed[static_cast<std::ptrdiff_t>(freedCount) - 1];
            last = isFree ? named : again;
            freed[freedCount] = last;
            freedCount += isFree ? std::size_t { 1 } : ~std::size_t { 0 };
            outCode[row] = { static_cast<std::uint8_t>(isFree) };
            outSlot[row] = last;
        } else if (op == rare) {
            outCode[row] = { static_cast<std::uint8_t>(*next++) };
            outSlot[row] = *next++;
        } else {
            outCode[row] = codes[operationOf(op)];
            if (operationOf(op) == AllocElsewhere) {
                last = elsewhere + unzigzag(*next++);
                elsewhere = last + 1;
            } else {
                last += unzigzag(*next++);
            }
            outSlot[row] = last;
        }
    }
}
static_assert(
    static_cast<std::uint8_t>(EventKind::Allocate) == 0 && static_cast<std::uint8_t>(EventKind::Free) == 1);

void EventUnpacker::unpackSizes(const PackedEvents& packed, EventColumns& columns)
{
    m_state.sizes.resize(packed.m_sizes.count + std::size_t { 1 });
    readNumbers(packed.m_bytes.get() + packed.m_sizes.at, packed.m_sizes.count, m_state.sizes.data());
    columns.size.resize(packed.m_count);
    columns.bigSizes = packed.m_bigSizes;
    const std::uint8_t* const ops = packed.m_bytes.get();
    const std::uint32_t* next = m_state.sizes.data();
    std::uint32_t* const out = columns.size.data();
    for (std::size_t row = 0; row < packed.m_count; ++row) {
        const bool isFree = operationOf(codeAt(ops, row)) == Free;
        out[row] = isFree ? 0 : *next;
        next += !isFree;
    }
}

void EventUnpacker::unpackStacks(const PackedEvents& packed, EventColumns& columns)
{
    if (!packed.m_hasStacks)
        return;
    m_state.stacks.resize(packed.m_stacks.count + std::size_t { 1 });
    readNumbers(packed.m_bytes.get() + packed.m_stacks.at, packed.m_stacks.count, m_state.stacks.data());
    m_state.followers.clear();
    columns.stack.resize(packed.m_count);
    const std::uint8_t* const ops = packed.m_bytes.get();
    const std::uint32_t* next = m_state.stacks.data();
    std::uint32_t* const out = columns.stack.data();
    std::uint32_t stack = 0;
    for (std::size_t row = 0; row < packed.m_count; ++row) {
        const unsigned op = codeAt(ops, row);
        const unsigned how = op % howCount;
        if (op == rare) {
            stack = *next++;
        } else if (how != Same) {
            std::uint32_t& follower = m_state.followers.of(stack);
            const bool isPredicted = how == Predicted;
            stack = isPredicted ? follower : stack + unzigzag(*next);
            next += !isPredicted;
            follower = stack;
        }
        out[row] = stack;
    }
}

} // namespace heapatlas
