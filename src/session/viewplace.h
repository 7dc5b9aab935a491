// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/selection.h"

#include <QJsonObject>
#include <QString>

#include <cstdint>
#include <optional>

namespace heapatlas {

/// Where somebody looks, enough to come back: which view, which moment, what is selected, and the view's own place.
struct ViewPlace
{
    QString view; ///< as in `--view`
    std::uint64_t event = 0;
    Selection selection;
    QString site; ///< name of the site that is shown before all others, empty for none
    QJsonObject place; ///< level, zoom, position: only the view understands it

    friend bool operator==(const ViewPlace&, const ViewPlace&) = default;
};

/// "block", "slot" … and back; nothing for a word that is none of them.
[[nodiscard]] QString selectionWord(Selection::What what);
[[nodiscard]] std::optional<Selection::What> selectionOfWord(const QString& word);

[[nodiscard]] QJsonObject toJson(const ViewPlace& place);
/// Whatever is missing or wrong is left at its default; nullopt only if the event is no number.
[[nodiscard]] std::optional<ViewPlace> viewPlaceFromJson(const QJsonObject& json);

/// Numbers of 64 bits in JSON, which has none: decimal, and addresses as "0x…".
[[nodiscard]] QString numberText(std::uint64_t number);
[[nodiscard]] QString addressText(Address address);
[[nodiscard]] std::optional<std::uint64_t> numberFromJson(const QJsonValue& value);

} // namespace heapatlas
