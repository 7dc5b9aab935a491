// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/contentsoverlay.h"

#include "analysis/zenddecoder.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace heapatlas {

void overlayContents(HeapBytes& bytes, const RecordedContents& contents)
{
    bytes.hasContents = true;
    const auto size = static_cast<std::size_t>(bytes.range.size());
    bytes.bytes.resize(size);
    bytes.origins.resize(size, ByteOrigin::Unknown);
    for (Address page = bytes.range.begin.alignedDown(contentsPageBytes); page < bytes.range.end;
         page = page + contentsPageBytes) {
        if (page.value > UINT64_MAX - contentsPageBytes)
            break; // nothing lies there
        const std::span<const std::uint8_t> known = contents.pages(page);
        if (known.size() != contentsPageBytes)
            continue;
        const Address begin = std::max(page, bytes.range.begin);
        const Address end = std::min(page + contentsPageBytes, bytes.range.end);
        for (Address at = begin; at < end; at = at + 1) {
            const auto i = static_cast<std::size_t>(at - bytes.range.begin);
            if (bytes.origins[i] != ByteOrigin::Unknown)
                continue;
            bytes.origins[i] = ByteOrigin::Recorded;
            bytes.bytes[i] = known[static_cast<std::size_t>(at - page)];
            bytes.contentsEvent = contents.event;
        }
    }
}

namespace {

/// Without those parts whose bytes are not recorded ones or already have a field.
void merge(std::vector<ByteField>& into, std::vector<ByteField> found, const HeapBytes& bytes)
{
    const auto isTaken = [&](const ByteField& field) {
        const auto next = std::lower_bound(into.begin(), into.end(), field.offset,
            [](const ByteField& f, Bytes offset) { return f.offset + f.size <= offset; });
        if (next != into.end() && next->offset < field.offset + field.size)
            return true;
        const auto from = bytes.origins.begin() + static_cast<std::ptrdiff_t>(field.offset);
        return std::any_of(from, from + static_cast<std::ptrdiff_t>(field.size),
            [](ByteOrigin o) { return o != ByteOrigin::Recorded; });
    };
    std::erase_if(found, isTaken);
    std::vector<ByteField> all;
    all.reserve(into.size() + found.size());
    std::merge(std::make_move_iterator(into.begin()), std::make_move_iterator(into.end()),
        std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()), std::back_inserter(all),
        [](const ByteField& a, const ByteField& b) { return a.offset < b.offset; });
    into = std::move(all);
}

} // namespace

void decodeBlocks(HeapBytes& bytes, std::span<const AddressRange> blocks, const RecordedContents& contents)
{
    if (bytes.origins.size() != bytes.range.size())
        return;
    ZendDecoder decoder(contents.pages, contents.layout);
    std::vector<ByteField> found;
    for (const AddressRange& block : blocks) {
        if (!block.overlaps(bytes.range))
            continue;
        const ZendBlock zend = decoder.identify(block);
        if (blocks.size() == 1)
            bytes.structure = zendName(zend.kind);
        for (ByteField& field : decoder.fields(zend, bytes.range))
            found.push_back(std::move(field));
    }
    std::sort(found.begin(), found.end(),
        [](const ByteField& a, const ByteField& b) { return a.offset < b.offset; });
    merge(bytes.fields, std::move(found), bytes);
}

} // namespace heapatlas
