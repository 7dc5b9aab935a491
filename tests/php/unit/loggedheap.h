// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "trace/hatformat.h"
#include "trace/hatwriter.h"
#include "unit/trace/tracemodel.h"

#include <optional>

namespace heapatlas::phptest {

/// A heap that is not there: page runs, large and huge blocks at addresses that nobody reads, placed as an allocator
/// might place them. What happens to it goes through the event log into a trace and is remembered.
class LoggedHeap
{
public:
    struct Shape
    {
        std::uint32_t seed = 0;
        std::size_t events = 0;
        std::uint64_t restartInterval = 30'000; ///< less than a block's events: each block has one behind it
        std::uint32_t flushOneIn = 0; ///< steps; 0 never
        std::uint64_t byteLimit = 0;
    };

    /// Writes the trace to the descriptor and closes it.
    LoggedHeap(int descriptor, Shape shape);
    ~LoggedHeap();
    LoggedHeap(const LoggedHeap&) = delete;
    LoggedHeap& operator=(const LoggedHeap&) = delete;

    std::vector<AdoptedBlock> adopted;
    std::vector<test::PlainEvent> events;
    std::uint32_t batchesThatRecycled = 0; ///< more than one array
    bool wasFull = false; ///< the log, before it was drained
    std::size_t eventsAtStop = 0; ///< when the writer was first seen to have stopped
    bool namesAreRight = true; ///< of blocks that a request failed for
    int error = 0; ///< hat_finish()

private:
    enum class Op
    {
        Allocate,
        AllocateFreeSlot,
        AllocateInNewRun,
        AllocateLarge,
        AllocateHuge,
        Free,
        Resize,
        Move,
        MoveInPlace,
        FreeUnknown,
        MoveUnknown,
        MoveUnknownInPlace,
        ResizeUnknown,
        Fail,
        AppearUnseen,
    };
    struct Run
    {
        std::size_t page = 0;
        unsigned bin = 0;
        unsigned live = 0;
        bool isSeen = false; ///< adopted, or the log has an entry that says where it begins
        bool isHidden = false; ///< begun by a block that nobody saw
    };
    struct Block
    {
        std::uint64_t address = 0;
        Bytes size = 0;
        std::uint32_t slot = noSlot; ///< of the trace
    };

    static constexpr std::uint64_t base = 0x7e0000000000;
    static constexpr std::size_t units = 6;
    static constexpr std::uint32_t notARun = UINT32_MAX; ///< owner of the pages of a large or huge block

    std::uint64_t random(std::uint64_t below) { return m_random() % below; }
    static std::size_t pageOf(std::uint64_t address)
    {
        return static_cast<std::size_t>((address - base) >> HAT_PAGE_SHIFT);
    }
    static std::uint64_t addressOf(std::size_t page)
    {
        return base + (std::uint64_t { page } << HAT_PAGE_SHIFT);
    }
    static std::size_t pagesFor(Bytes size);
    [[nodiscard]] bool isSmall(std::uint64_t address) const { return m_owner[pageOf(address)] != notARun; }
    Run& runOf(std::uint64_t address) { return m_runs[m_owner[pageOf(address)] - 1]; }
    [[nodiscard]] bool areFree(std::size_t page, std::size_t count) const;
    std::uint32_t infoOf(std::uint64_t address, Bytes size);

    // the allocator
    Bytes sizeInBin(unsigned bin);
    Bytes anySize();
    Run& makeRun(unsigned bin, std::size_t page);
    std::optional<std::size_t> findPages(std::size_t count);
    std::optional<std::uint64_t> placeSmall(Bytes size, bool inNewRun);
    std::optional<std::uint64_t> place(Bytes size, bool inNewRun = false);
    std::optional<Bytes> sizeInPlace(const Block& block);
    void giveBack(const Block& block);
    void vanish(std::size_t existing);
    void vanishOne();
    void vanishAll();

    // what it tells
    void adopt();
    void changeStack();
    void makeRoom();
    void drain();
    void expect(EventKind kind, std::uint8_t flags, std::uint32_t slot, Bytes size, std::uint64_t address,
        std::uint64_t old);
    void expectAllocation(std::uint64_t address, Bytes size);
    bool step();
    bool perform(Op op);
    bool allocate(Bytes size, bool inNewRun = false);
    bool release(std::vector<Block>& blocks, std::size_t at);
    bool resize(std::vector<Block>& blocks, std::size_t at);
    bool move(std::vector<Block>& blocks, std::size_t at, bool isInPlace);
    void tellMoved(std::vector<Block>& blocks, std::size_t at, std::uint64_t to, Bytes size);
    void fail();
    bool appearUnseen();
    bool allocateFreeSlot();
    void changeBinsQuickly();
    std::size_t pick(const std::vector<Block>& blocks)
    {
        return static_cast<std::size_t>(random(blocks.size()));
    }

    Shape m_shape;
    std::mt19937_64 m_random;
    hat_writer* m_writer = nullptr;
    std::vector<std::uint32_t> m_owner; ///< by page: run + 1
    std::vector<Run> m_runs; ///< ever
    std::vector<std::uint32_t> m_existing; ///< runs that are
    std::vector<std::vector<std::uint64_t>> m_free; ///< by bin, newest last
    std::vector<Block> m_live, m_unseen;
    std::vector<std::uint32_t> m_freeSlots; ///< newest last
    std::uint32_t m_slots = 0;
    std::uint32_t m_stack = 0, m_stacks = 0;
    std::size_t m_target = 500; ///< about so many live blocks
    std::size_t m_blockBegin = 0; ///< first event of the trace's block
    std::size_t m_forced;
};

} // namespace heapatlas::phptest
