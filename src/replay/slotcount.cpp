// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/slotcount.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace heapatlas {

namespace {

class SlotVisitor final : public BlockVisitor
{
public:
    SlotVisitor(ReplayCursor& cursor, AddressRange run, Address place)
        : m_cursor(cursor)
    {
        m_out.run = run;
        m_out.place = place;
    }

    void adopt(std::uint64_t from)
    {
        const SnapshotPtr snapshot = m_cursor.snapshot(Detail::Blocks, m_out.run);
        for (const BlockRow& block : snapshot->blocks())
            open(block.slot, block.begin, { from, SlotLives::never, block.bornEvent });
    }
    void born(const BlockEvent& block) override
    {
        if (m_out.run.overlaps({ block.begin, block.begin + block.size }))
            open(block.slot, block.begin, { block.event + 1, SlotLives::never, block.bornEvent });
    }
    void ended(const BlockEvent& block) override
    {
        if (m_out.run.overlaps({ block.begin, block.begin + block.size }))
            close(block.slot, block.event + 1);
    }
    void resized(const BlockEvent& block, Bytes, Bytes) override
    {
        // One that grew into the run lives in it from now on; one that shrank out of it goes on elsewhere.
        const bool isInside = m_out.run.overlaps({ block.begin, block.begin + block.size });
        if (isInside && !m_open.contains(block.slot))
            open(block.slot, block.begin, { block.event + 1, SlotLives::never, block.bornEvent });
        else if (!isInside)
            m_open.erase(block.slot);
    }
    void forgotten() override
    {
        while (!m_open.empty())
            close(m_open.begin()->first, m_cursor.position());
        m_isForgotten = true;
    }
    [[nodiscard]] bool takeForgotten() { return std::exchange(m_isForgotten, false); }

    SlotLivesPtr finish()
    {
        for (const auto& [slot, live] : m_open) {
            ++m_out.stillLive;
            own(live);
        }
        std::sort(m_out.owners.begin(), m_out.owners.end(),
            [](const SlotLives::Owner& a, const SlotLives::Owner& b) { return a.from < b.from; });
        return std::make_shared<const SlotLives>(std::move(m_out));
    }

private:
    struct Live
    {
        SlotLives::Owner owner;
        bool isInPlace = false;
    };
    void open(std::uint32_t slot, Address begin, const SlotLives::Owner& owner)
    {
        m_open[slot] = { owner, begin == m_out.place };
    }
    void close(std::uint32_t slot, std::uint64_t at)
    {
        const auto it = m_open.find(slot);
        if (it == m_open.end())
            return;
        it->second.owner.to = at;
        const std::uint64_t lifetime = at - std::min(at, it->second.owner.born);
        const auto bucket = std::upper_bound(SlotLives::bounds.begin(), SlotLives::bounds.end(), lifetime);
        ++m_out.lifetimes[static_cast<std::size_t>(bucket - SlotLives::bounds.begin())];
        own(it->second);
        m_open.erase(it);
    }
    void own(const Live& live)
    {
        if (!live.isInPlace)
            return;
        ++m_out.ownerCount;
        if (m_out.owners.size() < SlotLives::mostOwners || live.owner.to == SlotLives::never)
            m_out.owners.push_back(live.owner);
    }

    ReplayCursor& m_cursor;
    SlotLives m_out;
    std::map<std::uint32_t, Live> m_open; ///< by slot
    bool m_isForgotten = false;
};

class BoxVisitor final : public BlockVisitor
{
public:
    explicit BoxVisitor(AddressRange window)
        : m_window(window)
    {
    }

    void count(std::uint32_t slot, Bytes size, std::uint32_t stack)
    {
        m_live.insert(slot);
        ++m_out.blocks;
        m_out.bytes += size;
        BoxCount::Share& share = m_stacks[stack];
        share.stack = stack;
        ++share.blocks;
        share.bytes += size;
    }
    void born(const BlockEvent& block) override
    {
        if (!m_window.overlaps({ block.begin, block.begin + block.size }))
            return;
        ++m_out.born;
        count(block.slot, block.size, block.stack);
    }
    void ended(const BlockEvent& block) override
    {
        if (m_window.overlaps({ block.begin, block.begin + block.size }))
            m_out.ended += m_live.erase(block.slot);
    }
    void resized(const BlockEvent& block, Bytes, Bytes) override
    {
        // One that grew into the box is seen in it from now on.
        if (!m_live.contains(block.slot) && m_window.overlaps({ block.begin, block.begin + block.size }))
            count(block.slot, block.size, block.stack);
    }
    void forgotten() override { m_live.clear(); }

    BoxCountPtr finish()
    {
        for (const auto& [stack, share] : m_stacks)
            m_out.stacks.push_back(share);
        std::stable_sort(m_out.stacks.begin(), m_out.stacks.end(),
            [](const BoxCount::Share& a, const BoxCount::Share& b) { return a.bytes > b.bytes; });
        return std::make_shared<const BoxCount>(std::move(m_out));
    }

private:
    AddressRange m_window;
    BoxCount m_out;
    std::set<std::uint32_t> m_live; ///< slots
    std::map<std::uint32_t, BoxCount::Share> m_stacks;
};

} // namespace

SlotLivesPtr countSlot(ReplayCursor& cursor, AddressRange run, Address place, const Interrupt& interrupt)
{
    constexpr std::uint64_t stride = 1 << 20;
    if (!cursor.seek(0, interrupt))
        return nullptr;
    SlotVisitor visitor(cursor, run, place);
    visitor.adopt(0);
    const std::uint64_t end = cursor.source().eventCount();
    // Interruptions of the recording have keyframes; there what is live is looked at anew.
    std::vector<std::uint64_t> stops;
    for (const auto& [event, keyframe] : cursor.source().keyframes()) {
        if (event > 0 && cursor.source().isBreak(event))
            stops.push_back(event);
    }
    stops.push_back(end);
    for (const std::uint64_t stop : stops) {
        while (cursor.position() < stop) {
            if (!cursor.visit(std::min(stop, cursor.position() + stride), visitor, interrupt, run))
                return nullptr;
        }
        if (visitor.takeForgotten())
            visitor.adopt(stop);
    }
    return visitor.finish();
}

BoxCountPtr countBox(ReplayCursor& cursor, AddressRange window, std::uint64_t begin, std::uint64_t end,
    const Interrupt& interrupt)
{
    if (!cursor.seek(begin, interrupt))
        return nullptr;
    BoxVisitor visitor(window);
    const SnapshotPtr snapshot = cursor.snapshot(Detail::Blocks, window);
    for (const BlockRow& block : snapshot->blocks())
        visitor.count(block.slot, block.size, block.stack);
    return cursor.visit(end, visitor, interrupt, window) ? visitor.finish() : nullptr;
}

} // namespace heapatlas
