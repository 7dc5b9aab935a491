// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/packedevents.h"

#include "replay/numberlist.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace heapatlas {

namespace {

using Operation = EventNumbers::Operation;

// Codes: operation × 3 + how the stack follows, 15 for all that is rare.
enum StackHow : std::uint8_t
{
    Same,
    Predicted,
    Explicit,
};
constexpr unsigned howCount = 3;
constexpr std::uint8_t rare = 15;
static_assert(EventNumbers::Rare * howCount == rare);

constexpr std::uint8_t operationOf(unsigned code) { return static_cast<std::uint8_t>(code / howCount); }

inline unsigned codeAt(const std::uint8_t* codes, std::size_t row)
{
    return unsigned { codes[row / 2] } >> (row % 2 * 4) & 15U;
}

} // namespace

// --- packing ----------------------------------------------------------------------------------------------------

PackedEvents EventPacker::pack(const EventColumns& columns)
{
    count(columns);
    return pack(columns, m_numbers);
}

PackedEvents EventPacker::pack(const EventColumns& columns, const EventNumbers& numbers)
{
    if (!numbers.isWhole)
        return pack(columns);
    const std::size_t count = columns.count();
    PackedEvents packed;
    packed.m_firstEvent = columns.firstEvent;
    packed.m_count = static_cast<std::uint32_t>(count);
    packed.m_lastSlot = numbers.lastSlot;
    packed.m_bigSizes = columns.bigSizes;
    packed.m_hasStacks = std::any_of(
        columns.stack.begin(), columns.stack.end(), [](std::uint32_t stack) { return stack != 0; });
    const std::uint8_t* const operations = numbers.operations.data();
    const std::size_t stackCount = packed.m_hasStacks ? packStacks(columns, operations) : 0;
    fillFilter(packed, columns, operations);
    m_state.rare.clear();
    for (const std::uint32_t row : numbers.rare)
        m_state.rare.insert(
            m_state.rare.end(), { columns.code[row].bits, columns.slot[row], columns.size[row] });

    const std::size_t numberCount =
        numbers.slotCount + numbers.elsewhere.size() + numbers.sizeCount + stackCount + m_state.rare.size();
    m_bytes.resize((count + 1) / 2 + 5 * numberCount + 5 + listSlack);
    std::uint8_t* at = m_bytes.data();
    if (packed.m_hasStacks) {
        m_how.resize(count + 1);
        m_how[count] = 0;
        for (std::size_t row = 0; row < count; row += 2)
            *at++ = static_cast<std::uint8_t>(m_how[row] | m_how[row + 1] << 4);
    } else {
        std::size_t row = 0;
        for (; row + 2 <= count; row += 2)
            *at++ = static_cast<std::uint8_t>(howCount * (operations[row] | operations[row + 1] << 4));
        if (row < count)
            *at++ = static_cast<std::uint8_t>(howCount * operations[row]);
    }
    const auto write = [&](const std::vector<std::uint32_t>& list, std::size_t n) {
        const PackedEvents::List place { static_cast<std::uint32_t>(at - m_bytes.data()),
            static_cast<std::uint32_t>(n) };
        at = writeNumbers(list.data(), n, at);
        return place;
    };
    packed.m_slots = write(numbers.slots, numbers.slotCount);
    packed.m_elsewhere = write(numbers.elsewhere, numbers.elsewhere.size());
    packed.m_sizes = write(numbers.sizes, numbers.sizeCount);
    packed.m_stacks = write(m_state.stacks, stackCount);
    packed.m_rare = write(m_state.rare, m_state.rare.size());
    packed.m_byteCount =
        static_cast<std::uint32_t>(at - m_bytes.data()) + static_cast<std::uint32_t>(listSlack);
    packed.m_bytes = std::make_unique_for_overwrite<std::uint8_t[]>(packed.m_byteCount);
    std::memcpy(packed.m_bytes.get(), m_bytes.data(), packed.m_byteCount - listSlack);
    std::memset(packed.m_bytes.get() + packed.m_byteCount - listSlack, 0, listSlack);
    return packed;
}

/// Marks bytes first, which needs no look at what is there, and puts eight together.
void EventPacker::fillFilter(
    PackedEvents& packed, const EventColumns& columns, const std::uint8_t* operations)
{
    const std::size_t count = columns.count();
    // As many bits as there can be ends: long stretches use few slots again and again.
    const std::size_t bits = std::bit_ceil(std::max<std::size_t>(64, count / 2));
    const auto mask = static_cast<std::uint32_t>(bits - 1);
    m_marks.assign(bits + 1, 0);
    constexpr unsigned ends = 1U << Operation::Free | 1U << Operation::ReallocMoved | 1U << Operation::Rare;
    for (std::size_t row = 0; row < count; ++row) {
        const bool isEnd = (ends >> operations[row] & 1U) != 0;
        m_marks[isEnd ? columns.slot[row] & mask : bits] = 1;
    }
    packed.m_filterMask = mask;
    packed.m_filter.assign(bits / 64, 0);
    for (std::size_t byte = 0; byte < bits / 8; ++byte) {
        std::uint64_t marks = 0;
        std::memcpy(&marks, m_marks.data() + byte * 8, sizeof marks);
        // Bit i of the product's highest byte is byte i of the marks: no two of the shifted copies meet.
        packed.m_filter[byte / 8] |= (marks * 0x0102040810204080) >> 56 << (byte % 8 * 8);
    }
}

/// Fills m_numbers from the columns.
void EventPacker::count(const EventColumns& columns)
{
    const std::size_t count = columns.count();
    EventNumbers& numbers = m_numbers;
    numbers.isWhole = true;
    numbers.operations.resize(count + 1);
    numbers.slots.resize(count + 1);
    numbers.sizes.resize(count + 1);
    numbers.elsewhere.clear();
    numbers.rare.clear();
    m_state.freed.clear();
    std::uint32_t* outSlot = numbers.slots.data();
    std::uint32_t* outSize = numbers.sizes.data();
    std::uint32_t last = 0;
    std::uint32_t elsewhere = 0;
    constexpr std::uint8_t allocCode = EventCode::of(EventKind::Allocate).bits;
    constexpr std::uint8_t freeCode = EventCode::of(EventKind::Free).bits;
    constexpr std::uint8_t movedCode = EventCode::of(EventKind::Reallocate).bits;
    constexpr std::uint8_t inPlaceCode = EventCode::of(EventKind::Reallocate, EventCode::inPlace).bits;
    for (std::size_t row = 0; row < count; ++row) {
        const std::uint8_t code = columns.code[row].bits;
        const std::uint32_t slot = columns.slot[row];
        const std::uint32_t size = columns.size[row];
        if (code == allocCode) {
            const bool isFreed = !m_state.freed.empty() && m_state.freed.back() == slot;
            numbers.operations[row] = isFreed ? Operation::AllocFreed : Operation::AllocElsewhere;
            if (isFreed) {
                m_state.freed.pop_back();
            } else {
                numbers.elsewhere.push_back(zigzagged(slot - elsewhere));
                elsewhere = slot + 1;
            }
            *outSize++ = size;
            last = slot;
        } else if (code == freeCode && size == 0) {
            numbers.operations[row] = Operation::Free;
            *outSlot++ = zigzagged(slot - last);
            m_state.freed.push_back(slot);
            last = slot;
        } else if (code == movedCode || code == inPlaceCode) {
            numbers.operations[row] = code == movedCode ? Operation::ReallocMoved : Operation::ReallocInPlace;
            *outSlot++ = zigzagged(slot - last);
            *outSize++ = size;
            last = slot;
        } else {
            numbers.operations[row] = Operation::Rare;
            numbers.rare.push_back(static_cast<std::uint32_t>(row));
        }
    }
    numbers.slotCount = static_cast<std::size_t>(outSlot - numbers.slots.data());
    numbers.sizeCount = static_cast<std::size_t>(outSize - numbers.sizes.data());
}

/// Fills m_how with the codes and the list of stacks. Returns how many numbers that has.
std::size_t EventPacker::packStacks(const EventColumns& columns, const std::uint8_t* operations)
{
    const std::size_t count = columns.count();
    m_how.resize(count + 1);
    m_state.stacks.resize(count + 1);
    m_state.followers.clear();
    std::uint32_t* out = m_state.stacks.data();
    std::uint32_t last = 0;
    for (std::size_t row = 0; row < count; ++row) {
        const std::uint32_t stack = columns.stack[row];
        m_how[row] = static_cast<std::uint8_t>(operations[row] * howCount);
        if (operations[row] == Operation::Rare) {
            *out++ = stack;
        } else if (stack != last) {
            std::uint32_t& follower = m_state.followers.of(last);
            const bool isPredicted = stack == follower;
            m_how[row] = static_cast<std::uint8_t>(m_how[row] + (isPredicted ? Predicted : Explicit));
            *out = zigzagged(stack - last);
            out += !isPredicted;
            follower = stack;
        }
        last = stack;
    }
    return static_cast<std::size_t>(out - m_state.stacks.data());
}

// --- unpacking --------------------------------------------------------------------------------------------------

void EventUnpacker::read(
    const PackedEvents& packed, PackedEvents::List list, std::vector<std::uint32_t>& numbers)
{
    numbers.resize(list.count + std::size_t { 1 });
    readNumbers(packed.m_bytes.get() + list.at, list.count, numbers.data());
}

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
    columns.stated.clear();
    columns.bigSizes.clear();
    m_state.freed.resize(count + 2);
    read(packed, packed.m_slots, m_state.slots);
    read(packed, packed.m_elsewhere, m_state.elsewhere);
    read(packed, packed.m_rare, m_state.rare);

    static constexpr std::array<EventCode, 5> codes { EventCode::of(EventKind::Allocate),
        EventCode::of(EventKind::Free), EventCode::of(EventKind::Allocate),
        EventCode::of(EventKind::Reallocate, EventCode::inPlace), EventCode::of(EventKind::Reallocate) };
    const std::uint8_t* const ops = packed.m_bytes.get();
    const std::uint32_t* next = m_state.slots.data();
    const std::uint32_t* nextElsewhere = m_state.elsewhere.data();
    const std::uint32_t* nextRare = m_state.rare.data();
    std::uint32_t* const freed = m_state.freed.data() + 1;
    EventCode* const outCode = columns.code.data();
    std::uint32_t* const outSlot = columns.slot.data();
    std::size_t freedCount = 0;
    std::uint32_t last = packed.m_lastSlot;
    std::uint32_t elsewhere = 0;
    for (std::size_t row = 0; row < count; ++row) {
        const unsigned op = codeAt(ops, row);
        if (op < Operation::AllocElsewhere * howCount) [[likely]] { // without a branch between the two
            const bool isFree = op >= Operation::Free * howCount;
            const std::uint32_t named = last + unzigzagged(*next);
            next += isFree;
            const std::uint32_t again = freed[static_cast<std::ptrdiff_t>(freedCount) - 1];
            last = isFree ? named : again;
            freed[freedCount] = last;
            freedCount += isFree ? std::size_t { 1 } : ~std::size_t { 0 };
            outCode[row] = { static_cast<std::uint8_t>(isFree) };
            outSlot[row] = last;
        } else if (op == rare) {
            outCode[row] = { static_cast<std::uint8_t>(nextRare[0]) };
            outSlot[row] = nextRare[1];
            nextRare += 3;
        } else {
            outCode[row] = codes[operationOf(op)];
            if (operationOf(op) == Operation::AllocElsewhere) {
                last = elsewhere + unzigzagged(*nextElsewhere++);
                elsewhere = last + 1;
            } else {
                last += unzigzagged(*next++);
            }
            outSlot[row] = last;
        }
    }
}
static_assert(
    static_cast<std::uint8_t>(EventKind::Allocate) == 0 && static_cast<std::uint8_t>(EventKind::Free) == 1);

void EventUnpacker::unpackSizes(const PackedEvents& packed, EventColumns& columns)
{
    read(packed, packed.m_sizes, m_state.sizes);
    columns.size.resize(packed.m_count);
    columns.bigSizes = packed.m_bigSizes;
    const std::uint8_t* const ops = packed.m_bytes.get();
    const std::uint32_t* next = m_state.sizes.data();
    std::uint32_t* const out = columns.size.data();
    constexpr unsigned hasNoSize = 7U << Operation::Free * howCount | 1U << rare;
    for (std::size_t row = 0; row < packed.m_count; ++row) {
        const bool hasNone = hasNoSize >> codeAt(ops, row) & 1U;
        out[row] = hasNone ? 0 : *next;
        next += !hasNone;
    }
    std::size_t rareRow = 0;
    for (std::size_t i = 2; i < packed.m_rare.count; i += 3) {
        while (codeAt(ops, rareRow) != rare)
            ++rareRow;
        out[rareRow++] = m_state.rare[i];
    }
}

void EventUnpacker::unpackStacks(const PackedEvents& packed, EventColumns& columns)
{
    if (!packed.m_hasStacks)
        return;
    read(packed, packed.m_stacks, m_state.stacks);
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
            stack = isPredicted ? follower : stack + unzigzagged(*next);
            next += !isPredicted;
            follower = stack;
        }
        out[row] = stack;
    }
}

} // namespace heapatlas
