// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapbytes.h"
#include "model/heapsnapshot.h"
#include "session/selection.h"

#include <QString>
#include <QStringList>

#include <optional>

/// Bytes as words: what a stretch is, and what of it goes to the clipboard.
namespace heapatlas::bytestext {

/// Index in bytes.fields of what covers the address.
[[nodiscard]] std::optional<std::size_t> fieldAt(const HeapBytes& bytes, Address address);
/// The range of that field, or of the byte alone.
[[nodiscard]] AddressRange fieldRange(const HeapBytes& bytes, Address address);
[[nodiscard]] bool isKnown(const HeapBytes& bytes, Address address);
/// The byte, or nothing where it is unknown or outside.
[[nodiscard]] std::optional<std::uint8_t> byteAt(const HeapBytes& bytes, Address address);
/// Whether any byte of the range is known.
[[nodiscard]] bool hasKnown(const HeapBytes& bytes, AddressRange range);

/// "01 00 .. ff", unknown bytes as "..", 16 a line.
[[nodiscard]] QString asHex(const HeapBytes& bytes, AddressRange range);
/// A C array with a comment line; unknown bytes are 0 and counted in the comment.
[[nodiscard]] QString asCArray(const HeapBytes& bytes, AddressRange range);
/// Printable ASCII as it is, all else as a dot.
[[nodiscard]] QString asText(const HeapBytes& bytes, AddressRange range);

/// At most four lines: name, offset and size, value, how it is known.
[[nodiscard]] QStringList tooltipLines(const HeapBytes& bytes, AddressRange whole, Address address);
/// The field in one line, for screen readers and the status bar.
[[nodiscard]] QString fieldLine(const HeapBytes& bytes, AddressRange whole, const ByteField& field);

/// What the selection's bytes are: "zend_string", "free slot", "chunk header", "raw".
[[nodiscard]] QString kindOf(
    const HeapBytes& bytes, const Selection& selection, const HeapSnapshot& snapshot);
/// How old recorded bytes are, or empty if none are shown.
[[nodiscard]] QString ageOf(const HeapBytes& bytes);

} // namespace heapatlas::bytestext
