// SPDX-License-Identifier: GPL-3.0-or-later
#include "workload/sizetable.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace heapatlas {

namespace {

constexpr double count = 1024; // of a table's sizes

} // namespace

SizeTable::SizeTable(double median, double sigma, std::uint32_t least, std::uint32_t most)
{
    // The density summed up from the left; each time it passes the middle of a quantile, that one is known.
    constexpr double step = 1.0 / 1024;
    const double total = std::sqrt(2 * std::acos(-1.0)) / step;
    double sum = 0;
    std::size_t at = 0;
    for (double z = -6; z <= 6 && at < m_sizes.size(); z += step) {
        sum += std::exp(-z * z / 2);
        while (at < m_sizes.size() && sum >= (static_cast<double>(at) + 0.5) / count * total)
            m_sizes[at++] = static_cast<std::uint32_t>(std::lround(std::clamp(
                median * std::exp(sigma * z), static_cast<double>(least), static_cast<double>(most))));
    }
    std::fill(m_sizes.begin() + static_cast<std::ptrdiff_t>(at), m_sizes.end(), most);
}

double SizeTable::mean() const { return std::accumulate(m_sizes.begin(), m_sizes.end(), 0.0) / count; }

} // namespace heapatlas
