// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapbytes.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

namespace heapatlas::testing {

/// A zend_string of 51 bytes in a slot of 56, recorded a while ago, as far as its slack; then a free slot.
[[nodiscard]] inline std::shared_ptr<HeapBytes> fakeBytes(Address begin = { 0x7f4c2cb0b738 })
{
    auto bytes = std::make_shared<HeapBytes>();
    bytes->eventIndex = 5000;
    bytes->range = { begin, begin + 112 };
    bytes->bytes.resize(112);
    bytes->origins.resize(112, ByteOrigin::Unknown);
    const auto put = [&](Bytes at, std::string_view raw, ByteOrigin origin) {
        std::memcpy(bytes->bytes.data() + at, raw.data(), raw.size());
        std::fill_n(bytes->origins.begin() + static_cast<std::ptrdiff_t>(at), raw.size(), origin);
    };
    using namespace std::string_view_literals;
    put(0, "\x01\0\0\0\x16\0\0\0"sv, ByteOrigin::Recorded);
    put(8, "\xd3\x5e\x91\x0a\x7c\xe4\xb8\xf1"sv, ByteOrigin::Recorded);
    put(16, "\x1a\0\0\0\0\0\0\0"sv, ByteOrigin::Recorded);
    put(24, "queue.import.rows.duration\0"sv, ByteOrigin::Recorded);
    put(56, "\x38\xb7\xb0\x2c\x4c\x7f\0\0"sv, ByteOrigin::Engine);
    bytes->fields = {
        { 0, 4, FieldKind::Count, "refcount", "1" },
        { 4, 4, FieldKind::Type, "type", "string" },
        { 8, 8, FieldKind::Hash, "h", {} },
        { 16, 8, FieldKind::Length, "len", "26" },
        { 24, 27, FieldKind::Text, "val", "queue.import.rows.duration" },
        { 51, 5, FieldKind::Unused, "slack", {} },
        { 56, 8, FieldKind::FreeLink, "next_free_slot", "0x7f4c2cb0b738", Address { 0x7f4c2cb0b738 } },
    };
    bytes->structure = "zend_string";
    bytes->contentsEvent = 4000;
    bytes->hasContents = true;
    return bytes;
}

} // namespace heapatlas::testing
