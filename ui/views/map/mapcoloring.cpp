// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapcoloring.h"

#include "session/wording.h"

#include <QCoreApplication>
#include <QHash>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace heapatlas {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("Map", text); }

/// Ages in events at which the next band begins; the band after the last of these is live since before the recording.
constexpr std::array<std::uint64_t, 5> ages { 100, 1'000, 10'000, 100'000, 1'000'000 };
constexpr BlockColoring::Band adoptedBand = ages.size() + 1;

constexpr BlockColoring::Band newBand = 1;
constexpr BlockColoring::Band oldBand = 0;

/// Sites in a legend; more names than that are not read.
constexpr std::size_t maxSites = 7;

constexpr std::uint32_t unasked = 0xFFFFFFFF;

/// FNV-1a; neither 0, which stands for no name, nor `unasked`.
std::uint32_t nameBand(const QString& name)
{
    std::uint32_t hash = 2166136261U;
    for (const char c : name.toUtf8())
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash == 0 || hash == unasked ? 1 : hash;
}

} // namespace

void SiteBands::setResolver(SiteResolver resolver)
{
    m_resolver = std::move(resolver);
    m_bands.clear();
}

QString SiteBands::nameOf(std::uint32_t stack) const
{
    return stack == 0 || !m_resolver ? QString() : m_resolver(stack);
}

std::uint32_t SiteBands::of(std::uint32_t stack)
{
    if (stack == 0)
        return 0;
    if (stack >= m_bands.size())
        m_bands.resize(std::max<std::size_t>(stack + std::size_t { 1 }, m_bands.size() * 2), unasked);
    if (m_bands[stack] == unasked) {
        const QString name = nameOf(stack);
        m_bands[stack] = name.isEmpty() ? 0 : nameBand(name);
    }
    return m_bands[stack];
}

BlockColoring::BlockColoring(
    MapColoring way, std::uint64_t event, std::uint64_t changeSince, SiteBands* sites)
    : m_way(way)
    , m_event(event)
    , m_changeSince(changeSince)
    , m_sites(sites)
{
}

BlockColoring::Band BlockColoring::bandOf(const BlockRow& block) const
{
    switch (m_way) {
    case MapColoring::Age: {
        if (block.bornEvent == 0)
            return adoptedBand;
        const std::uint64_t age = m_event - std::min(block.bornEvent, m_event);
        return static_cast<Band>(std::upper_bound(ages.begin(), ages.end(), age) - ages.begin());
    }
    case MapColoring::CallSite:
        return m_sites == nullptr ? 0 : m_sites->of(block.stack);
    case MapColoring::Change:
        return block.bornEvent > m_changeSince ? newBand : oldBand;
    case MapColoring::SizeClass:
    case MapColoring::Occupancy:
        break;
    }
    return 0;
}

QColor BlockColoring::colorOf(Band band, const Theme& theme) const
{
    switch (m_way) {
    case MapColoring::Age:
        if (band == adoptedBand)
            return theme.text3;
        return Theme::mix(theme.ok, theme.canvas, 0.25 + 0.75 * band / static_cast<double>(ages.size()));
    case MapColoring::CallSite: {
        if (band == 0)
            return unknown(theme);
        // Eight hues at three strengths: 24 looks for names that stand beside each other.
        const QColor hue = theme.hues.at(band % theme.hues.size());
        const auto strength = band / theme.hues.size() % 3;
        return strength == 0 ? hue : Theme::mix(hue, strength == 1 ? theme.text : theme.canvas, 0.62);
    }
    case MapColoring::Change:
        return band == newBand ? theme.ok : unknown(theme);
    case MapColoring::SizeClass:
    case MapColoring::Occupancy:
        break;
    }
    return unknown(theme);
}

QColor BlockColoring::unknown(const Theme& theme) { return Theme::mix(theme.text3, theme.canvas, 0.5); }

QColor BlockColoring::occupancy(double share, const Theme& theme)
{
    return Theme::mix(theme.live, theme.canvas, 0.15 + 0.85 * std::clamp(share, 0.0, 1.0));
}

std::vector<BlockColoring::Entry> BlockColoring::entries(const HeapSnapshot* snapshot) const
{
    switch (m_way) {
    case MapColoring::Age: {
        std::vector<Entry> all;
        for (std::size_t i = 0; i < ages.size(); ++i)
            all.push_back({ static_cast<Band>(i), tr("under %1").arg(wording::count(ages.at(i))) });
        all.push_back({ static_cast<Band>(ages.size()), tr("older") });
        all.push_back({ adoptedBand, tr("before the recording") });
        return all;
    }
    case MapColoring::Change:
        return { { newBand,
                     m_changeSince == 0 ? tr("new since the start")
                                        : tr("new since event %1").arg(wording::count(m_changeSince)) },
            { oldBand, tr("older") } };
    case MapColoring::CallSite: {
        if (snapshot == nullptr)
            return {};
        QHash<std::uint32_t, Bytes> byStack;
        for (const BlockRow& block : snapshot->blocks())
            byStack[block.stack] += block.size;
        std::map<QString, Bytes> byName;
        for (auto it = byStack.cbegin(); it != byStack.cend(); ++it) {
            byName[m_sites == nullptr ? QString() : m_sites->nameOf(it.key())] += it.value();
        }
        std::vector<std::pair<QString, Bytes>> names(byName.begin(), byName.end());
        std::stable_sort(
            names.begin(), names.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
        std::vector<Entry> all;
        for (std::size_t i = 0; i < std::min(names.size(), maxSites); ++i) {
            const QString& name = names[i].first;
            all.push_back(
                { name.isEmpty() ? 0 : nameBand(name), name.isEmpty() ? tr("unknown site") : name });
        }
        return all;
    }
    case MapColoring::SizeClass:
    case MapColoring::Occupancy:
        break;
    }
    return {};
}

} // namespace heapatlas
