// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <new>
#include <utility>

namespace heapatlas {

// A block with more alignment than the engine gives:
//
//   raw block                 aligned, what the caller gets
//   v                         v
//   | unused … | raw pointer  | payload …                |
//
// Invariant: the word before an over-aligned payload is the pointer that the engine gave.

/// An engine over ProcessMemory as a standard memory resource. Not synchronised. Equal only to itself.
template <class E>
class PmrAdapter final : public std::pmr::memory_resource
{
public:
    template <class... Args>
    explicit PmrAdapter(Args&&... args)
        : m_engine(std::forward<Args>(args)...)
    {
    }
    [[nodiscard]] const E& engine() const { return m_engine; }

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override
    {
        const bool isOrdinary = alignment <= E::maxAlignment;
        // The block is aligned to the granule and the word fits before: `alignment` more bytes are enough.
        const std::size_t room = isOrdinary ? bytes : bytes + alignment;
        if (room < bytes)
            throw std::bad_alloc();
        const auto placement = m_engine.allocate(room);
        if (!placement.isOk())
            throw std::bad_alloc();
        std::byte* const raw = placement.block.pointer;
        if (isOrdinary)
            return raw;
        const auto begin = reinterpret_cast<std::uintptr_t>(raw) + sizeof(raw);
        std::byte* const aligned = raw + sizeof(raw) + (alignment - begin % alignment) % alignment;
        std::memcpy(aligned - sizeof(raw), &raw, sizeof(raw));
        return aligned;
    }
    void do_deallocate(void* pointer, std::size_t, std::size_t alignment) override
    {
        auto* raw = static_cast<std::byte*>(pointer);
        if (alignment > E::maxAlignment)
            std::memcpy(&raw, static_cast<std::byte*>(pointer) - sizeof(raw), sizeof(raw));
        m_engine.deallocate({ raw });
    }
    [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override
    {
        return this == &other;
    }

    E m_engine;
};

} // namespace heapatlas
