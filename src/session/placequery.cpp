// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/placequery.h"

#include <QString>
#include <QStringList>

#include <limits>

namespace heapatlas {

namespace {

constexpr int leastTailDigits = 3;
constexpr int mostTailDigits = 15;
constexpr int mostAddressDigits = 16;

/// Lower case; a space between letters and digits that follow each other, so that "page267" reads like "page 267";
/// what groups thousands and separates parts is a space as well.
QString spelled(QStringView text)
{
    QString out;
    for (const QChar c : text) {
        const bool separates = c.isSpace() || c == u',' || c == u'\'' || c == u'_' || c == u';' || c == u':';
        out += separates ? QChar(u' ') : c.toLower();
    }
    return out.simplified();
}

std::optional<std::uint64_t> number(const QString& digits)
{
    if (digits.isEmpty())
        return std::nullopt;
    for (const QChar c : digits) {
        if (c < u'0' || c > u'9')
            return std::nullopt;
    }
    bool ok = false;
    const std::uint64_t value = digits.toULongLong(&ok, 10);
    return ok ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> hexNumber(const QString& digits)
{
    if (digits.isEmpty() || digits.size() > mostAddressDigits)
        return std::nullopt;
    for (const QChar c : digits) {
        if (!((c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f')))
            return std::nullopt;
    }
    bool ok = false;
    const std::uint64_t value = digits.toULongLong(&ok, 16);
    return ok ? std::optional(value) : std::nullopt;
}

/// "chunk 2 page 267 slot 33": names and their numbers in any order, each once.
std::optional<place::Page> page(const QStringList& words)
{
    place::Page found;
    QStringList parts;
    for (const QString& word : words) {
        qsizetype letters = 0;
        while (letters < word.size() && word[letters].isLetter())
            ++letters;
        if (letters > 0 && letters < word.size())
            parts << word.left(letters) << word.mid(letters);
        else
            parts << word;
    }
    const auto isBegun = [](const QString& word) {
        return QStringLiteral("chunk").startsWith(word) || QStringLiteral("page").startsWith(word)
            || QStringLiteral("slot").startsWith(word);
    };
    if (parts.size() > 2 && parts.size() % 2 != 0 && isBegun(parts.back()))
        parts.removeLast(); // its number is still to be typed
    if (parts.isEmpty() || parts.size() % 2 != 0)
        return std::nullopt;
    for (qsizetype i = 0; i < parts.size(); i += 2) {
        const auto value = number(parts[i + 1]);
        if (!value || *value > std::numeric_limits<std::uint32_t>::max())
            return std::nullopt;
        std::optional<std::uint32_t>* target = nullptr;
        if (parts[i] == u"chunk")
            target = &found.chunk;
        else if (parts[i] == u"page" || parts[i] == u"p")
            target = &found.page;
        else if (parts[i] == u"slot")
            target = &found.slot;
        if (target == nullptr || target->has_value())
            return std::nullopt;
        *target = static_cast<std::uint32_t>(*value);
    }
    const bool hasPlace = found.chunk || found.page;
    return hasPlace && (found.page || !found.slot) ? std::optional(found) : std::nullopt;
}

} // namespace

std::vector<place::Any> parsePlaces(QStringView text)
{
    std::vector<place::Any> found;
    const QString plain = spelled(text);
    if (plain.isEmpty())
        return found;
    QString joined = plain;
    joined.remove(u' ');

    if (joined.startsWith(u"0x")) {
        if (const auto value = hexNumber(joined.mid(2)))
            found.emplace_back(place::Exact { Address { *value } });
        return found;
    }
    QString digits = joined;
    bool isNamedEvent = false;
    if (joined.startsWith(u'@')) {
        digits = joined.mid(1);
        isNamedEvent = true;
    } else if (plain.startsWith(u"event")) {
        digits = joined.mid(5);
        isNamedEvent = true;
    }
    if (const auto event = number(digits))
        found.emplace_back(place::Event { *event });
    if (isNamedEvent)
        return found;
    if (const auto named = page(plain.split(u' ')))
        found.emplace_back(*named);

    // An address read out of the inspector is grouped by nothing, so a tail has no spaces.
    QString tail = plain;
    bool isMarkedTail = false;
    for (const QStringView mark : { QStringView(u"…"), QStringView(u"...") }) {
        if (tail.startsWith(mark)) {
            tail = tail.mid(mark.size());
            isMarkedTail = true;
        }
    }
    const auto value = hexNumber(tail);
    if (value && tail.size() >= (isMarkedTail ? 1 : leastTailDigits) && tail.size() <= mostTailDigits)
        found.emplace_back(place::Tail { *value, static_cast<int>(tail.size()) });
    return found;
}

std::vector<Address> addressesEndingIn(const place::Tail& tail, AddressRange within, std::size_t limit)
{
    std::vector<Address> found;
    if (tail.digits < 1 || tail.digits > mostTailDigits || within.isEmpty())
        return found;
    const std::uint64_t step = std::uint64_t { 1 } << (4 * tail.digits);
    const std::uint64_t base = within.begin.value - within.begin.value % step;
    std::uint64_t at = base + tail.value % step;
    if (at < within.begin.value) {
        if (at > std::numeric_limits<std::uint64_t>::max() - step)
            return found;
        at += step;
    }
    while (at < within.end.value && found.size() < limit) {
        found.push_back(Address { at });
        if (at > std::numeric_limits<std::uint64_t>::max() - step)
            break;
        at += step;
    }
    return found;
}

} // namespace heapatlas
