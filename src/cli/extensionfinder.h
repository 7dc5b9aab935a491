// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <string>

namespace heapatlas::cli {

/// What a PHP says of itself.
struct PhpFacts
{
    std::string path;
    std::string version; ///< "8.2.36"
    std::string sapi; ///< "cli"
    std::string api; ///< "20220829", the number of its extension interface
    bool isThreadSafe = false;
    bool isDebug = false;
};

/// Starts that PHP once (some 20 ms) and asks it, without its ini files. Fails with CannotOpen or Unsupported and a
/// sentence in the context.
[[nodiscard]] Result<PhpFacts> askPhp(const std::string& php);

/// The recorder for that PHP: $HEAPATLAS_EXTENSION, else heapatlas.so of our own build tree, else
/// <libdir>/heapatlas/<PHP API>/heapatlas.so. PHP is asked only if the last is needed. Fails with CannotOpen and a
/// sentence in the context.
[[nodiscard]] Result<std::string> findExtension(const std::string& php);

/// Tries the whole way: that PHP with that extension records a line of code. Fails with Unsupported and a sentence.
[[nodiscard]] Result<void> tryRecording(const PhpFacts& php, const std::string& extension);

} // namespace heapatlas::cli
