// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "analysis/zendlayout.h"
#include "model/heapbytes.h"
#include "model/heapsnapshot.h"
#include "trace/contents.h"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace heapatlas {

/// What a trace recorded of the heap's bytes, laid under what the engine knows of them. One thread at a time.
class RecordedBytes
{
public:
    /// A file without contents, or one that cannot be read, has none: hasContents() is false.
    RecordedBytes(const std::string& path, const std::string& phpVersion);

    [[nodiscard]] bool hasContents() const;
    /// Fills what the engine does not know from the newest moment at or before bytes.eventIndex, and decodes the blocks
    /// that were there then. What stands where a younger block is now stays unknown: it is not that block's.
    /// `blocksIn` gives the live blocks that overlap a range, ascending; asked only if there is something to decode.
    void addTo(HeapBytes& bytes, const std::function<std::vector<BlockRow>(AddressRange)>& blocksIn);

private:
    std::unique_ptr<ContentsStore> m_store;
    zend::Layout m_layout;
};

} // namespace heapatlas
