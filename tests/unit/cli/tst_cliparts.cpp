// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/arguments.h"
#include "cli/jsonwriter.h"
#include "cli/launchplan.h"

#include <QtTest>

using namespace heapatlas;
using namespace heapatlas::cli;

class TestCliParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesOptionsAnywhere();
    void stopsAtTheCommandToRun();
    void numbersMayHaveASuffix();
    void phpIsKnownByItsName();
    void iniValuesComeBackUnchanged();
    void jsonStringsAreValid();
};

namespace {

constexpr std::array<OptionSpec, 2> options { { { "at", 'a', "N", "", false },
    { "json", 0, "", "", false } } };

Result<Arguments> parse(std::vector<std::string> words, bool endsAtPositional = false)
{
    return Arguments::parse(words, options, endsAtPositional);
}

} // namespace

void TestCliParts::takesOptionsAnywhere()
{
    const auto parsed = parse({ "F.hat", "--at=3", "--json", "-a", "4", "-a5", "-", "--", "--at" });
    QVERIFY(parsed.isOk());
    QCOMPARE(parsed->values("at"), (std::vector<std::string> { "3", "4", "5" }));
    QCOMPARE(parsed->value("at").value_or(""), std::string("5"));
    QVERIFY(parsed->wantsJson());
    QCOMPARE(parsed->positionals(), (std::vector<std::string> { "F.hat", "-" }));
    QCOMPARE(parsed->rest(), std::vector<std::string> { "--at" });
    QVERIFY(!parse({ "--att" }).isOk());
    QVERIFY(!parse({ "--json=yes" }).isOk());
    QVERIFY(!parse({ "--at" }).isOk());
}

void TestCliParts::stopsAtTheCommandToRun()
{
    const auto parsed = parse({ "--at", "1", "php", "--json", "--", "x" }, true);
    QVERIFY(parsed.isOk());
    QVERIFY(!parsed->has("json"));
    QCOMPARE(parsed->rest(), (std::vector<std::string> { "php", "--json", "--", "x" }));
}

void TestCliParts::numbersMayHaveASuffix()
{
    const auto number = [](const char* text, bool suffix) {
        return parse({ "--at", text })->number("at", suffix);
    };
    QCOMPARE(**number("18446744073709551615", false), std::uint64_t { 18446744073709551615U });
    QCOMPARE(**number("16M", true), std::uint64_t { 16 } << 20);
    QCOMPARE(**number("2g", true), std::uint64_t { 2 } << 30);
    for (const char* wrong : { "", "x", "1x", "-1", "1.5", "18446744073709551616", "17179869184G" })
        QVERIFY2(!number(wrong, true).isOk(), wrong);
    QVERIFY(!number("1K", false).isOk());
}

void TestCliParts::phpIsKnownByItsName()
{
    for (const char* name : { "php", "php8", "php8.2", "php83", "php-cgi8.2", "php-fpm", "php-fpm8.4" })
        QVERIFY2(isPhpName(name), name);
    for (const char* name : { "phpunit", "php.sh", "phpize", "php-config", "composer", "xphp", "" })
        QVERIFY2(!isPhpName(name) || std::string(name) == "php.", name);
}

void TestCliParts::iniValuesComeBackUnchanged()
{
    QCOMPARE(iniQuoted("none").value_or(""), std::string("'none'")); // bare it would mean ""
    QCOMPARE(iniQuoted("/a b;c\"$d").value_or(""), std::string("'/a b;c\"$d'"));
    QCOMPARE(iniQuoted("/it's").value_or(""), std::string("\"/it's\""));
    QVERIFY(!iniQuoted("/it's \"both\""));
    QVERIFY(!iniQuoted("/two\nlines"));
}

void TestCliParts::jsonStringsAreValid()
{
    QCOMPARE(quotedJson("a\"b\\c\nd\x01"), std::string(R"("a\"b\\c\nd\u0001")"));
    QCOMPARE(quotedJson("ä€𝄞"), std::string("\"ä€𝄞\""));
    QCOMPARE(quotedJson("\xC3(\xC0\xAF\xED\xA0\x80"),
        std::string("\"\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""));
}

QTEST_APPLESS_MAIN(TestCliParts)
#include "tst_cliparts.moc"
