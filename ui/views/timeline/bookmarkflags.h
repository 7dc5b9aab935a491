// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/timeline/timelineitems.h"

#include <cstdint>
#include <vector>

namespace heapatlas {

/// Where bookmarks are: a small flag without a letter in the marker lane, one per pixel at most.
class BookmarkFlags : public QCPAbstractItem
{
public:
    BookmarkFlags(QCustomPlot* plot, const TimelineScene* scene);
    /// Ascending.
    void setEvents(std::vector<std::uint64_t> events) { m_events = std::move(events); }
    double selectTest(const QPointF& position, bool onlySelectable, QVariant* details) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    const TimelineScene* m_scene;
    std::vector<std::uint64_t> m_events;
};

} // namespace heapatlas
