// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/extensionfinder.h"

#include "cli/childprocess.h"
#include "cli/launchplan.h"
#include "cli/scratchfolder.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

namespace fs = std::filesystem;

namespace heapatlas::cli {

namespace {

constexpr std::chrono::seconds patience { 20 };

Error unsupported(std::string sentence)
{
    return { ErrorCode::Unsupported, std::move(sentence), std::nullopt };
}

fs::path ownFolder()
{
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error).parent_path();
}

bool isFile(const fs::path& path)
{
    std::error_code error;
    return fs::is_regular_file(path, error);
}

Result<std::string> outputOf(const std::string& php, std::vector<std::string> options)
{
    ProcessImage image;
    image.path = php;
    image.arguments = { php };
    image.arguments.insert(image.arguments.end(), options.begin(), options.end());
    image.environment = currentEnvironment();
    return runForOutput(image, patience);
}

/// "8.2.36" of "PHP Version => 8.2.36\n", also where phpinfo() answers in HTML.
std::string infoValue(const std::string& text, const std::string& name)
{
    const std::size_t at = text.find(name);
    if (at == std::string::npos)
        return {};
    std::size_t begin = at + name.size();
    while (begin < text.size() && text[begin] != '\n') {
        if (text[begin] == '<') {
            begin = std::min(text.find('>', begin), text.size() - 1) + 1;
        } else if (text[begin] == ' ' || text[begin] == '=' || text[begin] == '>') {
            ++begin;
        } else {
            break;
        }
    }
    const std::size_t end = text.find_first_of("\n<", begin);
    std::string value = text.substr(begin, end - begin);
    while (!value.empty() && value.back() == ' ')
        value.pop_back();
    return value;
}

} // namespace

Result<PhpFacts> askPhp(const std::string& php)
{
    if (php.empty())
        return Error { ErrorCode::CannotOpen,
            "no php was found in PATH; install PHP (Debian: apt install php-cli)", std::nullopt };
    const Result<std::string> answer = outputOf(php, { "-n", "-i" });
    if (!answer)
        return answer.error();
    PhpFacts facts;
    facts.path = php;
    facts.version = infoValue(*answer, "PHP Version");
    facts.api = infoValue(*answer, "PHP Extension");
    facts.isThreadSafe = infoValue(*answer, "Thread Safety") == "enabled";
    facts.isDebug = infoValue(*answer, "Debug Build") == "yes";
    const std::string server = infoValue(*answer, "Server API");
    facts.sapi = server == "Command Line Interface" ? "cli" : server;
    if (facts.version.empty() || facts.api.empty())
        return unsupported("\"" + php + "\" did not answer as PHP does");
    return facts;
}

Result<std::string> findExtension(const std::string& php)
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    if (const char* named = std::getenv("HEAPATLAS_EXTENSION"); named != nullptr && *named != '\0') {
        if (isFile(named))
            return fs::absolute(named).string();
        return Error { ErrorCode::CannotOpen,
            std::string("HEAPATLAS_EXTENSION names \"") + named + "\", which is no file", std::nullopt };
    }
    const fs::path folder = ownFolder();
    const fs::path ofBuildTree = folder.parent_path() / "lib" / "heapatlas.so";
    if (isFile(ofBuildTree))
        return ofBuildTree.string();

    const Result<PhpFacts> facts = askPhp(php);
    if (!facts)
        return facts.error();
    const fs::path inLibraryFolder = fs::path("heapatlas") / facts->api / "heapatlas.so";
    const std::vector<fs::path> places { folder.parent_path() / HEAPATLAS_RELATIVE_LIBDIR / inLibraryFolder,
        fs::path(HEAPATLAS_LIBDIR) / inLibraryFolder };
    for (const fs::path& place : places) {
        if (isFile(place))
            return place.string();
    }
    return Error { ErrorCode::CannotOpen,
        "there is no recorder for PHP " + facts->version + " here (looked for " + places.front().string()
            + "); install it, or name it in HEAPATLAS_EXTENSION",
        std::nullopt };
}

Result<void> tryRecording(const PhpFacts& php, const std::string& extension)
{
    const std::string of = "PHP " + php.version + " (" + php.path + ")";
    if (php.isThreadSafe || php.isDebug)
        return unsupported(of + " is a " + (php.isDebug ? "debug" : "thread-safe")
            + " build, which the recorder does not know; use PHP's usual build");
    const ScratchFolder scratch;
    if (!scratch.isValid())
        return Error { ErrorCode::CannotWrite, "no temporary folder can be made; check TMPDIR",
            std::nullopt };
    const auto option = [](const std::string& name, const std::string& value) {
        return name + "=" + iniQuoted(value).value_or(value);
    };
    const Result<std::string> answer = outputOf(php.path,
        { "-n", "-d", option("extension", extension), "-d",
            option("heapatlas.output", scratch.path() + "/probe.hat"), "-r",
            "echo '<', extension_loaded('heapatlas') ? 1 : 0,"
            " function_exists('heapatlas_recording') && heapatlas_recording() ? 1 : 0, '>';" });
    if (!answer)
        return answer.error();
    if (answer->find("<11>") != std::string::npos)
        return {};
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    const char* const usesZend = std::getenv("USE_ZEND_ALLOC");
    if (usesZend != nullptr && std::atoi(usesZend) == 0)
        return unsupported(
            "USE_ZEND_ALLOC=0 is set, so PHP does not use the allocator that is recorded; unset it");
    if (answer->find("<10>") != std::string::npos)
        return unsupported("the recorder refused " + of + ", and says above why");
    return unsupported(of + " cannot load the recorder \"" + extension
        + "\", which was built for another PHP; build Heap Atlas with this PHP's development files");
}

} // namespace heapatlas::cli
