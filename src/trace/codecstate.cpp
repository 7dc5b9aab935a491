// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/codecstate.h"

#include "trace/bytecursor.h"

#include <algorithm>

namespace heapatlas {

void CodecState::Bets::learn(std::uint64_t address)
{
    const std::uint32_t depth = std::min<std::uint32_t>(count, HAT_BET_SEARCH);
    for (std::uint32_t i = 2; i <= depth; ++i) {
        if (stack[count - i] == address) {
            count -= i;
            strangers = 0;
            return;
        }
    }
    const std::uint64_t ahead = address - runNext;
    if (ahead % slotBytes == 0 && ahead / slotBytes < runLeft) {
        runLeft -= static_cast<std::uint32_t>(ahead / slotBytes) + 1;
        runNext = address + slotBytes;
        count = 0;
        strangers = 0;
        return;
    }
    const bool isEmpty = count == 0 && runLeft == 0;
    if (!isEmpty && ++strangers < HAT_BET_PATIENCE)
        return;
    count = 0;
    strangers = 0;
    runNext = address + slotBytes;
    runLeft = runSlots - 1;
}

std::vector<std::uint64_t> CodecState::Bets::expected() const
{
    std::vector<std::uint64_t> addresses(stack.rend() - count, stack.rend());
    for (std::uint32_t i = 0; i < runLeft; ++i)
        addresses.push_back(runNext + std::uint64_t { i } * slotBytes);
    return addresses;
}

void CodecState::forgetStackOrder() { std::fill(nextStack.begin(), nextStack.end(), 0); }

void CodecState::reserve(std::uint32_t events)
{
    const std::size_t needed = std::size_t { slotCount } + events;
    if (slots.size() < needed)
        slots.resize(std::max(needed, slots.size() + slots.size() / 2));
    if (freeSlots.size() <= needed) // one more: an allocation too writes to the place behind the last one
        freeSlots.resize(std::max(needed + 1, freeSlots.size() + freeSlots.size() / 2));
    if (nextStack.size() <= stack)
        nextStack.resize(std::size_t { stack } + 1);
}

RestartParser::Outcome RestartParser::add(unsigned flags, std::span<const std::uint8_t> part)
{
    if ((flags & HAT_RESTART_FIRST) != 0) {
        m_state = CodecState {};
        m_wantedSlots = 0;
        m_wantedFree = 0;
        m_lastAddress = 0;
        m_lastFree = 0;
        m_betClass = HAT_MAX_CLASSES;
        m_isOpen = true;
    }
    if (!m_isOpen)
        return Outcome::Malformed;
    if (!parse(part)) {
        m_isOpen = false;
        return Outcome::Malformed;
    }
    if ((flags & HAT_RESTART_LAST) == 0)
        return Outcome::Partial;
    m_isOpen = false;
    return isWhole() ? Outcome::Complete : Outcome::Malformed;
}

void RestartParser::take(CodecState& state)
{
    state = std::move(m_state);
    m_state = CodecState {};
}

bool RestartParser::parse(std::span<const std::uint8_t> part)
{
    ByteCursor in(part);
    while (in.isOk() && !in.isAtEnd()) {
        bool isOk = false;
        switch (in.fixed<std::uint8_t>()) {
        case HAT_RESTART_HEAD:
            isOk = parseHead(in);
            break;
        case HAT_RESTART_CLASSES:
            isOk = parseClasses(in);
            break;
        case HAT_RESTART_SLOTS:
            isOk = parseSlots(in);
            break;
        case HAT_RESTART_FREE:
            isOk = parseFree(in);
            break;
        case HAT_RESTART_BETS:
            isOk = parseBets(in);
            break;
        default:
            break;
        }
        if (!isOk)
            return false;
    }
    return in.isOk();
}

bool RestartParser::parseHead(ByteCursor& in)
{
    m_state.restarts = in.numberBelow(std::uint64_t { 1 } << 32);
    m_state.breaks = in.numberBelow(std::uint64_t { 1 } << 32);
    m_wantedSlots = in.numberBelow(std::min<std::uint64_t>(HAT_MAX_SLOTS, m_slotBound) + 1);
    m_wantedFree = in.numberBelow(std::uint64_t { m_wantedSlots } + 1);
    m_state.lastSlot = in.numberBelow(HAT_MAX_SLOTS);
    m_state.stack = in.numberBelow(std::uint64_t { HAT_MAX_STACKS } + 1);
    m_state.lastAddress = in.number();
    for (int i = 0; i < 3; ++i) // strings, functions, stacks defined so far: nothing here depends on them
        (void)in.number();
    return in.isOk();
}

bool RestartParser::parseClasses(ByteCursor& in)
{
    m_state.betCapacity = in.numberBelow(std::uint64_t { HAT_MAX_BETS } + 1);
    const std::uint32_t count = in.numberBelow(HAT_MAX_CLASSES + 1);
    m_state.classes.clear();
    m_state.classOf.clear();
    for (std::uint32_t c = 0; c < count; ++c) {
        const std::uint32_t size = in.numberBelow(HAT_MAX_CLASS_BYTES + 1);
        const std::uint32_t slots = in.numberBelow(HAT_MAX_CLASS_COUNT + 1);
        if (!in.isOk() || slots == 0 || size == 0 || size < m_state.classOf.size())
            return false;
        m_state.classes.push_back({ size, slots });
        m_state.classOf.resize(std::size_t { size } + 1, static_cast<std::uint8_t>(c));
        m_state.bets[c].slotBytes = size;
        m_state.bets[c].runSlots = slots;
    }
    return in.isOk() && m_state.betCapacity > 0;
}

bool RestartParser::parseSlots(ByteCursor& in)
{
    const std::uint64_t from = in.number();
    const std::uint64_t count = in.number();
    if (!in.isOk() || from != m_state.slots.size() || count > m_wantedSlots - from)
        return false;
    const std::span<const std::uint8_t> classes = in.bytes(count);
    if (!in.isOk())
        return false;
    m_state.slots.resize(static_cast<std::size_t>(from + count));
    const std::span<CodecState::Slot> slots =
        std::span(m_state.slots).subspan(static_cast<std::size_t>(from));
    for (std::size_t i = 0; i < slots.size(); ++i) {
        const std::uint8_t cls = classes[i];
        if (cls == HAT_CLASS_FREE)
            continue;
        if (cls != HAT_CLASS_NONE && cls >= m_state.classes.size())
            return false;
        m_lastAddress += unzigzag(in.number());
        slots[i].address = m_lastAddress;
        slots[i].sizeClass = cls;
    }
    for (CodecState::Slot& slot : slots)
        if (slot.isLive())
            slot.sizeClass |= in.number() << 8;
    return in.isOk();
}

bool RestartParser::parseFree(ByteCursor& in)
{
    const std::uint64_t count = in.number();
    if (!in.isOk() || count > m_wantedFree - m_state.freeSlots.size() || count > in.left())
        return false;
    for (std::uint64_t i = 0; i < count; ++i) {
        m_lastFree += unzigzag(in.number());
        if (m_lastFree >= m_wantedSlots)
            return false;
        m_state.freeSlots.push_back(static_cast<std::uint32_t>(m_lastFree));
    }
    return in.isOk();
}

bool RestartParser::parseBets(ByteCursor& in)
{
    const unsigned cls = in.fixed<std::uint8_t>();
    if (!in.isOk() || cls >= m_state.classes.size())
        return false;
    CodecState::Bets& bets = m_state.bets[cls];
    if (cls != m_betClass)
        m_lastBet = 0;
    m_betClass = cls;
    bets.runNext = in.number();
    bets.runLeft = in.numberBelow(HAT_MAX_CLASS_COUNT + 1);
    bets.strangers = in.numberBelow(HAT_BET_PATIENCE);
    const std::uint64_t count = in.number();
    if (!in.isOk() || count > in.left() || count > m_state.betCapacity - bets.count)
        return false;
    for (std::uint64_t i = 0; i < count; ++i) {
        m_lastBet += unzigzag(in.number());
        bets.push(m_lastBet, m_state.betCapacity);
    }
    return in.isOk();
}

bool RestartParser::isWhole()
{
    m_state.slotCount = m_wantedSlots;
    m_state.freeCount = m_wantedFree;
    if (m_state.slots.size() != m_wantedSlots || m_state.freeSlots.size() != m_wantedFree
        || m_state.betCapacity == 0 || (m_state.lastSlot != 0 && m_state.lastSlot >= m_wantedSlots))
        return false;
    const auto live = std::count_if(m_state.slots.begin(), m_state.slots.end(),
        [](const CodecState::Slot& slot) { return slot.isLive(); });
    if (static_cast<std::uint64_t>(live) + m_wantedFree != m_wantedSlots)
        return false;
    std::vector<bool> isFree(m_wantedSlots);
    for (const std::uint32_t slot : m_state.freeSlots) {
        if (m_state.slots[slot].isLive() || isFree[slot])
            return false;
        isFree[slot] = true;
    }
    return true;
}

} // namespace heapatlas
