// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/edge/edgetraces.h"

#include "alloc/zendmm.h"
#include "trace/tracewriter.h"

#include <cstdlib>
#include <utility>

namespace heapatlas::testing {

namespace {

enum class State
{
    None,
    Initial,
    Both,
};

/// A heap whose calls are written down.
class Program
{
public:
    explicit Program(const std::string& path, State state = State::Both, const char* allocator = "zendmm",
        const char* stacks = "full")
        : m_writer(makeWriter(path))
        , m_engine(ZendMmOptions::forPhp("8.2.36", ZendMmState::Variant::DelayedOom))
        , m_state(state)
    {
        m_writer.meta("program", "at the edge");
        m_writer.meta("phpVersion", "8.2.36");
        m_writer.meta("allocator", allocator);
        m_writer.meta("variant", "delayed-oom");
        m_writer.meta("stacks", stacks);
        if (std::string(stacks) == "full") {
            const std::uint32_t function =
                hat_function(raw(), m_writer.string("main"), 0, m_writer.string("/srv/edge.php"), 1);
            hat_set_stack(raw(), hat_stack(raw(), 0, function, 7));
        }
    }
    /// As if the first chunk had been there; before begin().
    void moveTo(std::uint64_t chunk) { m_offset = chunk - m_engine.state().chunks.front().address.value; }
    void begin()
    {
        if (m_state != State::None)
            m_writer.heapState(HAT_STATE_INITIAL, state());
    }
    ~Program()
    {
        hat_start(raw());
        const ZendMmUsage usage = m_engine.usage();
        m_writer.sample(
            { hat_event_index(raw()), usage.size, usage.peak, usage.realSize, usage.realPeak, 1 });
        if (m_state == State::Both)
            m_writer.heapState(HAT_STATE_FINAL, state());
        if (!m_writer.finish(m_state == State::Both))
            std::abort();
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    hat_writer* raw() { return m_writer.raw(); }
    TraceWriter& writer() { return m_writer; }
    ZendMm<SimulatedMemory>& engine() { return m_engine; }

    std::pair<SimulatedRef, std::uint32_t> allocate(Bytes size)
    {
        const auto placed = m_engine.allocate(size);
        if (!placed.isOk())
            std::abort();
        return { placed.block, hat_alloc(raw(), size, m_engine.addressOf(placed.block).value + m_offset) };
    }
    void free(const std::pair<SimulatedRef, std::uint32_t>& block)
    {
        m_engine.deallocate(block.first);
        hat_free(raw(), block.second);
    }
    void someBlocks()
    {
        for (Bytes size = 8; size < 4000; size += 100) {
            const auto block = allocate(size);
            if (size % 300 == 8)
                free(block);
        }
    }

private:
    [[nodiscard]] ZendMmState state() const
    {
        ZendMmState state = m_engine.state();
        for (auto* const chunks : { &state.chunks, &state.cachedChunks })
            for (ZendMmState::Chunk& chunk : *chunks)
                chunk.address.value += m_offset;
        for (std::vector<Address>& slots : state.freeSlots)
            for (Address& slot : slots)
                slot.value += m_offset;
        for (ZendMmState::Huge& huge : state.huge) {
            huge.address.value += m_offset;
            huge.node.value += m_offset;
        }
        return state;
    }
    static TraceWriter makeWriter(const std::string& path)
    {
        TraceWriter::Options options;
        for (const zendmm::Bin& bin : zendmm::bins)
            options.classes.push_back({ bin.bytes, bin.slots });
        auto writer = TraceWriter::create(path, options);
        if (!writer)
            std::abort();
        return std::move(*writer);
    }

    TraceWriter m_writer;
    ZendMm<SimulatedMemory> m_engine;
    State m_state;
    std::uint64_t m_offset = 0; ///< recorded addresses less the engine's
};

} // namespace

void writeManyCheckpoints(const std::string& path)
{
    Program program(path);
    program.begin();
    for (std::uint64_t i = 0; i < manyCheckpoints; ++i) {
        if (i % 100 == 0)
            program.allocate(56);
        hat_checkpoint(program.raw(), program.writer().string("point " + std::to_string(i)));
    }
}

void writeTerabyteBlock(const std::string& path)
{
    Program program(path);
    program.begin();
    program.someBlocks();
    const auto block = program.allocate(Bytes { 1 } << 40);
    program.someBlocks();
    hat_checkpoint(program.raw(), program.writer().string("a terabyte"));
    program.free(block);
    program.allocate((Bytes { 1 } << 40) + 5);
    program.someBlocks();
}

namespace {

/// All that the program does, at other addresses: its first chunk is at `chunk`.
void writeAt(const std::string& path, std::uint64_t chunk)
{
    Program program(path);
    program.moveTo(chunk);
    program.begin();
    program.someBlocks();
    program.allocate(300'000);
    const auto huge = program.allocate(3'000'000);
    program.someBlocks();
    program.free(huge);
}

} // namespace

void writeTopOfUserSpace(const std::string& path) { writeAt(path, 0x7fffffe00000); }
void writeTopAddresses(const std::string& path) { writeAt(path, 0xffffffffffe00000); }

void writeTopAddressesWithoutState(const std::string& path)
{
    Program program(path, State::None);
    program.begin();
    for (const std::uint64_t address : std::initializer_list<std::uint64_t> { 0xfffffffffffff000,
             0xfffffffffffff038, 0xffffffffffe01000, 0xffffffffffffff00, 0xffffffffffffffc8, 0x1000, 0 })
        (void)hat_alloc(program.raw(), 56, address);
    (void)hat_alloc(program.raw(), Bytes { 1 } << 40, 0xffffffffffe00000);
    (void)hat_alloc(program.raw(), ~std::uint64_t { 0 }, 0xffffffffffa00000);
    hat_realloc(program.raw(), 0, 3000, 0xfffffffffffff448);
    hat_free(program.raw(), 1);
}

void writeNoEvents(const std::string& path)
{
    Program program(path);
    program.begin();
}

void writeNothing(const std::string& path)
{
    Program program(path, State::None);
    program.begin();
}

void writeNoStacks(const std::string& path)
{
    Program program(path, State::Both, "zendmm", "none");
    program.begin();
    program.someBlocks();
}

void writeNoFinalState(const std::string& path)
{
    Program program(path, State::Initial);
    program.begin();
    program.someBlocks();
}

void writeUnknownAllocator(const std::string& path)
{
    Program program(path, State::None, "unheard-of");
    program.begin();
    program.someBlocks();
}

const std::vector<EdgeTrace>& edgeTraces()
{
    static const std::vector<EdgeTrace> all { { "checkpoints", &writeManyCheckpoints },
        { "terabyte", &writeTerabyteBlock }, { "top", &writeTopAddresses },
        { "top-user", &writeTopOfUserSpace }, { "top-stateless", &writeTopAddressesWithoutState },
        { "no-events", &writeNoEvents }, { "nothing", &writeNothing }, { "no-stacks", &writeNoStacks },
        { "no-final-state", &writeNoFinalState }, { "unknown-allocator", &writeUnknownAllocator } };
    return all;
}

} // namespace heapatlas::testing
