// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <QStringView>

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace heapatlas {

/// A place in the trace or the heap, as people type it.
namespace place {

/// "event 12 345", "@12345", "12 345".
struct Event
{
    std::uint64_t event = 0;
    friend bool operator==(const Event&, const Event&) = default;
};

/// "0x7f4c2cb0b738".
struct Exact
{
    Address address;
    friend bool operator==(const Exact&, const Exact&) = default;
};

/// The last digits of an address: "b0b738", "…b0b738".
struct Tail
{
    std::uint64_t value = 0;
    int digits = 0; ///< 3 … 15 hexadecimal ones, leading zeros counted
    friend bool operator==(const Tail&, const Tail&) = default;
};

/// "chunk 2", "chunk 2 page 267", "page 267 slot 33". At least one of chunk and page is set.
struct Page
{
    std::optional<std::uint32_t> chunk;
    std::optional<std::uint32_t> page;
    std::optional<std::uint32_t> slot; ///< only with a page
    friend bool operator==(const Page&, const Page&) = default;
};

using Any = std::variant<Event, Exact, Tail, Page>;

} // namespace place

/// Everything that the text may mean as a place, likeliest first; empty if it is none. Thousands may be grouped with
/// spaces, commas, apostrophes or underscores.
[[nodiscard]] std::vector<place::Any> parsePlaces(QStringView text);

/// Addresses in `within` whose last digits are those of the tail, ascending, at most `limit`.
[[nodiscard]] std::vector<Address> addressesEndingIn(
    const place::Tail& tail, AddressRange within, std::size_t limit);

} // namespace heapatlas
