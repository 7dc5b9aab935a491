// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace heapatlas {

/// Reads numbers from bytes that nobody vouches for. After the first read beyond the end every read gives 0 and
/// isOk() stays false, so callers check once.
class ByteCursor
{
public:
    explicit ByteCursor(std::span<const std::uint8_t> bytes)
        : m_at(bytes.data())
        , m_end(bytes.data() + bytes.size())
    {
    }

    [[nodiscard]] bool isOk() const { return m_isOk; }
    [[nodiscard]] bool isAtEnd() const { return m_at == m_end; }
    [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(m_end - m_at); }

    /// Little-endian value of T's size.
    template <class T>
    [[nodiscard]] T fixed()
    {
        static_assert(std::is_arithmetic_v<T>);
        T value {};
        if (left() < sizeof(T)) {
            fail();
            return value;
        }
        std::memcpy(&value, m_at, sizeof(T));
        m_at += sizeof(T);
        return value;
    }

    /// LEB128, at most ten bytes; bits above 64 are dropped.
    [[nodiscard]] std::uint64_t number()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 70; shift += 7) {
            if (m_at == m_end)
                break;
            const std::uint8_t b = *m_at++;
            if (shift < 64)
                value |= static_cast<std::uint64_t>(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
        fail();
        return 0;
    }

    /// A LEB128 number that has to be below `limit`.
    [[nodiscard]] std::uint32_t numberBelow(std::uint64_t limit)
    {
        const std::uint64_t value = number();
        if (value >= limit) {
            fail();
            return 0;
        }
        return static_cast<std::uint32_t>(value);
    }

    [[nodiscard]] std::span<const std::uint8_t> bytes(std::uint64_t count)
    {
        if (count > left()) {
            fail();
            return {};
        }
        const std::span<const std::uint8_t> result(m_at, static_cast<std::size_t>(count));
        m_at += count;
        return result;
    }

    [[nodiscard]] std::string_view text(std::uint64_t count)
    {
        const std::span<const std::uint8_t> b = bytes(count);
        return { reinterpret_cast<const char*>(b.data()), b.size() };
    }

    void fail()
    {
        m_isOk = false;
        m_at = m_end;
    }

private:
    const std::uint8_t* m_at;
    const std::uint8_t* m_end;
    bool m_isOk = true;
};

/// Undoes the writer's zigzag: 0, 1, 2, 3 … are 0, -1, 1, -2 … (as a difference modulo 2^64).
[[nodiscard]] constexpr std::uint64_t unzigzag(std::uint64_t v) { return (v >> 1) ^ (0 - (v & 1)); }

} // namespace heapatlas
