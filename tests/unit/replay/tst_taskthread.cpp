// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/segmentcrew.h"
#include "replay/taskthread.h"

#include <QtTest>

#include <atomic>
#include <memory>
#include <random>
#include <semaphore>
#include <vector>

using namespace heapatlas;

class TestTaskThread : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theLastTaskIsAlwaysRun();
    void cancelEndsWhatRunsAndTheNextIsRun();
    void destroyingEndsWhatRuns();
    void segmentsAreTakenInOrder();
    void interruptedSegmentsLeaveNobodyBehind();

private:
    std::mt19937 m_random;
};

void TestTaskThread::initTestCase()
{
    const std::uint32_t seed = qEnvironmentVariableIsSet("HEAPATLAS_SEED")
        ? qEnvironmentVariable("HEAPATLAS_SEED").toUInt()
        : std::random_device()();
    qInfo("seed %u", seed);
    m_random.seed(seed);
}

void TestTaskThread::theLastTaskIsAlwaysRun()
{
    // However quickly they follow each other, with cancellations between.
    for (int round = 0; round < 400; ++round) {
        std::atomic<int> done = -1;
        const int tasks = 1 + static_cast<int>(m_random() % 20);
        std::binary_semaphore hasEnded(0);
        TaskThread thread(std::chrono::milliseconds(round % 3));
        for (int i = 0; i < tasks; ++i) {
            if (m_random() % 4 == 0)
                thread.cancel();
            thread.run([&, i, isLast = i + 1 == tasks](const Interrupt& interrupt) {
                for (int step = 0; step < 50 && !interrupt(); ++step)
                    std::this_thread::yield();
                if (isLast) {
                    done = i;
                    hasEnded.release();
                }
            });
            if (m_random() % 3 == 0)
                std::this_thread::yield();
        }
        QVERIFY(hasEnded.try_acquire_for(std::chrono::seconds(60)));
        QCOMPARE(done.load(), tasks - 1);
    }
}

void TestTaskThread::cancelEndsWhatRunsAndTheNextIsRun()
{
    std::binary_semaphore hasBegun(0);
    std::binary_semaphore hasEnded(0);
    TaskThread thread;
    thread.run([&](const Interrupt& interrupt) {
        hasBegun.release();
        while (!interrupt())
            std::this_thread::yield();
        hasEnded.release();
    });
    hasBegun.acquire();
    thread.cancel();
    QVERIFY(hasEnded.try_acquire_for(std::chrono::seconds(60)));
    thread.run([&](const Interrupt&) { hasEnded.release(); });
    QVERIFY(hasEnded.try_acquire_for(std::chrono::seconds(60)));
}

void TestTaskThread::destroyingEndsWhatRuns()
{
    for (int round = 0; round < 200; ++round) {
        std::atomic<int> ends = 0;
        {
            TaskThread thread;
            thread.run([&](const Interrupt& interrupt) {
                while (!interrupt())
                    std::this_thread::yield();
                ++ends;
            });
            if (round % 2 == 0) {
                while (m_random() % 8 != 0)
                    std::this_thread::yield();
            }
        }
        QVERIFY(ends <= 1);
    }
}

void TestTaskThread::segmentsAreTakenInOrder()
{
    for (int round = 0; round < 200; ++round) {
        const std::size_t segments = m_random() % 40;
        const unsigned threads = 1 + m_random() % 4;
        std::vector<std::size_t> taken;
        const bool isWhole = workInOrder(
            segments, threads, {},
            [](std::size_t segment, unsigned, const Interrupt&) {
                for (std::size_t i = 0; i < segment * 7919 % 61; ++i)
                    std::this_thread::yield();
                return std::optional(std::make_unique<std::size_t>(segment));
            },
            [&](std::size_t segment, std::unique_ptr<std::size_t>&& result) {
                QCOMPARE(*result, segment);
                taken.push_back(segment);
            });
        QVERIFY(isWhole);
        QCOMPARE(taken.size(), segments);
        QVERIFY(std::is_sorted(taken.begin(), taken.end()));
    }
}

void TestTaskThread::interruptedSegmentsLeaveNobodyBehind()
{
    for (int round = 0; round < 200; ++round) {
        std::atomic<int> inside = 0;
        int asked = 0;
        const int most = static_cast<int>(m_random() % 20);
        std::size_t taken = 0;
        const bool isWhole = workInOrder(
            30, 1 + m_random() % 4, [&] { return ++asked > most; },
            [&](std::size_t segment, unsigned, const Interrupt& giveUp) {
                ++inside;
                std::optional<std::size_t> result;
                while (!result && !giveUp()) {
                    std::this_thread::yield();
                    if (segment % 5 != 4)
                        result = segment;
                }
                --inside;
                return result;
            },
            [&](std::size_t, std::size_t&&) { ++taken; });
        QVERIFY(!isWhole); // every fifth waits until it may go
        QCOMPARE(inside.load(), 0);
        QVERIFY(taken < 30);
    }
}

QTEST_APPLESS_MAIN(TestTaskThread)
#include "tst_taskthread.moc"
