// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

namespace heapatlas {

/// The unit in which engines map memory that they cut up: 2 MiB, aligned to its own size.
inline constexpr Bytes regionBytes = Bytes { 2 } * 1024 * 1024;

/// What an engine stands on. An engine is a template over a Memory, so that one algorithm is both a real
/// allocator (ProcessMemory: words stand in the bytes themselves) and a drawn one (SimulatedMemory: words
/// stand in compact arrays, addresses are numbers).
///
/// Ref     the place of a block inside a region, or the begin of a mapping; 8-byte granular, trivially
/// copyable, null
///         when default constructed. In ProcessMemory a pointer.
/// Region  a mapping: either one *chunk* of regionBytes that starts with a header the engine defines, or a
/// *solid*
///         mapping of any size that holds exactly one block.
///
/// A run that is cut into slots is declared with its stride. Each slot then has one link word (a Ref), which
/// is meaningful while the slot is on a free list, and knows whether it is live where `knowsLive` is true. A
/// live slot may hold one record of the engine's own (ZendMM: the list node of a huge block):
/// storeRecord<T>(ref, value), record<T>(ref), eraseRecord(ref), T trivially copyable and at most 24 bytes.
/// header<H>(region) is the chunk's header, H trivially copyable and the same type throughout one memory;
/// mapChunk() may move headers, so no reference to one lives across it.
template <class M>
concept Memory = std::is_trivially_copyable_v<typename M::Ref> && std::is_trivially_copyable_v<
    typename M::Region> && requires(M memory, const M& view, typename M::Ref ref, typename M::Region region,
    Bytes bytes, std::uint32_t count, bool flag, Address address, std::span<std::uint64_t> bits)
{
    {
        M::knowsLive
        } -> std::convertible_to<bool>;
    // Mappings. Fresh chunks have a zeroed header. nullopt: no memory.
    {
        memory.mapChunk()
        } -> std::same_as<std::optional<typename M::Region>>;
    {
        memory.mapSolid(bytes)
        } -> std::same_as<std::optional<typename M::Region>>;
    { memory.unmapChunk(region) };
    { memory.unmapSolid(region, bytes) };
    // In place. The flag is what a recording saw; real memory asks the operating system instead.
    {
        memory.extendSolid(region, bytes, bytes, flag)
        } -> std::same_as<bool>;
    {
        memory.truncateSolid(region, bytes, bytes)
        } -> std::same_as<bool>;
    // Places.
    {
        view.regionOf(ref)
        } -> std::same_as<typename M::Region>;
    {
        view.offsetOf(ref)
        } -> std::same_as<Bytes>;
    {
        view.refIn(region, bytes)
        } -> std::same_as<typename M::Ref>;
    {
        view.addressOf(ref)
        } -> std::same_as<Address>;
    {
        view.refAt(address)
        } -> std::same_as<typename M::Ref>;
    // Slots.
    { memory.declareRun(ref, bytes, count, count) };
    { memory.forgetRun(ref, count, count) };
    {
        view.link(ref)
        } -> std::same_as<typename M::Ref>;
    { memory.setLink(ref, ref) };
    { memory.markLive(ref) };
    {
        view.isLive(ref)
        } -> std::same_as<bool>;
    {
        memory.takeSlot(ref)
        } -> std::same_as<typename M::Ref>; // link() and markLive() at once
    {
        memory.giveSlot(ref, ref)
        } -> std::same_as<bool>; // setLink(); false if it was seen not to be live
    { view.readLiveBits(ref, count, bits) };
    // Contents, where there are any.
    { memory.copyContents(ref, ref, bytes) };
};

} // namespace heapatlas
