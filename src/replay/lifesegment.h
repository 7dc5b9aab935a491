// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/lifebars.h"
#include "replay/blockvisitor.h"
#include "replay/interrupt.h"
#include "replay/replaycursor.h"

#include <cstdint>
#include <map>
#include <vector>

namespace heapatlas {

struct LifeRequest
{
    AddressRange window; ///< a few pages of one chunk, or a huge block
    std::uint64_t begin = 0; ///< positions [begin, end]
    std::uint64_t end = 0;
    std::size_t maxBars = 200'000;
    /// Positions that are seen, ascending: with more bars than allowed, those that live at none of them are left out.
    std::vector<std::uint64_t> columns;
    unsigned segments =
        0; ///< parts that are run through apart; 0: as many as the stretch is worth, as the next
    unsigned threads = 0;
};

/// Bars of which not too many are kept.
class LifeBarStore
{
public:
    /// Bars that begin before `keepBefore` stay whatever comes.
    LifeBarStore(const LifeRequest& request, std::uint64_t keepBefore);

    /// `others`: bars elsewhere that count as well.
    void add(const LifeBar& bar, std::size_t others);
    [[nodiscard]] const std::vector<LifeBar>& bars() const { return m_bars; }
    [[nodiscard]] std::uint64_t dropped() const { return m_dropped; }
    void drop(std::uint64_t bars) { m_dropped += bars; } ///< that were left out before

private:
    [[nodiscard]] bool isKept(const LifeBar& bar) const;
    void thin();

    std::size_t m_most;
    std::uint64_t m_keepBefore;
    std::vector<std::uint64_t> m_columns;
    std::vector<LifeBar> m_bars;
    std::uint64_t m_dropped = 0;
    bool m_isThinned = false;
};

/// The blocks of a window over a part of a stretch: what a cursor that runs through the part tells. What lives where the
/// part begins is adopted from a snapshot there; its bars begin at or before the part.
class LifeSegment final : public BlockVisitor
{
public:
    /// The cursor stands at the begin of the part and has to outlive this.
    LifeSegment(const ReplayCursor& cursor, const LifeRequest& request);

    void born(const BlockEvent& block) override;
    void ended(const BlockEvent& block) override;
    void resized(const BlockEvent& block, Bytes oldSize, Bytes oldRequested) override;
    void forgotten() override;

private:
    friend class LifeJoin;

    void open(const BlockEvent& block, std::uint64_t from);
    void close(std::uint32_t slot, std::uint64_t at, bool isContinued);

    const ReplayCursor* m_cursor;
    AddressRange m_window;
    std::uint64_t m_begin;
    LifeBarStore m_closed;
    std::map<std::uint32_t, LifeBar> m_open; ///< by slot
    std::map<Bytes, std::uint8_t> m_classes; ///< size class by slot size
    std::uint64_t m_forgottenAt = ~std::uint64_t { 0 }; ///< where the recording was interrupted last
};

/// Parts one after the other become the bars of the whole stretch.
class LifeJoin
{
public:
    explicit LifeJoin(const LifeRequest& request); ///< of positions within the trace

    /// The next part; it ends at position `end`.
    void add(LifeSegment&& part, std::uint64_t end);
    [[nodiscard]] std::uint64_t knownTo() const { return m_out.knownTo; }
    /// As far as they are known.
    [[nodiscard]] LifeBarsPtr soFar() const;
    /// Looks up in the events when those end that live on. Null if interrupted.
    [[nodiscard]] LifeBarsPtr finish(const ReplaySource& source, const Interrupt& interrupt);

private:
    LifeBarStore m_store;
    std::map<std::uint32_t, LifeBar> m_open; ///< by slot
    bool m_isFirst = true;
    LifeBars m_out; ///< without its bars
};

} // namespace heapatlas
