// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workload/random.h"

#include <array>

namespace heapatlas {

/// Sizes of a log-normal distribution, in bytes, as a table of its quantiles: drawing one is a load.
class SizeTable
{
public:
    /// Half of the sizes are below `median`; `sigma` is that of their natural logarithm. What lies outside
    /// least … most is moved to the nearer of them.
    SizeTable(double median, double sigma, std::uint32_t least, std::uint32_t most);

    [[nodiscard]] std::uint32_t draw(Random& random) const { return m_sizes[random.next() >> 54]; }
    [[nodiscard]] double mean() const;

private:
    std::array<std::uint32_t, 1024> m_sizes {};
};

} // namespace heapatlas
