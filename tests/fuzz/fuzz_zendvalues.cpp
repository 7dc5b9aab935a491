// SPDX-License-Identifier: GPL-3.0-or-later
//
// libFuzzer target for what recorded bytes are taken to mean, and for their redaction. The input is pages of a heap, the
// first one that of its main chunk. So that pointers into it come about, a word that begins with A5 A5 means "somewhere in
// these pages".
#include "analysis/contentsoverlay.h"
#include "analysis/redaction.h"
#include "analysis/zenddecoder.h"
#include "analysis/zendheapmap.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace heapatlas;

namespace {

constexpr std::uint64_t base = 0x7f1200000000;

std::vector<std::uint8_t> heapOf(const std::uint8_t* data, std::size_t size)
{
    const std::size_t pages = std::min<std::size_t>(32, (size + contentsPageBytes - 1) / contentsPageBytes);
    std::vector<std::uint8_t> heap(pages * contentsPageBytes);
    std::memcpy(heap.data(), data, std::min(size, heap.size()));
    for (std::size_t at = 0; at + 8 <= heap.size(); at += 8) {
        if (heap[at + 7] != 0xA5 || heap[at + 6] != 0xA5)
            continue;
        std::uint64_t word = 0;
        std::memcpy(&word, &heap[at], sizeof word);
        word = base + (word & 0x1FFFF);
        std::memcpy(&heap[at], &word, sizeof word);
    }
    return heap;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
        return 0;
    const zend::Layout layout { (data[0] & 1) == 0 };
    const Bytes slot = Bytes { 8 } << (data[0] >> 5); // 8 … 1024
    const std::vector<std::uint8_t> heap = heapOf(data + 1, size - 1);
    const PageSource pages = [&heap](Address page) -> std::span<const std::uint8_t> {
        const std::uint64_t offset = page.value - base;
        return offset < heap.size() ? std::span(heap).subspan(offset, contentsPageBytes)
                                    : std::span<const std::uint8_t>();
    };
    ZendDecoder decoder(pages, layout);
    for (Bytes at = 0; at + slot <= heap.size(); at += slot) {
        const AddressRange block { { base + at }, { base + at + slot } };
        const ZendBlock found = decoder.identify(block);
        Bytes end = 0;
        for (const ByteField& field : decoder.fields(found, block)) {
            if (field.offset < end || field.offset + field.size > block.size())
                std::abort(); // fields follow one another within the window
            end = field.offset + field.size;
        }
        if (const auto value = decoder.zval(block.begin))
            (void)decoder.text(*value);
        (void)decoder.classAt(block.begin);
        (void)decoder.stringAt(block.begin, 100);
    }
    ZendMmState state;
    state.chunks.resize(1);
    state.chunks[0].address = { base };
    OutsidePointers outside;
    Redactor redactor(pages, layout, &state, outside);
    for (std::uint64_t at = 0; at < heap.size(); at += contentsPageBytes) {
        if (redactor.page({ base + at }).size() != contentsPageBytes)
            std::abort();
    }
    return 0;
}
