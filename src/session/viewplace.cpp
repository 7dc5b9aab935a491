// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/viewplace.h"

#include <QJsonValue>

#include <array>
#include <cmath>

namespace heapatlas {

namespace {

constexpr std::array words { u"nothing", u"block", u"slot", u"region", u"page", u"chunk" };

constexpr double mostExact = 9'007'199'254'740'992.0; // 2^53

} // namespace

QString selectionWord(Selection::What what)
{
    const auto index = static_cast<std::size_t>(what);
    return QString::fromUtf16(words[index < words.size() ? index : 0]);
}

std::optional<Selection::What> selectionOfWord(const QString& word)
{
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (word == QStringView(words[i]))
            return static_cast<Selection::What>(i);
    }
    return std::nullopt;
}

QString numberText(std::uint64_t number) { return QString::number(number); }

QString addressText(Address address) { return QStringLiteral("0x") + QString::number(address.value, 16); }

std::optional<std::uint64_t> numberFromJson(const QJsonValue& value)
{
    if (value.isDouble()) {
        const double number = value.toDouble();
        if (number < 0 || number > mostExact || std::floor(number) != number)
            return std::nullopt;
        return static_cast<std::uint64_t>(number);
    }
    const QString text = value.toString();
    bool ok = false;
    const bool isHex = text.startsWith(u"0x");
    const std::uint64_t number = isHex ? text.mid(2).toULongLong(&ok, 16) : text.toULongLong(&ok, 10);
    return ok ? std::optional(number) : std::nullopt;
}

QJsonObject toJson(const ViewPlace& place)
{
    QJsonObject json;
    json[u"view"] = place.view;
    json[u"event"] = numberText(place.event);
    if (place.selection.what != Selection::What::Nothing) {
        json[u"selection"] = QJsonObject { { QStringLiteral("what"), selectionWord(place.selection.what) },
            { QStringLiteral("begin"), addressText(place.selection.range.begin) },
            { QStringLiteral("end"), addressText(place.selection.range.end) } };
    }
    if (!place.site.isEmpty())
        json[u"site"] = place.site;
    if (!place.place.isEmpty())
        json[u"place"] = place.place;
    return json;
}

std::optional<ViewPlace> viewPlaceFromJson(const QJsonObject& json)
{
    const auto event = numberFromJson(json[u"event"]);
    if (!event)
        return std::nullopt;
    ViewPlace place;
    place.event = *event;
    place.view = json[u"view"].toString();
    place.site = json[u"site"].toString();
    place.place = json[u"place"].toObject();
    const QJsonObject selection = json[u"selection"].toObject();
    const auto what = selectionOfWord(selection[u"what"].toString());
    const auto begin = numberFromJson(selection[u"begin"]);
    const auto end = numberFromJson(selection[u"end"]);
    if (what && begin && end && *begin < *end)
        place.selection = { *what, { Address { *begin }, Address { *end } } };
    return place;
}

} // namespace heapatlas
