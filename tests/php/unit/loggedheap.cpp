// SPDX-License-Identifier: GPL-3.0-or-later
#include "loggedheap.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <zstd.h>

// The recorder's own C has expressions that C++ does not have.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wextra"
extern "C" {
#include "php/arena.h"
#include "php/eventlog.h"
#include "php/slottable.h"
#include "trace/hatwriterinline.h"
}
#pragma GCC diagnostic pop

namespace heapatlas::phptest {
namespace {

extern "C" void tellLive(
    void* context, std::uint32_t number, std::uintptr_t address, std::uint64_t size, unsigned kind)
{
    hat_live(static_cast<hat_writer*>(context), number - 1, address, size,
        kind < HA_BINS ? kind : unsigned { HAT_CLASS_NONE });
}
extern "C" void listLive(hat_writer* writer) { ha_each_block(tellLive, writer); }

constexpr std::uint64_t chunkMask = HA_CHUNK_BYTES - 1;

} // namespace

// --- the allocator ---

std::size_t LoggedHeap::pagesFor(Bytes size)
{
    const Bytes unit = size > HA_MAX_LARGE ? chunkMask + 1 : Bytes { 1 } << HA_PAGE_SHIFT;
    return static_cast<std::size_t>(((size + unit - 1) / unit * unit) >> HA_PAGE_SHIFT);
}

bool LoggedHeap::areFree(std::size_t page, std::size_t count) const
{
    if (page + count > m_owner.size())
        return false;
    const auto begin = m_owner.begin() + static_cast<std::ptrdiff_t>(page);
    return std::all_of(
        begin, begin + static_cast<std::ptrdiff_t>(count), [](std::uint32_t o) { return o == 0; });
}

std::uint32_t LoggedHeap::infoOf(std::uint64_t address, Bytes size)
{
    if (isSmall(address)) {
        const Run& run = runOf(address);
        const std::size_t back = pageOf(address) - run.page;
        return back == 0
            ? HA_KIND_SMALL | run.bin
            : HA_KIND_FOLLOWING | static_cast<std::uint32_t>(back) << HA_RUN_OFFSET_SHIFT | run.bin;
    }
    return (address & chunkMask) == 0 ? 0 : HA_KIND_LARGE | static_cast<std::uint32_t>(pagesFor(size));
}

Bytes LoggedHeap::sizeInBin(unsigned bin)
{
    const Bytes below = bin == 0 ? 0 : Bytes { ha_bin_size[bin - 1] } + 1;
    return below + random(ha_bin_size[bin] - below + 1);
}

Bytes LoggedHeap::anySize()
{
    const std::uint64_t choice = random(100);
    if (choice < 80)
        return sizeInBin(static_cast<unsigned>(random(HA_BINS)));
    if (choice < 97)
        return HA_MAX_SMALL + 1 + random(random(8) == 0 ? HA_MAX_LARGE - HA_MAX_SMALL : 20'000);
    return HA_MAX_LARGE + 1 + random(2 * HA_CHUNK_BYTES);
}

LoggedHeap::Run& LoggedHeap::makeRun(unsigned bin, std::size_t page)
{
    m_runs.push_back({ page, bin });
    const auto owner = static_cast<std::uint32_t>(m_runs.size());
    m_existing.push_back(owner - 1);
    std::fill_n(m_owner.begin() + static_cast<std::ptrdiff_t>(page), ha_bin_pages[bin], owner);
    for (unsigned i = ha_bin_count[bin]; i-- > 0;)
        m_free[bin].push_back(addressOf(page) + std::uint64_t { i } * ha_bin_size[bin]);
    return m_runs.back();
}

/// Mostly where other runs were before.
std::optional<std::size_t> LoggedHeap::findPages(std::size_t count)
{
    for (int tries = 0; tries < 20; ++tries) {
        const std::size_t unit = static_cast<std::size_t>(random(random(50) == 0 ? units : 3));
        const std::size_t inUnit = 1 + static_cast<std::size_t>(random(tries < 10 ? 60 : HA_PAGES - 1));
        if (inUnit + count <= HA_PAGES && areFree(unit * HA_PAGES + inUnit, count))
            return unit * HA_PAGES + inUnit;
    }
    return {};
}

std::optional<std::uint64_t> LoggedHeap::placeSmall(Bytes size, bool inNewRun)
{
    const unsigned bin = ha_bin_of(size);
    std::vector<std::uint64_t>& free = m_free[bin];
    inNewRun = inNewRun || free.empty();
    if (inNewRun) {
        const std::optional<std::size_t> page = findPages(ha_bin_pages[bin]);
        if (!page) {
            vanishAll();
            return {};
        }
        makeRun(bin, *page);
    }
    // Slots leave the list out of order when the allocator gives empty runs back.
    const std::size_t at =
        !inNewRun && random(16) == 0 ? static_cast<std::size_t>(random(free.size())) : free.size() - 1;
    const std::uint64_t address = free[at];
    free.erase(free.begin() + static_cast<std::ptrdiff_t>(at));
    ++runOf(address).live;
    return address;
}

std::optional<std::uint64_t> LoggedHeap::place(Bytes size, bool inNewRun)
{
    if (size <= HA_MAX_SMALL)
        return placeSmall(size, inNewRun);
    const std::size_t count = pagesFor(size);
    std::optional<std::size_t> page;
    if (size <= HA_MAX_LARGE)
        page = findPages(count);
    else if (const std::size_t first = static_cast<std::size_t>(random(units)) * HA_PAGES;
             areFree(first, count))
        page = first;
    if (!page)
        return {};
    std::fill_n(m_owner.begin() + static_cast<std::ptrdiff_t>(*page), count, notARun);
    return addressOf(*page);
}

/// A size that the block could get where it is. Makes its pages follow.
std::optional<Bytes> LoggedHeap::sizeInPlace(const Block& block)
{
    if (isSmall(block.address)) {
        // From the size of the bin below on, which would be placed there but is not moved there.
        const unsigned bin = runOf(block.address).bin;
        const Bytes least = bin == 0 ? 0 : ha_bin_size[bin - 1];
        return random(4) == 0 ? least : least + random(ha_bin_size[bin] - least + 1);
    }
    const bool isHuge = (block.address & chunkMask) == 0;
    const Bytes size =
        isHuge ? HA_MAX_LARGE + 1 + random(2 * HA_CHUNK_BYTES) : HA_MAX_SMALL + 1 + random(20'000);
    const std::size_t page = pageOf(block.address);
    const std::size_t before = pagesFor(block.size);
    const std::size_t now = pagesFor(size);
    if (now > before
        && (!areFree(page + before, now - before) || (!isHuge && page % HA_PAGES + now > HA_PAGES)))
        return {};
    std::fill_n(m_owner.begin() + static_cast<std::ptrdiff_t>(page), before, 0);
    std::fill_n(m_owner.begin() + static_cast<std::ptrdiff_t>(page), now, notARun);
    return size;
}

void LoggedHeap::giveBack(const Block& block)
{
    if (isSmall(block.address)) {
        Run& run = runOf(block.address);
        --run.live;
        m_free[run.bin].push_back(block.address);
    } else {
        std::fill_n(
            m_owner.begin() + static_cast<std::ptrdiff_t>(pageOf(block.address)), pagesFor(block.size), 0);
    }
}

/// Nobody tells the log.
void LoggedHeap::vanish(std::size_t existing)
{
    const Run run = m_runs[m_existing[existing]];
    m_existing[existing] = m_existing.back();
    m_existing.pop_back();
    const std::uint64_t begin = addressOf(run.page);
    const std::uint64_t bytes = std::uint64_t { ha_bin_pages[run.bin] } << HA_PAGE_SHIFT;
    std::erase_if(m_free[run.bin], [&](std::uint64_t address) { return address - begin < bytes; });
    std::fill_n(m_owner.begin() + static_cast<std::ptrdiff_t>(run.page), ha_bin_pages[run.bin], 0);
}

void LoggedHeap::vanishOne()
{
    const std::size_t from = m_existing.empty() ? 0 : static_cast<std::size_t>(random(m_existing.size()));
    for (std::size_t at = from; at < m_existing.size(); ++at)
        if (m_runs[m_existing[at]].live == 0)
            return vanish(at);
}

void LoggedHeap::vanishAll()
{
    for (std::size_t at = m_existing.size(); at-- > 0;)
        if (m_runs[m_existing[at]].live == 0)
            vanish(at);
}

// --- what it tells ---

LoggedHeap::LoggedHeap(int descriptor, Shape shape)
    : m_shape(shape)
    , m_random(shape.seed)
    , m_owner(units * HA_PAGES)
    , m_free(HA_BINS)
    , m_forced(shape.seed)
{
    std::vector<hat_size_class> classes;
    for (unsigned bin = 0; bin < HA_BINS; ++bin)
        classes.push_back({ ha_bin_size[bin], ha_bin_count[bin] });
    hat_options options {};
    options.fd = descriptor;
    options.classes = classes.data();
    options.class_count = HA_BINS;
    options.byte_limit = shape.byteLimit;
    options.list_live = listLive;
    m_writer = hat_create(&options);
    if (m_writer == nullptr || ha_arena_open() != 0 || ha_slots_open(0) != 0 || ha_log_open() != 0)
        std::abort(); // no address space
    hat_set_restart_interval(m_writer, shape.restartInterval);
    adopt();
    hat_start(m_writer);
    ha_log_admit(1);
    while (events.size() < shape.events)
        if (!step())
            vanishAll();
    drain();
    error = hat_finish(m_writer, 1, nullptr);
}

LoggedHeap::~LoggedHeap()
{
    ha_arena_close();
    ha_slots = {};
    ha_log = {};
}

/// As php/heapstate.h does it: sizes are those of the bins.
void LoggedHeap::adopt()
{
    const Bytes huge = HA_CHUNK_BYTES + 5 * 4096;
    for (unsigned bin = 0; bin < HA_BINS; bin += 3) {
        Run& run = makeRun(bin, *findPages(ha_bin_pages[bin]));
        run.isSeen = true;
        ha_block_make(addressOf(run.page), HA_KIND_SMALL | bin);
    }
    for (int i = 0; i < 100; ++i) {
        const Bytes size = i == 0 ? huge : i == 1 ? 8192 : ha_bin_size[3 * random(HA_BINS / 3)];
        std::optional<std::uint64_t> found;
        while (!found)
            found = place(size);
        const std::uint64_t address = *found;
        const std::uint32_t slot = hat_adopt(m_writer, address, size);
        const std::uint32_t info = infoOf(address, size);
        ha_block_set(ha_block_make(address, info), address, slot + 1, size);
        if (isSmall(address))
            runOf(address).isSeen = true;
        m_live.push_back({ address, size, m_slots });
        adopted.push_back({ m_slots++, { address }, size });
    }
    for (unsigned bin = 0; bin < HA_BINS; ++bin) {
        const std::vector<std::uint64_t> headFirst(m_free[bin].rbegin(), m_free[bin].rend());
        hat_seed_class(m_writer, bin, headFirst.data(), headFirst.size());
    }
}

void LoggedHeap::changeStack()
{
    if (random(16) == 0) {
        const std::string name = "f" + std::to_string(m_stacks);
        const std::uint32_t function =
            hat_function(m_writer, hat_string(m_writer, name.data(), name.size()), 0, 0, 1);
        m_stacks = hat_stack(m_writer, static_cast<std::uint32_t>(random(m_stacks + 1)), function, 7);
    }
    m_stack = static_cast<std::uint32_t>(random(m_stacks + 1));
}

void LoggedHeap::drain()
{
    const std::uint32_t recycled = ha_slots.recycled;
    wasFull = wasFull || ha_log.at >= ha_log.end;
    ha_log_drain(m_writer);
    batchesThatRecycled += ha_slots.recycled - recycled > 1;
    if (eventsAtStop == 0 && hat_error(m_writer) != 0)
        eventsAtStop = events.size();
}

void LoggedHeap::makeRoom()
{
    if (ha_log.at >= ha_log.end)
        drain();
}

void LoggedHeap::expect(EventKind kind, std::uint8_t flags, std::uint32_t slot, Bytes size,
    std::uint64_t address, std::uint64_t old)
{
    events.push_back({ EventCode::of(kind, flags).bits, slot, size, m_stack, address, old });
}

void LoggedHeap::expectAllocation(std::uint64_t address, Bytes size)
{
    std::uint32_t slot = m_slots;
    if (m_freeSlots.empty()) {
        ++m_slots;
    } else {
        slot = m_freeSlots.back();
        m_freeSlots.pop_back();
    }
    expect(EventKind::Allocate, 0, slot, size, address, 0);
    m_live.push_back({ address, size, slot });
}

bool LoggedHeap::allocate(Bytes size, bool inNewRun)
{
    const std::optional<std::uint64_t> spot = place(size, inNewRun);
    if (!spot)
        return false;
    makeRoom();
    const std::uint32_t info = infoOf(*spot, size);
    if (!isSmall(*spot)) {
        ha_log_put_large(*spot, size, info, m_stack);
    } else {
        // Only the allocator's own list nodes make a run that nobody sees, and their runs are of one page.
        Run& run = runOf(*spot);
        const bool isSeldom =
            (!run.isSeen && (!run.isHidden || ha_bin_pages[run.bin] != 1)) || random(8) == 0;
        ha_log_put(
            isSeldom ? HA_LOG_ALLOC_FIRST : HA_LOG_ALLOC, *spot, size, isSeldom ? info : run.bin, m_stack);
        run.isSeen = true;
    }
    expectAllocation(*spot, size);
    return true;
}

bool LoggedHeap::release(std::vector<Block>& blocks, std::size_t at)
{
    if (at >= blocks.size())
        return false;
    const Block block = blocks[at];
    blocks[at] = blocks.back();
    blocks.pop_back();
    makeRoom();
    const std::uint32_t info = infoOf(block.address, block.size);
    if (isSmall(block.address))
        ha_log_put(HA_LOG_FREE, block.address, 0, info & HA_RUN_BIN_MASK, m_stack);
    else
        ha_log_put(HA_LOG_FREE_LARGE, block.address, 0, info, m_stack);
    const bool isKnown = block.slot != noSlot;
    expect(EventKind::Free, isKnown ? 0 : EventCode::unknownBlock, block.slot, 0, block.address, 0);
    if (isKnown)
        m_freeSlots.push_back(block.slot);
    giveBack(block);
    return true;
}

/// What a move is in the trace. Of a block that nobody saw being placed it is a release and a new block, which has its
/// bin's size first if it is to have that of the bin below.
void LoggedHeap::tellMoved(std::vector<Block>& blocks, std::size_t at, std::uint64_t to, Bytes size)
{
    Block& block = blocks[at];
    if (block.slot != noSlot) {
        const bool isInPlace = block.address == to;
        expect(
            EventKind::Reallocate, isInPlace ? EventCode::inPlace : 0, block.slot, size, to, block.address);
        block = { to, size, block.slot };
        return;
    }
    expect(EventKind::Free, EventCode::unknownBlock, noSlot, 0, block.address, 0);
    block = blocks.back();
    blocks.pop_back();
    const bool isAbove = isSmall(to) && ha_bin_of(size) != runOf(to).bin;
    expectAllocation(to, isAbove ? ha_bin_size[runOf(to).bin] : size);
    if (isAbove)
        tellMoved(m_live, m_live.size() - 1, to, size);
}

bool LoggedHeap::resize(std::vector<Block>& blocks, std::size_t at)
{
    if (at >= blocks.size() || !isSmall(blocks[at].address))
        return false;
    const std::uint64_t address = blocks[at].address;
    Run& run = runOf(address);
    if (!run.isSeen && ha_bin_pages[run.bin] != 1)
        return false;
    const Bytes size = *sizeInPlace(blocks[at]);
    makeRoom();
    ha_log_put(HA_LOG_RESIZE, address, size, run.bin, m_stack);
    run.isSeen = true;
    tellMoved(blocks, at, address, size);
    return true;
}

bool LoggedHeap::move(std::vector<Block>& blocks, std::size_t at, bool isInPlace)
{
    if (at >= blocks.size())
        return false;
    const Block old = blocks[at];
    const std::uint32_t oldInfo = infoOf(old.address, old.size);
    std::uint64_t to = old.address;
    Bytes size = anySize();
    if (isInPlace) {
        const std::optional<Bytes> fitting = sizeInPlace(old);
        if (!fitting)
            return false;
        size = *fitting;
    } else {
        const std::optional<std::uint64_t> spot = place(size, random(8) == 0);
        if (!spot)
            return false;
        to = *spot;
    }
    makeRoom();
    ha_log_put_move(old.address, oldInfo, to, infoOf(to, size), size, m_stack);
    if (isSmall(to))
        runOf(to).isSeen = true;
    tellMoved(blocks, at, to, size);
    if (to != old.address)
        giveBack(old);
    return true;
}

/// As the recorder tells it: directly, after what is logged.
void LoggedHeap::fail()
{
    drain();
    hat_set_stack(m_writer, m_stack);
    const Bytes size = anySize();
    const std::vector<Block>& blocks = random(4) == 0 ? m_unseen : m_live;
    std::uint32_t slot = noSlot;
    if (blocks.empty() || random(3) == 0) {
        hat_alloc_failed(m_writer, size);
        expect(EventKind::Allocate, EventCode::failed, noSlot, size, 0, 0);
        return;
    }
    const Block block = blocks[pick(blocks)];
    const int isKnown = ha_log_name(m_writer, block.address, infoOf(block.address, block.size), &slot);
    if (hat_error(m_writer) == 0)
        namesAreRight = namesAreRight && slot == block.slot;
    if (isKnown != 0) {
        hat_realloc_failed(m_writer, slot, size);
        expect(EventKind::Reallocate, EventCode::failed, slot, size, 0, block.address);
    } else {
        hat_alloc_failed(m_writer, size);
        expect(EventKind::Allocate, EventCode::failed, noSlot, size, 0, 0);
    }
}

bool LoggedHeap::allocateFreeSlot()
{
    const auto bin = static_cast<unsigned>(random(HA_BINS));
    return !m_free[bin].empty() && runOf(m_free[bin].back()).isSeen && allocate(sizeInBin(bin));
}

bool LoggedHeap::appearUnseen()
{
    const Bytes size = anySize();
    const std::optional<std::uint64_t> spot = m_unseen.size() < 60 ? place(size) : std::nullopt;
    if (spot) {
        m_unseen.push_back({ *spot, size });
        if (isSmall(*spot))
            runOf(*spot).isHidden = true;
    }
    return false; // no event
}

/// The same few pages for one bin after the other, all in a few entries of the log.
void LoggedHeap::changeBinsQuickly()
{
    const std::optional<std::size_t> page = findPages(8);
    for (std::uint64_t round = 1 + random(5); page && round > 0; --round) {
        const auto bin = static_cast<unsigned>(random(HA_BINS));
        std::vector<std::vector<std::uint64_t>> others(HA_BINS);
        std::swap(m_free[bin], others[bin]); // so that its blocks come from here
        const std::size_t room = 9 - std::size_t { ha_bin_pages[bin] };
        makeRun(bin, *page + static_cast<std::size_t>(random(room)));
        const std::size_t first = m_live.size();
        const std::uint64_t count = 1 + random(std::min<std::uint64_t>(ha_bin_count[bin], 9));
        for (std::uint64_t i = 0; i < count; ++i)
            allocate(sizeInBin(bin));
        if (random(3) == 0)
            resize(m_live, first);
        const bool isLast = round == 1 && random(2) == 0;
        while (!isLast && m_live.size() > first)
            release(m_live, first + static_cast<std::size_t>(random(m_live.size() - first)));
        if (!isLast)
            vanish(m_existing.size() - 1);
        m_free[bin].insert(m_free[bin].end(), others[bin].begin(), others[bin].end());
    }
}

bool LoggedHeap::perform(Op op)
{
    switch (op) {
    case Op::Allocate:
        return allocate(anySize());
    case Op::AllocateFreeSlot:
        return allocateFreeSlot();
    case Op::AllocateInNewRun:
        return allocate(sizeInBin(static_cast<unsigned>(random(HA_BINS))), true);
    case Op::AllocateLarge:
        return allocate(HA_MAX_SMALL + 1 + random(9000));
    case Op::AllocateHuge:
        return allocate(HA_MAX_LARGE + 1 + random(HA_CHUNK_BYTES));
    case Op::Free:
        return !m_live.empty() && release(m_live, pick(m_live));
    case Op::Resize:
        return !m_live.empty() && resize(m_live, pick(m_live));
    case Op::Move:
        return !m_live.empty() && move(m_live, pick(m_live), false);
    case Op::MoveInPlace:
        return !m_live.empty() && move(m_live, pick(m_live), true);
    case Op::FreeUnknown:
        return !m_unseen.empty() && release(m_unseen, pick(m_unseen));
    case Op::MoveUnknown:
        return !m_unseen.empty() && move(m_unseen, pick(m_unseen), false);
    case Op::MoveUnknownInPlace:
        return !m_unseen.empty() && move(m_unseen, pick(m_unseen), true);
    case Op::ResizeUnknown:
        return !m_unseen.empty() && resize(m_unseen, pick(m_unseen));
    case Op::Fail:
        fail();
        return true;
    case Op::AppearUnseen:
        return appearUnseen();
    }
    return false;
}

/// False if there was no event.
bool LoggedHeap::step()
{
    if (random(6) == 0)
        changeStack();
    if (random(20) == 0)
        vanishOne();
    if (random(3000) == 0)
        m_target = static_cast<std::size_t>(random(3) == 0 ? 0 : random(1500));
    if (random(2000) == 0)
        drain();
    if (m_shape.flushOneIn != 0 && random(m_shape.flushOneIn) == 0) {
        drain();
        hat_flush(m_writer);
        m_blockBegin = events.size();
    }
    // What stands before a restart point is in it: that is to be true of every kind of event in turn.
    static constexpr Op forced[] = { Op::AllocateInNewRun, Op::Move, Op::AllocateFreeSlot, Op::AllocateLarge,
        Op::Resize, Op::MoveUnknown, Op::AllocateFreeSlot, Op::MoveInPlace, Op::Free, Op::AllocateHuge,
        Op::FreeUnknown, Op::AllocateFreeSlot, Op::MoveUnknownInPlace };
    const std::size_t inBlock = (events.size() - m_blockBegin) % HAT_BLOCK_EVENTS;
    if (inBlock == HAT_BLOCK_EVENTS - 2 && random(4) == 0)
        return perform(Op::MoveUnknown);
    for (int tries = 0; inBlock == HAT_BLOCK_EVENTS - 1 && tries < 100; ++tries) {
        appearUnseen();
        if (perform(forced[m_forced % std::size(forced)])) {
            ++m_forced;
            return true;
        }
    }
    if (random(100) == 0 && inBlock + 200 < HAT_BLOCK_EVENTS)
        changeBinsQuickly();

    if (random(2000) == 0)
        return perform(Op::Fail);
    const std::uint64_t choice = random(1000);
    if (choice < 720)
        return perform(random(100) < (m_live.size() < m_target ? 65u : 35u) ? Op::Allocate : Op::Free);
    static constexpr std::pair<unsigned, Op> others[] = { { 820, Op::Resize }, { 890, Op::Move },
        { 930, Op::MoveInPlace }, { 933, Op::AllocateInNewRun }, { 960, Op::AppearUnseen },
        { 975, Op::FreeUnknown }, { 985, Op::MoveUnknown }, { 993, Op::MoveUnknownInPlace },
        { 1000, Op::ResizeUnknown } };
    return perform(
        std::find_if(std::begin(others), std::end(others), [&](auto o) { return choice < o.first; })->second);
}

} // namespace heapatlas::phptest
