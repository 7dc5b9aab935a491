// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/pagesource.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace heapatlas {

/// Reads words and stretches of recorded memory, across pages. Keeps copies of the pages it read last.
class HeapImage
{
public:
    explicit HeapImage(PageSource source)
        : m_source(std::move(source))
    {
    }

    /// The page that starts at `address`; null where it is not known. Good until the next call.
    [[nodiscard]] const std::uint8_t* page(Address address)
    {
        Entry& entry = m_entries[(address.value / contentsPageBytes) % m_entries.size()];
        if (!entry.isUsed || entry.page != address) {
            const std::span<const std::uint8_t> bytes = m_source(address);
            entry.isUsed = true;
            entry.page = address;
            entry.isKnown = bytes.size() == contentsPageBytes;
            if (entry.isKnown)
                std::memcpy(entry.bytes.data(), bytes.data(), contentsPageBytes);
        }
        return entry.isKnown ? entry.bytes.data() : nullptr;
    }

    [[nodiscard]] bool isKnown(Address address)
    {
        return page(address.alignedDown(contentsPageBytes)) != nullptr;
    }

    /// False if not all of it is known.
    bool read(Address from, std::span<std::uint8_t> out)
    {
        while (!out.empty()) {
            const Address start = from.alignedDown(contentsPageBytes);
            const std::uint8_t* const bytes = page(start);
            if (bytes == nullptr)
                return false;
            const Bytes offset = from - start;
            const std::size_t n = std::min<std::size_t>(out.size(), contentsPageBytes - offset);
            std::memcpy(out.data(), bytes + offset, n);
            out = out.subspan(n);
            from = from + n;
        }
        return true;
    }

    /// A little-endian number at an address that is a multiple of its size.
    template <class T>
    [[nodiscard]] std::optional<T> number(Address from)
    {
        static_assert(std::is_unsigned_v<T>);
        if (from.value % sizeof(T) != 0)
            return std::nullopt;
        const Address start = from.alignedDown(contentsPageBytes);
        const std::uint8_t* const bytes = page(start);
        if (bytes == nullptr)
            return std::nullopt;
        T value {};
        std::memcpy(&value, bytes + (from - start), sizeof value);
        return value;
    }
    [[nodiscard]] std::optional<std::uint64_t> word(Address from) { return number<std::uint64_t>(from); }

private:
    struct Entry
    {
        bool isUsed = false;
        bool isKnown = false;
        Address page;
        std::array<std::uint8_t, contentsPageBytes> bytes {};
    };
    PageSource m_source;
    std::vector<Entry> m_entries { 256 }; // 1 MiB
};

} // namespace heapatlas
