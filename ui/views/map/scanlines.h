// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QImage>

#include <cstddef>

namespace heapatlas {

/// Writes whole pixels into an image of 32 bits a pixel, line by line, at what the memory takes. A picture that no
/// cache holds is written past the caches: fetching what is overwritten anyway would cost as much as the writing.
/// Other threads see the pixels after the destructor.
class Scanlines
{
public:
    /// The image must outlive it, and must not be written by others meanwhile.
    explicit Scanlines(QImage& image);
    ~Scanlines();
    Scanlines(const Scanlines&) = delete;
    Scanlines& operator=(const Scanlines&) = delete;
    Scanlines(Scanlines&&) = delete;
    Scanlines& operator=(Scanlines&&) = delete;

    [[nodiscard]] int width() const { return m_width; }
    [[nodiscard]] int height() const { return m_height; }
    /// Copies `count` pixels to (x, y); all of them inside the image.
    void put(int x, int y, const QRgb* pixels, int count)
    {
        write(m_bits + y * m_stride + x, pixels, static_cast<std::size_t>(count));
    }

private:
    void write(QRgb* to, const QRgb* from, std::size_t count) const;

    QRgb* m_bits;
    qsizetype m_stride; ///< in pixels
    int m_width;
    int m_height;
    bool m_isStreamed;
};

} // namespace heapatlas
