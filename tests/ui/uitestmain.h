// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "resources/initresources.h"
#include "session/settings.h"
#include "ui/theme/thememanager.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTest>
#include <QWidget>

namespace heapatlas::testing {

/// The widget of this object name; the test ends if there is none.
template <class Widget>
Widget* child(QWidget& parent, const char* name)
{
    auto* found = parent.findChild<Widget*>(QLatin1String(name));
    if (found == nullptr)
        qFatal("no %s", name);
    return found;
}

/// Runs a test object in the application as users see it: fonts, icons, theme; settings in a folder that goes away.
template <class Test>
int runUiTest(int argc, char** argv)
{
    qputenv("HEAPATLAS_NO_ANIMATION", "1");
    QApplication app(argc, argv);
    QTemporaryDir settings;
    Settings::setDirectory(settings.path());
    initResources();
    ThemeManager::instance().install();
    ThemeManager::instance().setChoice(ThemeChoice::Light);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace heapatlas::testing

#define HEAPATLAS_UI_TEST_MAIN(Test)                                                                         \
    int main(int argc, char** argv) { return heapatlas::testing::runUiTest<Test>(argc, argv); }
