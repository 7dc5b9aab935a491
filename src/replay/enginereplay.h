// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "alloc/outcome.h"
#include "alloc/placement.h"
#include "model/heapbytesbuilder.h"
#include "model/snapshotbuilder.h"
#include "replay/liveslots.h"
#include "replay/placesort.h"
#include "replay/replayengine.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace heapatlas {

// Bytes of keyframe pieces that an engine's memory shares between keyframes and does not count itself: what each
// keyframe added to the one before. When one is dropped, what it added may live on in the next, so it is charged to
// that one, up to what that one holds. The total is therefore an upper bound.
class KeyframeLedger
{
public:
    /// Returns the number under which to drop() it.
    std::uint64_t add(Bytes own, Bytes full)
    {
        const std::scoped_lock lock(m_mutex);
        const Bytes charged = std::min(full, own + std::exchange(m_carried, 0));
        m_total += charged;
        m_rows.emplace_hint(m_rows.end(), ++m_last, Row { charged, full });
        return m_last;
    }
    void drop(std::uint64_t number)
    {
        const std::scoped_lock lock(m_mutex);
        const auto it = m_rows.find(number);
        const Bytes charged = it->second.charged;
        const auto next = m_rows.erase(it);
        m_total -= charged;
        if (next == m_rows.end()) {
            m_carried =
                std::max(m_carried, charged); // the engine still holds it as what the next one is based on
            return;
        }
        const Bytes raised = std::min(next->second.full, next->second.charged + charged);
        m_total += raised - next->second.charged;
        next->second.charged = raised;
    }
    [[nodiscard]] Bytes total() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_total + m_carried;
    }

private:
    struct Row
    {
        Bytes charged;
        Bytes full;
    };
    mutable std::mutex m_mutex; ///< keyframes may die on any thread
    std::map<std::uint64_t, Row> m_rows;
    std::uint64_t m_last = 0;
    Bytes m_total = 0;
    Bytes m_carried = 0;
};

/// ReplayEngine over one engine class, which is constructible from Options and offers what alloc/zendmm.h describes.
/// The loop over the rows is compiled with the engine's hot paths inlined.
template <class Engine, class Options>
class EngineReplay final : public ReplayEngine
{
public:
    using Block = typename Engine::Block;

    explicit EngineReplay(const Options& options)
        : m_options(options)
        , m_engine(options)
    {
    }

    [[nodiscard]] const Engine& engine() const { return m_engine; }

    Result<void> resync(const ZendMmState& state, const std::vector<AdoptedBlock>& blocks) override;

    using ReplayEngine::run;
    void run(const EventColumns& columns, std::size_t to, std::uint32_t slotCapacity,
        const std::vector<Marker>& markers, CurveBuilder* curve, PlaceNaming naming) override;
    void runTelling(const EventColumns& columns, std::size_t to, std::uint32_t slotCapacity,
        const std::vector<Marker>& markers, BlockVisitor& visitor, const AddressTranslation& translation,
        const TellWindow& window) override;

    [[nodiscard]] Lifetimes lifetimes(const LifetimeCounter& ended) const override;
    [[nodiscard]] HeapTotals totals() const override;
    [[nodiscard]] Bytes liveBytes() const override { return m_engine.liveBytes(); }
    [[nodiscard]] Bytes realBytes() const override { return m_engine.realBytes(); }
    [[nodiscard]] std::optional<BlockRow> block(std::uint32_t slot) const override
    {
        const bool isLive = slot < m_slots.capacity() && m_slots[slot].isLive();
        return isLive ? std::optional(rowOf(slot)) : std::nullopt;
    }
    [[nodiscard]] SnapshotPtr snapshot(
        Detail detail, AddressRange window, const AddressTranslation* translation) const override;
    [[nodiscard]] std::shared_ptr<HeapBytes> bytes(
        AddressRange window, const AddressTranslation* translation) const override;

    [[nodiscard]] std::vector<FreeList> freeLists(
        std::size_t most, const AddressTranslation* translation) const override;

    [[nodiscard]] Bytes keyframeCost() const override;
    [[nodiscard]] ReplayKeyframePtr keyframe() override;
    void restore(const ReplayKeyframe& keyframe) override;
    [[nodiscard]] Bytes keyframeBytes() const override { return *m_pieceBytes + m_ledger->total(); }
    [[nodiscard]] std::unique_ptr<ReplayEngine> sibling() const override
    {
        return std::make_unique<EngineReplay>(m_options);
    }

private:
    class Keyframe final : public ReplayKeyframe
    {
    public:
        Keyframe(std::uint64_t event, typename Engine::Keyframe engine,
            typename LiveSlots<Block>::Frame slots, std::shared_ptr<KeyframeLedger> ledger,
            Bytes engineEstimate)
            : m_engine(std::move(engine))
            , m_slots(std::move(slots))
            , m_ledger(std::move(ledger))
        {
            m_event = event;
            m_liveBlocks = m_slots.count;
            const Bytes table = LiveSlots<Block>::Rows::frameTableBytes(m_slots.rows);
            const Bytes engineFull = std::max(m_engine.ownBytes(), engineEstimate);
            m_fullBytes = engineFull + LiveSlots<Block>::fullBytes(m_slots);
            m_number = m_ledger->add(m_engine.ownBytes() + table, engineFull + table);
        }
        ~Keyframe() override { m_ledger->drop(m_number); }

        typename Engine::Keyframe m_engine;
        typename LiveSlots<Block>::Frame m_slots;

    private:
        std::shared_ptr<KeyframeLedger> m_ledger;
        std::uint64_t m_number = 0;
    };

    /// Nobody is told of blocks.
    struct Silence
    {
        static constexpr bool tells = false;
    };
    class Teller;
    template <bool WithCurve, class Listener = Silence>
    void runRows(const EventColumns& columns, std::size_t from, std::size_t to,
        const std::vector<Marker>& markers, const PlaceNaming& naming, const Listener& listener = {});
    void namePlace(const EventColumns& columns, std::size_t row, const PlaceNaming& naming);
    void applyOther(const EventColumns& columns, std::size_t row, const std::vector<Marker>& markers);
    void applyAllocate(const EventColumns& columns, std::size_t row);
    void applyFree(const EventColumns& columns, std::size_t row);
    void applyReallocate(const EventColumns& columns, std::size_t row);
    void applyMarker(const Marker& marker);
    [[nodiscard]] BlockRow rowOf(std::uint32_t slot) const;
    [[nodiscard]] std::vector<PlacedSlot> placesIn(const SnapshotBuilder& builder) const;
    /// What a keyframe of the engine alone takes, roughly: the engine counts only what one adds.
    [[nodiscard]] Bytes engineEstimate() const;

    Options m_options;
    Engine m_engine;
    LiveSlots<Block> m_slots;
    KeyframeBytes m_pieceBytes = std::make_shared<std::atomic<Bytes>>(0);
    std::uint64_t m_seenMappings = 0; ///< of the engine's memory, when a region was named last
    std::uint64_t m_placedMappings = 0; ///< the last one that needs no label
    std::vector<std::uint64_t> m_named; ///< by region number: the mapping that a label was looked for
    std::uint32_t m_namingRows = 0; ///< rows in which to look for blocks of new regions
    LifetimeCounter* m_lifetimes = nullptr; ///< while a first pass runs
    UsageBucket m_bucket; ///< of the rows run last, where a curve was asked for
    std::shared_ptr<KeyframeLedger> m_ledger = std::make_shared<KeyframeLedger>();
};

} // namespace heapatlas

#include "replay/enginereplay.inl" // IWYU pragma: keep
