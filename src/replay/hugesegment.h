// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/spacetimegrid.h"
#include "replay/blockvisitor.h"
#include "replay/interrupt.h"
#include "replay/replaycursor.h"

#include <cstdint>
#include <map>
#include <vector>

namespace heapatlas {

/// The huge blocks over a part of a stretch: what a cursor that runs through the part tells, whatever its window. None is
/// missed that came and went between two looks.
class HugeSegment final : public BlockVisitor
{
public:
    /// Of blocks that are asked for with at least `least` bytes, which is more than a visitor's window leaves out. The
    /// cursor stands at the begin of the part and has to outlive this. Only the first part looks for what is there.
    HugeSegment(const ReplayCursor& cursor, Bytes least, bool isFirst);

    void born(const BlockEvent& block) override;
    void ended(const BlockEvent& block) override;
    void resized(const BlockEvent& block, Bytes oldSize, Bytes oldRequested) override;
    void forgotten() override;

private:
    friend class HugeJoin;

    void open(const BlockEvent& block, std::uint64_t from);
    void close(std::uint32_t slot, std::uint64_t at);

    const ReplayCursor* m_cursor;
    Bytes m_least;
    std::uint64_t m_begin;
    std::uint64_t m_forgottenFirst = HugeBar::never; ///< where the recording was interrupted
    std::uint64_t m_forgottenAt = HugeBar::never; ///< the same, last
    std::vector<HugeBar> m_closed; ///< those that begin at or before the part have begun in one before
    std::map<std::uint32_t, HugeBar> m_open; ///< by slot
};

/// Parts one after the other become the bars of the whole stretch.
class HugeJoin
{
public:
    void add(HugeSegment&& part);
    /// As far as they are known, by begin.
    [[nodiscard]] std::vector<HugeBar> soFar() const;
    /// At most `limit`, those that live longest; those that live on at position `end` end where the events say. Returns how
    /// many were left out. Unfinished if interrupted.
    [[nodiscard]] std::uint64_t finish(const ReplaySource& source, std::uint64_t end, std::size_t limit,
        std::vector<HugeBar>& bars, const Interrupt& interrupt);

private:
    std::vector<HugeBar> m_closed;
    std::map<std::uint32_t, HugeBar> m_open; ///< by slot
};

} // namespace heapatlas
