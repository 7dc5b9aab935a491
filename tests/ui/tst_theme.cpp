// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/initresources.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"

#include <QApplication>
#include <QDir>
#include <QFontInfo>
#include <QSignalSpy>
#include <QTest>

#include <array>

using namespace heapatlas;

class TestTheme : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().install(); }

    void textReadsOnEverySurface_data()
    {
        QTest::addColumn<bool>("isDark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void textReadsOnEverySurface()
    {
        QFETCH(bool, isDark);
        const Theme& t = isDark ? darkTheme() : lightTheme();
        for (const QColor& surface : { t.window, t.panel, t.canvas, t.raised, t.hover, t.selectTint })
            for (const QColor& ink : { t.text, t.text2 })
                QCOMPARE_GE(Theme::contrast(ink, surface), 4.5);
        for (const QColor& surface : { t.window, t.panel, t.canvas, t.raised })
            QCOMPARE_GE(Theme::contrast(t.text3, surface), 4.5);
        QCOMPARE_GE(Theme::contrast(t.ok, t.okTint), 4.5);
        QCOMPARE_GE(Theme::contrast(t.warn, t.warnTint), 4.5);
        QCOMPARE_GE(Theme::contrast(t.leakText, t.leakTint), 4.5);
        QCOMPARE_GE(Theme::contrast(t.onAccent, t.accent), 4.5);
    }
    void labelsReadOnEveryFill()
    {
        for (const Theme* theme : { &lightTheme(), &darkTheme() })
            for (const QColor& fill : theme->ramp)
                // Neither ink reaches 4.5 on the middle of the ramp; the better one is never below 4.2.
                QCOMPARE_GE(Theme::contrast(Theme::labelOn(fill), fill), 4.2);
    }
    void rampIsSpreadOverOtherEngines()
    {
        const Theme& t = lightTheme();
        QCOMPARE(t.sizeClassColor(0), QColor(0x6CC7BE));
        QCOMPARE(t.sizeClassColor(29), QColor(0x3A3196));
        QCOMPARE(t.sizeClassColor(0, 8), t.ramp.front());
        QCOMPARE(t.sizeClassColor(7, 8), t.ramp.back());
        QCOMPARE(t.sizeClassColor(99), t.ramp.back());
        QCOMPARE(t.sizeClassColor(0, 1), t.ramp.front());
    }
    void freeAndSlackAreSharesOnCanvas()
    {
        const Theme& t = lightTheme();
        QCOMPARE(t.freeSlotOf(QColor(Qt::black)), QColor(204, 204, 204));
        QCOMPARE(t.slackOf(QColor(Qt::black)), QColor(140, 140, 140));
        QCOMPARE(lightContrastTheme().freeSlotOf(QColor(Qt::black)), t.canvas);
    }
    void switchingTellsEveryone()
    {
        ThemeManager& manager = ThemeManager::instance();
        manager.setChoice(ThemeChoice::Light);
        QSignalSpy spy(&manager, &ThemeManager::changed);
        manager.toggle();
        QCOMPARE(spy.count(), 1);
        QVERIFY(Theme::current().isDark);
        QCOMPARE(qApp->palette().color(QPalette::Window), darkTheme().window);
        manager.setHighContrast(true);
        QCOMPARE(Theme::current().id, QStringLiteral("dark-contrast"));
        manager.setHighContrast(false);
        manager.setChoice(ThemeChoice::Light);
        QCOMPARE(qApp->palette().color(QPalette::Window), lightTheme().window);
    }
    void fontsAreOurOwn()
    {
        QCOMPARE(QFontInfo(fonts::body()).family(), QStringLiteral("Inter"));
        QCOMPARE(QFontInfo(fonts::mono(11)).family(), QStringLiteral("JetBrains Mono"));
        QVERIFY(QFontInfo(fonts::mono(11)).fixedPitch());
        QCOMPARE(QFontInfo(fonts::bodyStrong()).weight(), static_cast<int>(QFont::DemiBold));
    }
    void everyIconDrawsInTheAskedColor()
    {
        const QStringList files = QDir(QStringLiteral(":/icons")).entryList();
        QCOMPARE_GE(files.size(), 38);
        for (const QString& file : files) {
            const QString name = file.chopped(4);
            if (name == QStringLiteral("heap-atlas"))
                continue;
            for (const qreal ratio : { 1.0, 1.25, 2.0 }) {
                const QPixmap pixmap = icons::pixmap(name, 18, QColor(0x12AB34), ratio);
                QCOMPARE(pixmap.width(), qRound(18 * ratio));
                const QImage image = pixmap.toImage().convertToFormat(QImage::Format_ARGB32);
                int inked = 0;
                for (int y = 0; y < image.height(); ++y)
                    for (int x = 0; x < image.width(); ++x) {
                        const QColor c = image.pixelColor(x, y);
                        if (c.alpha() < 120)
                            continue;
                        ++inked;
                        QVERIFY2(qAbs(c.green() - 0xAB) < 12 && qAbs(c.red() - 0x12) < 12, qPrintable(name));
                    }
                QVERIFY2(inked > 4, qPrintable(name));
            }
        }
        QVERIFY(!icons::applicationIcon().isNull());
    }
    void iconsFollowTheTheme()
    {
        ThemeManager::instance().setChoice(ThemeChoice::Light);
        const QIcon icon = icons::icon(u"minus");
        const auto ink = [&icon] { return icon.pixmap(18, 18).toImage().pixelColor(9, 9); };
        QCOMPARE(ink().rgb(), lightTheme().text.rgb());
        ThemeManager::instance().setChoice(ThemeChoice::Dark);
        QCOMPARE(ink().rgb(), darkTheme().text.rgb());
        ThemeManager::instance().setChoice(ThemeChoice::Light);
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
