// SPDX-License-Identifier: GPL-3.0-or-later
extern "C" {
#include "php/tracename.h"
}

#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>

#include <fcntl.h>
#include <unistd.h>

namespace {

struct Created
{
    int fd;
    QString path;
};

Created create(const QString& pattern, unsigned request, unsigned number)
{
    char path[1024];
    const int fd =
        ha_trace_create(QFile::encodeName(pattern).constData(), request, number, path, sizeof path);
    return { fd, fd >= 0 ? QFile::decodeName(path) : QString() };
}

} // namespace

class TestPhpTraceName : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_folder.isValid()); }
    void takesTheNameIfItIsFree();
    void neverOverwrites();
    void expandsProcessAndRequest();
    void leavesLowDescriptorNumbersAlone();
    void opensADevice();
    void failsOnAFolderThatIsNotThere();

private:
    QString at(const QString& name) const { return m_folder.filePath(name); }
    QTemporaryDir m_folder;
    const QString m_pid = QString::number(getpid());
};

void TestPhpTraceName::takesTheNameIfItIsFree()
{
    const Created made = create(at(QStringLiteral("a.hat")), 1, 1);
    QVERIFY(made.fd >= 0);
    QCOMPARE(made.path, at(QStringLiteral("a.hat")));
    close(made.fd);
}

void TestPhpTraceName::neverOverwrites()
{
    const Created first = create(at(QStringLiteral("b.hat")), 1, 1);
    const Created second = create(at(QStringLiteral("b.hat")), 2, 2);
    const Created third = create(at(QStringLiteral("b.hat")), 2, 2);
    QCOMPARE(second.path, at(QStringLiteral("b.%1.2.hat").arg(m_pid)));
    QCOMPARE(third.path, at(QStringLiteral("b.%1.3.hat").arg(m_pid)));
    for (const Created& made : { first, second, third })
        close(made.fd);
}

void TestPhpTraceName::expandsProcessAndRequest()
{
    const Created made = create(at(QStringLiteral("c-%p-%r-100%%.hat")), 7, 1);
    QCOMPARE(made.path, at(QStringLiteral("c-%1-7-100%.hat").arg(m_pid)));
    close(made.fd);
}

void TestPhpTraceName::leavesLowDescriptorNumbersAlone()
{
    const int before = open("/dev/null", O_RDONLY);
    close(before);
    const Created made = create(at(QStringLiteral("d.hat")), 1, 1);
    const int after = open("/dev/null", O_RDONLY);
    QCOMPARE(after, before);
    QVERIFY((fcntl(made.fd, F_GETFD) & FD_CLOEXEC) != 0);
    close(after);
    close(made.fd);
}

void TestPhpTraceName::opensADevice()
{
    const Created made = create(QStringLiteral("/dev/null"), 1, 1);
    QCOMPARE(made.path, QStringLiteral("/dev/null"));
    close(made.fd);
}

void TestPhpTraceName::failsOnAFolderThatIsNotThere()
{
    QCOMPARE(create(at(QStringLiteral("none/e.hat")), 1, 1).fd, -1);
}

QTEST_APPLESS_MAIN(TestPhpTraceName)
#include "tst_php_tracename.moc"
