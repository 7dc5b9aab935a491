// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command.h"
#include "cli/console.h"
#include "cli/help.h"

#include <exception>
#include <new>
#include <string>
#include <vector>

using namespace heapatlas;
using namespace heapatlas::cli;

namespace {

int showVersion()
{
    Output out;
    out << "hatlas " HEAPATLAS_VERSION "\n";
    return exitstatus::done;
}

int runCommand(const Command& command, std::span<const std::string> words)
{
    std::vector<OptionSpec> options(command.options.begin(), command.options.end());
    options.insert(options.end(), commonOptions().begin(), commonOptions().end());
    const bool takesCommand = &command == &recordCommand;
    const auto arguments = Arguments::parse(words, options, takesCommand);
    const std::string hint = " (see: hatlas " + std::string(command.name) + " --help)";
    if (!arguments) {
        complain(arguments.error().context + hint);
        return exitstatus::usage;
    }
    if (arguments->has("help")) {
        Output out;
        out << helpOf(command);
        return exitstatus::done;
    }
    if (arguments->has("version"))
        return showVersion();
    if (!takesCommand) {
        std::vector<std::string> positionals = arguments->positionals();
        positionals.insert(positionals.end(), arguments->rest().begin(), arguments->rest().end());
        if (positionals.size() != command.positionals) {
            const char* const what = command.positionals == 0 ? "all that is to be said are options"
                : positionals.size() < command.positionals    ? "no trace is named"
                                                              : "only one trace may be named";
            complain(what + hint);
            return exitstatus::usage;
        }
    }
    return command.run(*arguments);
}

int runAll(const std::vector<std::string>& words)
{
    if (words.empty()) {
        complain("say what to do; this is known:\n\n" + overview());
        return exitstatus::usage;
    }
    const std::string& first = words.front();
    if (first == "--version")
        return showVersion();
    if (first == "--help" || first == "-h" || (first == "help" && words.size() == 1)) {
        Output out;
        out << overview();
        return exitstatus::done;
    }
    const bool wantsHelp = first == "help";
    const std::string& name = wantsHelp ? words[1] : first;
    const Command* command = findCommand(name);
    if (command == nullptr) {
        const Command* similar = similarCommand(name);
        complain("there is no command \"" + name + "\""
            + (similar == nullptr ? std::string("; \"hatlas --help\" lists them")
                                  : "; did you mean \"" + std::string(similar->name) + "\"?"));
        return exitstatus::usage;
    }
    if (wantsHelp) {
        Output out;
        out << helpOf(*command);
        return exitstatus::done;
    }
    return runCommand(*command, std::span(words).subspan(1));
}

} // namespace

int main(int argc, char** argv)
{
    // The last place where an exception can be told; none is meant to come here.
    try {
        return runAll(std::vector<std::string>(argv + 1, argv + argc));
    } catch (const std::bad_alloc&) {
        complain("there is not enough memory for this");
    } catch (const std::exception& error) {
        complain(std::string("a fault of this program: ") + error.what());
    }
    return exitstatus::fault;
}
