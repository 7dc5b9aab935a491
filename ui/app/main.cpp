// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/initresources.h"
#include "session/settings.h"
#include "ui/app/capture.h"
#include "ui/app/commandline.h"
#include "ui/app/mainwindow.h"
#include "ui/app/quietstyle.h"
#include "ui/app/windowlist.h"
#include "ui/theme/icons.h"
#include "ui/theme/thememanager.h"

#include <QApplication>

#include <cstdio>

using namespace heapatlas;

namespace {

void print(std::FILE* stream, const QString& text)
{
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stream);
    std::fflush(stream);
}

/// The theme of the settings, kept when it is changed, unless the command line decides.
void setUpTheme(const QString& fromCommandLine)
{
    ThemeManager& themes = ThemeManager::instance();
    themes.install();
    QApplication::setStyle(new QuietStyle);
    const auto choiceOf = [](const QString& name) {
        return name == u"light" ? ThemeChoice::Light
            : name == u"dark"   ? ThemeChoice::Dark
                                : ThemeChoice::System;
    };
    Settings& settings = Settings::instance();
    const QString themeKey = QStringLiteral("window/theme");
    const QString contrastKey = QStringLiteral("window/highContrast");
    themes.setHighContrast(settings.value(contrastKey, false).toBool());
    themes.setChoice(
        choiceOf(fromCommandLine.isEmpty() ? settings.value(themeKey).toString() : fromCommandLine));
    QObject::connect(&themes, &ThemeManager::changed, qApp, [=, last = themes.choice()]() mutable {
        ThemeManager& changed = ThemeManager::instance();
        Settings::instance().setValue(contrastKey, changed.isHighContrast());
        if (changed.choice() == last) // the desktop changed, or only the contrast
            return;
        last = changed.choice();
        Settings::instance().setValue(themeKey,
            last == ThemeChoice::Light      ? QStringLiteral("light")
                : last == ThemeChoice::Dark ? QStringLiteral("dark")
                                            : QStringLiteral("system"));
    });
}

} // namespace

int main(int argc, char* argv[])
{
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("heap-atlas"));
    QApplication::setApplicationDisplayName(QStringLiteral("Heap Atlas"));
    QApplication::setOrganizationName(QStringLiteral("heap-atlas"));
    QApplication::setApplicationVersion(QStringLiteral(HEAPATLAS_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("io.github.heapatlas.HeapAtlas"));

    const CommandLineOutcome outcome = parseCommandLine(QApplication::arguments());
    if (outcome.exitStatus) {
        print(*outcome.exitStatus == exitDone ? stdout : stderr, outcome.message);
        return *outcome.exitStatus;
    }
    const CommandLine& options = outcome.options;
    QString config = options.configDirectory;
    if (config.isEmpty())
        config = qEnvironmentVariable("HEAPATLAS_CONFIG");
    if (!config.isEmpty())
        Settings::setDirectory(config);
    initResources();
    setUpTheme(options.theme);
    QApplication::setWindowIcon(icons::applicationIcon());

    WindowList windows(!options.isUnattended());
    MainWindow* window = windows.create();
    if (options.geometry && options.picture.isEmpty()) {
        window->setMinimumSize(options.geometry->boundedTo(window->minimumSize()));
        window->resize(*options.geometry);
    }
    window->show();
    if (!options.files.isEmpty() && !options.view.isEmpty())
        window->showView(options.view);
    for (qsizetype i = 0; i < options.files.size(); ++i)
        windows.openFile(options.files[i], i == 0 ? window : windows.windows().last());

    const bool wantsPlace = options.at || options.select || options.find || !options.level.isEmpty();
    if (options.isUnattended() || wantsPlace) {
        auto* capture = new Capture(options, window, &app);
        QObject::connect(
            capture, &Capture::finished, &app, [&options, window](int status, const QString& message) {
                if (!message.isEmpty())
                    print(stderr, QStringLiteral("heap-atlas: %1\n").arg(message));
                Q_UNUSED(window)
                if (options.exitWhenDone)
                    QApplication::exit(status);
            });
        capture->start();
    }
    return QApplication::exec();
}
