// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "alloc/zendmm.h"
#include "alloc/zendmmimpl.h"
#include "trace/hatwriter.h"
#include "trace/zendmmstateblob.h"

#include <QTemporaryDir>

#include <algorithm>
#include <cstdint>
#include <fcntl.h>
#include <random>
#include <string>
#include <vector>

namespace heapatlas::testing {

/// What a made-up program does.
struct ProgramOptions
{
    std::uint32_t seed = 1;
    std::uint64_t events = 20000; ///< about
    std::size_t live = 2000; ///< blocks live at once, about
    bool hasHuge = true;
    bool hasLarge = true;
    bool hasStacks = true;
    bool hasLimits = true;
    ZendMmState::Variant variant = ZendMmState::Variant::DelayedOom;
    std::uint64_t pauseAfter = 0; ///< events; the recording is interrupted once there
    /// The allocation or realloc at or after this event, in a chunk with other blocks, …
    std::uint64_t flipEvent = ~std::uint64_t { 0 };
    std::uint64_t flipBits = 0; ///< … is recorded at another address
};

/// Runs a random program on a real heap of this process and records it as PHP's recorder would: the observed
/// addresses and figures are those of `Engine` over real memory.
template <class Engine = ZendMm<ProcessMemory>>
class RecordedProgram
{
public:
    RecordedProgram(const ProgramOptions& options, const std::string& path)
        : m_options(options)
        , m_random(options.seed)
        , m_engine(engineOptions(options))
    {
        for (int i = 0; i < 500; ++i)
            allocateUnseen();
        for (int i = 0; i < 200; ++i)
            freeUnseen();
        open(path);
        begin(HAT_STATE_INITIAL);
        while (hat_event_index(m_writer) < options.events) {
            if (options.pauseAfter != 0 && hat_event_index(m_writer) >= options.pauseAfter && !m_hasPaused)
                pause();
            step();
            if (++m_steps % 512 == 0)
                sample();
        }
        sample();
        writeState(HAT_STATE_FINAL);
        m_events = hat_event_index(m_writer);
        m_error = hat_finish(m_writer, 1, nullptr);
        for (const Live& live : m_live)
            m_engine.deallocate(live.block);
    }

    [[nodiscard]] std::uint64_t events() const { return m_events; }
    [[nodiscard]] int error() const { return m_error; } ///< of the writer
    /// The event whose address was recorded wrongly.
    [[nodiscard]] std::uint64_t flipped() const { return m_flipped; }

private:
    using Block = typename Engine::Block;
    struct Live
    {
        Block block;
        Bytes size;
        std::uint32_t slot;
    };

    static ZendMmOptions engineOptions(const ProgramOptions& options)
    {
        ZendMmOptions engine = ZendMmOptions::forPhp("8.2.36", options.variant);
        engine.limit = Bytes { 1 } << 30;
        return engine;
    }
    std::size_t below(std::size_t n)
    {
        return std::uniform_int_distribution<std::size_t>(0, n - 1)(m_random);
    }

    Bytes anySize()
    {
        const std::size_t dice = below(1000);
        if (m_options.hasHuge && dice < 2)
            return (Bytes { 2 } << 20) + below(Bytes { 3 } << 20);
        if (m_options.hasLarge && dice < 25)
            return 3073 + below(dice < 5 ? 900000 : 40000);
        return dice < 800 ? below(257) : below(3073);
    }

    void allocateUnseen()
    {
        const Bytes size = anySize();
        m_live.push_back({ m_engine.allocate(size).block, size, 0 });
    }
    void freeUnseen()
    {
        const std::size_t i = below(m_live.size());
        m_engine.deallocate(m_live[i].block);
        m_live.erase(m_live.begin() + static_cast<std::ptrdiff_t>(i));
    }

    void open(const std::string& path)
    {
        std::vector<hat_size_class> classes;
        for (const zendmm::Bin& bin : zendmm::bins)
            classes.push_back({ bin.bytes, bin.slots });
        hat_options options {};
        options.fd = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
        options.classes = classes.data();
        options.class_count = static_cast<std::uint32_t>(classes.size());
        m_writer = hat_create(&options);
        hat_meta(m_writer, "program", "made-up");
        hat_meta(m_writer, "phpVersion", "8.2.36");
        hat_meta(m_writer, "allocator", "zendmm");
        hat_meta(m_writer, "variant",
            m_options.variant == ZendMmState::Variant::Classic ? "classic" : "delayed-oom");
        if (!m_options.hasStacks)
            return;
        const std::uint32_t file = hat_string(m_writer, "made-up.php", 11);
        for (std::uint32_t i = 0; i < 20; ++i) {
            const std::string name = "function" + std::to_string(i);
            const std::uint32_t function =
                hat_function(m_writer, hat_string(m_writer, name.data(), name.size()), 0, file, 10 * i + 1);
            m_stacks.push_back(hat_stack(
                m_writer, m_stacks.empty() ? 0 : m_stacks[below(m_stacks.size())], function, 10 * i + 3));
        }
    }

    void writeState(int when)
    {
        const std::vector<std::uint8_t> bytes = writeZendMmState(m_engine.state());
        hat_heap_state(m_writer, when, bytes.data(), bytes.size());
    }

    void begin(int when)
    {
        writeState(when);
        // Chunks ascending, in each by address; huge blocks last.
        std::sort(m_live.begin(), m_live.end(), [this](const Live& a, const Live& b) {
            const Address left = m_engine.addressOf(a.block);
            const Address right = m_engine.addressOf(b.block);
            const bool isLeftHuge = left.offsetIn(zendmm::chunkBytes) == 0;
            const bool isRightHuge = right.offsetIn(zendmm::chunkBytes) == 0;
            return isLeftHuge != isRightHuge ? isRightHuge : left < right;
        });
        for (Live& live : m_live)
            live.slot =
                hat_adopt(m_writer, m_engine.addressOf(live.block).value, m_engine.usableSize(live.block));
    }

    void pause()
    {
        m_hasPaused = true;
        sample();
        for (int i = 0; i < 300; ++i)
            allocateUnseen();
        for (int i = 0; i < 300; ++i)
            freeUnseen();
        hat_forget_live(m_writer);
        begin(HAT_STATE_RESYNC);
    }

    /// Other blocks that tell where the chunk stands. Where there are none, the operating system may as well have
    /// mapped the chunk where a flipped address has it: nothing in the trace contradicts that.
    bool hasWitnesses(Block block) const
    {
        const auto chunkOf = [this](
                                 Block b) { return m_engine.addressOf(b).alignedDown(zendmm::chunkBytes); };
        return std::count_if(m_live.begin(), m_live.end(), [&](const Live& live) {
            return !(live.block == block) && chunkOf(live.block) == chunkOf(block);
        }) >= 2;
    }

    std::uint64_t recorded(Block block)
    {
        std::uint64_t address = m_engine.addressOf(block).value;
        if (m_flipped == ~std::uint64_t { 0 } && hat_event_index(m_writer) >= m_options.flipEvent
            && hasWitnesses(block)) {
            m_flipped = hat_event_index(m_writer);
            address ^= m_options.flipBits;
        }
        return address;
    }

    void step()
    {
        if (!m_stacks.empty() && below(3) == 0)
            hat_set_stack(m_writer, m_stacks[below(m_stacks.size())]);
        const std::size_t dice = below(10000);
        if (dice < 8) {
            hat_trim(m_writer, m_engine.gc());
        } else if (dice < 20) {
            tellUsage();
        } else if (dice < 22 && m_options.hasLimits) {
            setLimit();
        } else if (dice < 25) {
            hat_checkpoint(m_writer, hat_string(m_writer, "point", 5));
        } else if (dice < 1500 && !m_live.empty()) {
            reallocate();
        } else if (dice < 1500 + (m_live.size() > m_options.live ? 4600 : 3900) && !m_live.empty()) {
            const std::size_t i = below(m_live.size());
            m_engine.deallocate(m_live[i].block);
            hat_free(m_writer, m_live[i].slot);
            m_live[i] = m_live.back();
            m_live.pop_back();
        } else {
            const Bytes size = anySize();
            const auto placed = m_engine.allocate(size);
            if (placed.isOk())
                m_live.push_back({ placed.block, size, hat_alloc(m_writer, size, recorded(placed.block)) });
            else
                hat_alloc_failed(m_writer, size);
        }
    }

    void reallocate()
    {
        Live& live = m_live[below(m_live.size())];
        const std::size_t dice = below(3);
        const Bytes size = dice == 0 ? live.size + live.size / 2 + 1 : dice == 1 ? live.size / 2 : anySize();
        const auto placed = m_engine.reallocate(live.block, size);
        if (!placed.isOk()) {
            hat_realloc_failed(m_writer, live.slot, size);
            return;
        }
        live.block = placed.block;
        live.size = size;
        hat_realloc(m_writer, live.slot, size, recorded(placed.block));
    }

    void setLimit()
    {
        const Bytes limit = below(2) == 0 ? m_engine.realBytes() + (Bytes { 4 } << 20) : Bytes { 1 } << 30;
        const bool accepted = m_engine.setLimit(limit);
        hat_limit(m_writer, limit, m_engine.usage().limit, accepted ? 1 : 0, m_engine.usage().hardLimit);
    }

    void tellUsage()
    {
        const ZendMmUsage usage = m_engine.usage();
        switch (below(5)) {
        case 0:
            hat_usage(m_writer, HAT_USAGE_LIVE, usage.size);
            break;
        case 1:
            hat_usage(m_writer, HAT_USAGE_REAL, usage.realSize);
            break;
        case 2:
            hat_usage(m_writer, HAT_USAGE_PEAK, usage.peak);
            break;
        case 3:
            hat_usage(m_writer, HAT_USAGE_REAL_PEAK, usage.realPeak);
            break;
        default:
            m_engine.resetPeak();
            hat_usage(m_writer, HAT_USAGE_RESET_PEAK, 0);
        }
    }

    void sample()
    {
        const ZendMmUsage usage = m_engine.usage();
        const hat_sample sample { usage.size, usage.peak, usage.realSize, usage.realPeak, m_steps };
        hat_sample_usage(m_writer, &sample);
    }

    ProgramOptions m_options;
    std::mt19937 m_random;
    Engine m_engine;
    hat_writer* m_writer = nullptr;
    std::vector<Live> m_live;
    std::vector<std::uint32_t> m_stacks;
    std::uint64_t m_steps = 0;
    std::uint64_t m_events = 0;
    std::uint64_t m_flipped = ~std::uint64_t { 0 };
    int m_error = 0;
    bool m_hasPaused = false;
};

} // namespace heapatlas::testing
