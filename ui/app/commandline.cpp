// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/app/commandline.h"

#include <QCommandLineParser>
#include <QCoreApplication>

namespace heapatlas {

namespace {

CommandLineOutcome wrongUsage(const QString& sentence)
{
    CommandLineOutcome outcome;
    outcome.exitStatus = exitUsage;
    outcome.message = QStringLiteral("heap-atlas: %1\nSee heap-atlas --help.\n").arg(sentence);
    return outcome;
}

std::optional<QSize> parseGeometry(const QString& text)
{
    const QStringList parts = text.toLower().split(u'x');
    if (parts.size() != 2)
        return std::nullopt;
    bool widthOk = false;
    bool heightOk = false;
    const QSize size(parts[0].toInt(&widthOk), parts[1].toInt(&heightOk));
    // A picture beyond 16384 does not fit QImage's painters on every platform.
    if (!widthOk || !heightOk || size.width() < 16 || size.height() < 16 || size.width() > 16384
        || size.height() > 16384)
        return std::nullopt;
    return size;
}

/// "100-2000".
std::optional<EventRange> parseRange(const QString& text)
{
    const QStringList parts = text.split(u'-');
    bool beginOk = false;
    bool endOk = false;
    const EventRange range { parts.value(0).toULongLong(&beginOk), parts.value(1).toULongLong(&endOk) };
    if (parts.size() != 2 || !beginOk || !endOk || range.isEmpty())
        return std::nullopt;
    return range;
}

std::optional<Address> parseAddress(QString text)
{
    text = text.trimmed();
    if (text.startsWith(QStringLiteral("0x"), Qt::CaseInsensitive))
        text.remove(0, 2);
    bool ok = false;
    const std::uint64_t value = text.toULongLong(&ok, 16);
    return ok ? std::optional(Address { value }) : std::nullopt;
}

bool isNameOf(const QString& name, std::initializer_list<const char16_t*> names)
{
    for (const char16_t* candidate : names) {
        if (name == QStringView(candidate))
            return true;
    }
    return false;
}

} // namespace

CommandLineOutcome parseCommandLine(const QStringList& arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Shows the heap of a recorded program: every chunk, page and block, at every event."));
    const QCommandLineOption help = parser.addHelpOption();
    const QCommandLineOption version = parser.addVersionOption();
    const auto option = [&parser](const char* name, const char* text, const char* value = nullptr) {
        QCommandLineOption o(QString::fromLatin1(name), QString::fromUtf8(text));
        if (value != nullptr)
            o.setValueName(QString::fromLatin1(value));
        parser.addOption(o);
        return o;
    };
    const auto config = option("config", "Keep the settings in DIR.", "DIR");
    const auto theme = option("theme", "light, dark or system.", "THEME");
    const auto geometry = option("geometry", "Size of the window, or of the picture with --picture.", "WxH");
    const auto view = option("view", "Open this view: welcome, map or spacetime.", "NAME");
    const auto at = option("at", "Show the heap after EVENT events.", "EVENT");
    const auto range = option("range", "Compare events FROM to TO with the whole run.", "FROM-TO");
    const auto select = option("select", "Select the block at ADDRESS (hexadecimal).", "ADDRESS");
    const auto level = option("level", "Level of the map: heap, chunk, page, slot or bytes.", "LEVEL");
    const auto find = option("find", "Open the command field with TEXT.", "TEXT");
    const auto engine = option("engine", "Allocator engine: zendmm.", "ID");
    const auto screenshot =
        option("screenshot", "Write a picture of the window when everything asked for is drawn.", "P.png");
    const auto picture = option("picture", "Write a picture of the view's canvas alone.", "P.png");
    const auto quit = option("exit", "End when everything asked for is done.");
    parser.addPositionalArgument(QStringLiteral("FILE"),
        QStringLiteral("Traces (.hat) to open, one window each."), QStringLiteral("[FILE…]"));

    if (!parser.parse(arguments))
        return wrongUsage(parser.errorText());
    CommandLineOutcome outcome;
    if (parser.isSet(help)) {
        outcome.exitStatus = exitDone;
        outcome.message = parser.helpText();
        return outcome;
    }
    if (parser.isSet(version)) {
        outcome.exitStatus = exitDone;
        outcome.message = QStringLiteral("heap-atlas %1\n").arg(QCoreApplication::applicationVersion());
        return outcome;
    }

    CommandLine& options = outcome.options;
    options.configDirectory = parser.value(config);
    options.theme = parser.value(theme);
    if (parser.isSet(theme) && !isNameOf(options.theme, { u"light", u"dark", u"system" }))
        return wrongUsage(QStringLiteral("--theme is light, dark or system, not “%1”.").arg(options.theme));
    if (parser.isSet(geometry)) {
        options.geometry = parseGeometry(parser.value(geometry));
        if (!options.geometry)
            return wrongUsage(QStringLiteral("--geometry is WIDTHxHEIGHT, for example 1600x1000, not “%1”.")
                                  .arg(parser.value(geometry)));
    }
    options.view = parser.value(view);
    if (parser.isSet(view) && !isNameOf(options.view, { u"welcome", u"map", u"spacetime" })) {
        const bool planned = isNameOf(options.view,
            { u"summary", u"leaks", u"profile", u"gc", u"compare", u"defragment", u"compress", u"forecast",
                u"lab", u"tutorials" });
        return wrongUsage(planned
                ? QStringLiteral("The view “%1” is not built yet. There are: welcome, map, spacetime.")
                      .arg(options.view)
                : QStringLiteral("There is no view “%1”. There are: welcome, map, spacetime.")
                      .arg(options.view));
    }
    if (parser.isSet(at)) {
        bool ok = false;
        options.at = parser.value(at).toULongLong(&ok);
        if (!ok)
            return wrongUsage(
                QStringLiteral("--at is the number of an event, not “%1”.").arg(parser.value(at)));
    }
    if (parser.isSet(range)) {
        options.range = parseRange(parser.value(range));
        if (!options.range)
            return wrongUsage(QStringLiteral("--range is FROM-TO, for example 1000-25000, not “%1”.")
                                  .arg(parser.value(range)));
    }
    if (parser.isSet(select)) {
        options.select = parseAddress(parser.value(select));
        if (!options.select)
            return wrongUsage(QStringLiteral("--select is an address such as 0x7f4c2cb0b738, not “%1”.")
                                  .arg(parser.value(select)));
    }
    options.level = parser.value(level);
    if (parser.isSet(level) && !isNameOf(options.level, { u"heap", u"chunk", u"page", u"slot", u"bytes" }))
        return wrongUsage(
            QStringLiteral("--level is heap, chunk, page, slot or bytes, not “%1”.").arg(options.level));
    if (parser.isSet(engine) && parser.value(engine) != u"zendmm")
        return wrongUsage(
            QStringLiteral("There is no engine “%1”. There is: zendmm.").arg(parser.value(engine)));
    if (parser.isSet(find))
        options.find = parser.value(find);
    options.screenshot = parser.value(screenshot);
    options.picture = parser.value(picture);
    if ((parser.isSet(screenshot) && options.screenshot.isEmpty())
        || (parser.isSet(picture) && options.picture.isEmpty()))
        return wrongUsage(QStringLiteral("A picture needs the name of a file."));
    options.exitWhenDone = parser.isSet(quit);
    options.files = parser.positionalArguments();
    if (options.files.isEmpty()) {
        const bool aboutATrace = options.at || options.range || options.select || parser.isSet(level)
            || parser.isSet(picture) || options.view == u"map" || options.view == u"spacetime";
        if (aboutATrace)
            return wrongUsage(QStringLiteral("This needs a trace: heap-atlas … FILE."));
    } else if (options.view == u"welcome") {
        return wrongUsage(
            QStringLiteral("The welcome page does not show a trace; leave out the file or the view."));
    }
    return outcome;
}

} // namespace heapatlas
