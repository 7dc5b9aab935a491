// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/accessiblecanvas.h"

#include <cstddef>
#include <vector>

namespace heapatlas {

class SpacetimeCanvas;

/// The space–time canvas for assistive tools: the chunks and huge blocks that are seen, and the blocks in the lens, each
/// with its life in its name. Pressing one does what a click does: a chunk comes into the lens, a block is selected.
class SpacetimeAccess : public CanvasItems
{
public:
    // Told of at most; of more blocks those that are seen longest.
    static constexpr std::size_t mostBands = 100;
    static constexpr std::size_t mostHuge = 50;
    static constexpr std::size_t mostBlocks = 200;

    explicit SpacetimeAccess(SpacetimeCanvas* canvas);

    void itemsChanged();
    void selectionMoved();

    int count() const override;
    QString name(int item) const override;
    QRect rect(int item) const override;
    void press(int item) override;
    bool isSelected(int item) const override;
    bool hasFocus(int item) const override;
    void focus(int item) override;

private:
    enum class Kind : unsigned char
    {
        Band,
        Huge,
        Block,
    };
    struct Item
    {
        Kind kind = Kind::Band;
        std::size_t index = 0; ///< of the scene's bands, huge blocks or bars
    };

    void collect() const;
    void collectBlocks() const;
    [[nodiscard]] const Item* item(int number) const;
    [[nodiscard]] QString bandName(int band) const;

    SpacetimeCanvas* m_canvas;
    AccessibleCanvas* m_accessible; ///< child of the canvas
    mutable std::vector<Item> m_items;
    mutable bool m_isStale = true;
};

} // namespace heapatlas
