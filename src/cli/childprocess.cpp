// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/childprocess.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX names no header for it

namespace heapatlas::cli {

namespace {

constexpr std::array<int, 4> forwarded { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
constexpr std::size_t maxHelperOutput = 1024 * 1024;

class Descriptor
{
public:
    explicit Descriptor(int fd = -1)
        : m_fd(fd)
    {
    }
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int get() const { return m_fd; }
    void close()
    {
        if (m_fd >= 0)
            ::close(std::exchange(m_fd, -1));
    }

private:
    int m_fd;
};

std::vector<char*> pointers(const std::vector<std::string>& words)
{
    std::vector<char*> result;
    result.reserve(words.size() + 1);
    for (const std::string& word : words)
        result.push_back(
            const_cast<char*>(word.c_str())); // NOLINT: execve() takes char* const[] and changes nothing
    result.push_back(nullptr);
    return result;
}

Error cannotStart(const std::string& path, int error)
{
    return { ErrorCode::CannotOpen, "\"" + path + "\" cannot be started: " + std::strerror(error),
        std::nullopt };
}

/// Child only: becomes the program, or tells the parent why not.
[[noreturn]] void become(const ProcessImage& image, char* const* argv, char* const* envp, int report)
{
    ::execve(image.path.c_str(), argv, envp);
    const int error = errno;
    // What cannot be told here shows as an exit status of 127.
    [[maybe_unused]] const ssize_t n = ::write(report, &error, sizeof error);
    ::_exit(127);
}

/// 0 when the child has become the program, else the errno of its execve().
int startError(int report)
{
    int error = 0;
    ssize_t n = 0;
    do {
        n = ::read(report, &error, sizeof error);
    } while (n < 0 && errno == EINTR);
    return n == static_cast<ssize_t>(sizeof error) ? error : 0;
}

/// Blocks the signals that are waited for, and puts everything back as it was.
class SignalGuard
{
public:
    SignalGuard()
    {
        sigemptyset(&m_waited);
        sigaddset(&m_waited, SIGCHLD);
        for (const int signal : forwarded) {
            struct sigaction action = {};
            ::sigaction(signal, nullptr, &action);
            // nohup's SIGHUP and a background job's SIGINT stay ignored, for us as for the program.
            if (action.sa_handler != SIG_IGN) // NOLINT: the member is a macro
                sigaddset(&m_waited, signal);
        }
        ::sigprocmask(SIG_BLOCK, &m_waited, &m_before);
        // An ignored SIGCHLD would reap the child unseen.
        struct sigaction usual = {};
        usual.sa_handler = SIG_DFL; // NOLINT
        ::sigaction(SIGCHLD, &usual, &m_childAction);
    }
    ~SignalGuard() { restore(); }
    SignalGuard(const SignalGuard&) = delete;
    SignalGuard& operator=(const SignalGuard&) = delete;

    void restore() const
    {
        ::sigaction(SIGCHLD, &m_childAction, nullptr);
        ::sigprocmask(SIG_SETMASK, &m_before, nullptr);
    }
    [[nodiscard]] const sigset_t& waited() const { return m_waited; }

private:
    sigset_t m_waited {};
    sigset_t m_before {};
    struct sigaction m_childAction = {};
};

ChildEnd endOf(int status)
{
    return WIFSIGNALED(status) ? ChildEnd { WTERMSIG(status), true }
                               : ChildEnd { WEXITSTATUS(status), false };
}

} // namespace

std::vector<std::string> currentEnvironment()
{
    std::vector<std::string> result;
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
        result.emplace_back(*variable);
    return result;
}

Result<ChildEnd> runForeground(const ProcessImage& image)
{
    const std::vector<char*> argv = pointers(image.arguments);
    const std::vector<char*> envp = pointers(image.environment);
    std::array<int, 2> ends {};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return cannotStart(image.path, errno);
    const Descriptor reading(ends[0]);
    Descriptor writing(ends[1]);

    const SignalGuard guard;
    const pid_t child = ::fork();
    if (child < 0)
        return cannotStart(image.path, errno);
    if (child == 0) {
        guard.restore();
        become(image, argv.data(), envp.data(), writing.get());
    }
    writing.close();
    const int error = startError(reading.get());

    int status = 0;
    for (;;) {
        const pid_t ended = ::waitpid(child, &status, WNOHANG);
        if (ended == child)
            break;
        siginfo_t info {};
        const int signal = ::sigwaitinfo(&guard.waited(), &info);
        // What the terminal sends (SI_KERNEL) reaches the program by itself.
        if (signal > 0 && signal != SIGCHLD && info.si_code <= 0)
            ::kill(child, signal);
    }
    if (error != 0)
        return cannotStart(image.path, error);
    return endOf(status);
}

Result<std::string> runForOutput(const ProcessImage& image, std::chrono::seconds timeout)
{
    const std::vector<char*> argv = pointers(image.arguments);
    const std::vector<char*> envp = pointers(image.environment);
    std::array<int, 2> ends {};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return cannotStart(image.path, errno);
    const Descriptor reading(ends[0]);
    Descriptor writing(ends[1]);
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return cannotStart(image.path, errno);
    const Descriptor failure(ends[0]);
    Descriptor report(ends[1]);
    const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));

    const pid_t child = ::fork();
    if (child < 0)
        return cannotStart(image.path, errno);
    if (child == 0) {
        ::dup2(nothing.get(), STDIN_FILENO);
        ::dup2(writing.get(), STDOUT_FILENO);
        ::dup2(nothing.get(), STDERR_FILENO);
        become(image, argv.data(), envp.data(), report.get());
    }
    writing.close();
    report.close();
    const int error = startError(failure.get());

    std::string output;
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    bool isLate = false;
    for (std::array<char, 4096> buffer {};;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd waiting { reading.get(), POLLIN, 0 };
        const int ready = left.count() <= 0 ? 0 : ::poll(&waiting, 1, static_cast<int>(left.count()));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0 || output.size() > maxHelperOutput) {
            isLate = true;
            ::kill(child, SIGKILL);
            break;
        }
        const ssize_t n = ::read(reading.get(), buffer.data(), buffer.size());
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        output.append(buffer.data(), static_cast<std::size_t>(n));
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    if (error != 0)
        return cannotStart(image.path, error);
    if (isLate)
        return Error { ErrorCode::Cancelled, "\"" + image.path + "\" did not end in time", std::nullopt };
    return output;
}

} // namespace heapatlas::cli
