// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/selection.h"
#include "ui/widgets/accessiblecanvas.h"

#include <QString>

#include <cstddef>
#include <vector>

namespace heapatlas {

class MapCanvas;
struct RegionRow;
class HeapSnapshot;

/// The map for assistive tools: the chunks that are seen at Heap level, runs and holes at Chunk and Page level, slots and
/// blocks closer up. Pressing one selects it.
class MapItems : public CanvasItems
{
public:
    /// Told of at most; one item more says how many are left.
    static constexpr std::size_t mostItems = 300;

    explicit MapItems(MapCanvas* canvas);

    void itemsChanged(); ///< another picture
    void selectionMoved();

    int count() const override;
    QString name(int item) const override;
    QRect rect(int item) const override;
    void press(int item) override;
    QAccessible::Role role(int item) const override;
    bool isSelected(int item) const override;
    bool hasFocus(int item) const override;
    void focus(int item) override;

private:
    struct Item
    {
        Selection selection;
        QRect rect; ///< of the canvas
    };
    void collect() const;
    void collectRegions(const HeapSnapshot& snapshot, AddressRange seen) const;
    void collectSlots(const HeapSnapshot& snapshot, AddressRange seen) const;
    void add(const Selection& selection) const;
    [[nodiscard]] const Item* at(int item) const; ///< null: the one that tells of the rest
    [[nodiscard]] int holder() const; ///< the item that the selection is, or is in; −1

    MapCanvas* m_map;
    AccessibleCanvas* m_canvas; ///< child of the map
    mutable std::vector<Item> m_items;
    mutable std::size_t m_left = 0; ///< more that are seen
    mutable bool m_isStale = true;
};

/// "Page 17 of chunk 2, run of 320 B slots, 9 of 12 live".
[[nodiscard]] QString regionName(const HeapSnapshot& snapshot, const RegionRow& region);

} // namespace heapatlas
