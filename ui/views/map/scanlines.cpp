// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/scanlines.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace heapatlas {

namespace {

/// From here on a picture does not stay in the caches of one core, and what a cache shared with others still has of it
/// is luck: 1920 × 1080 is written past them, the map of a usual window is not.
constexpr qsizetype streamedFrom = qsizetype { 4 } << 20;

#ifdef __SSE2__
/// What is left of a cache line at the end is completed by the beginning of the next line of the image.
void stream(QRgb* to, const QRgb* from, std::size_t count)
{
    constexpr std::size_t width = sizeof(__m128i);
    constexpr std::size_t step = width / sizeof(QRgb);
    const auto at = reinterpret_cast<std::uintptr_t>(to);
    const std::size_t head = std::min(count, (width - at % width) % width / sizeof(QRgb));
    std::copy_n(from, head, to);
    std::size_t i = head;
    const auto put = [&](std::size_t offset) {
        _mm_stream_si128(reinterpret_cast<__m128i*>(to + i + offset),
            _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i + offset)));
    };
    for (; i + 4 * step <= count; i += 4 * step) {
        put(0);
        put(step);
        put(2 * step);
        put(3 * step);
    }
    for (; i + step <= count; i += step)
        put(0);
    std::copy_n(from + i, count - i, to + i);
}
#endif

} // namespace

Scanlines::Scanlines(QImage& image)
    : m_bits(reinterpret_cast<QRgb*>(image.bits()))
    , m_stride(image.bytesPerLine() / static_cast<qsizetype>(sizeof(QRgb)))
    , m_width(image.width())
    , m_height(image.height())
    , m_isStreamed(image.sizeInBytes() >= streamedFrom)
{
}

Scanlines::~Scanlines()
{
#ifdef __SSE2__
    if (m_isStreamed)
        _mm_sfence();
#endif
}

void Scanlines::write(QRgb* to, const QRgb* from, std::size_t count) const
{
#ifdef __SSE2__
    if (m_isStreamed) {
        stream(to, from, count);
        return;
    }
#endif
    std::memcpy(to, from, count * sizeof(QRgb));
}

} // namespace heapatlas
