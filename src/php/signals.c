/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "php/signals.h"

#include "php/eventlog.h"
#include "php/recording.h"

#include "php.h"
#include "zend_signal.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

volatile sig_atomic_t ha_signals_held, ha_signals_pending;

static const int watched[] = { SIGTERM, SIGINT, SIGHUP };
enum
{
    WATCHED = sizeof watched / sizeof *watched
};
static pid_t owner;
static long ownerThread;

/* Only async-signal-safe calls; both work in the recorder's own memory and call write(). */
static void endBy(int signo)
{
    if (ha_now.writer != NULL && getpid() == owner) {
        ha_log_drain(ha_now.writer);
        hat_flush(ha_now.writer);
    }
    struct sigaction otherwise;
    memset(&otherwise, 0, sizeof otherwise);
    otherwise.sa_handler = SIG_DFL;
    sigaction(signo, &otherwise, NULL);
    sigset_t these;
    sigemptyset(&these);
    sigaddset(&these, signo);
    pthread_sigmask(SIG_UNBLOCK, &these, NULL);
    raise(signo);
}

static void onSignal(int signo)
{
    const int error = errno;
    if (getpid() == owner && syscall(SYS_gettid) != ownerThread) {
        /* A library's thread: the one that runs the program knows whether the writer is at rest. */
        syscall(SYS_tgkill, owner, ownerThread, signo);
    } else if (ha_signals_held) {
        ha_signals_pending = signo;
    } else {
        endBy(signo);
    }
    errno = error;
}

/* Through the engine, where it has handlers of its own in front (ZEND_SIGNALS); elsewhere this is sigaction(). */
static void setAction(int signo, void (*handler)(int))
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    zend_sigaction(signo, &action, NULL);
}

static int isHandledBy(int signo, void (*handler)(int))
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    zend_sigaction(signo, NULL, &action);
    return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == handler;
}

void ha_signals_watch(void)
{
    owner = getpid();
    ownerThread = syscall(SYS_gettid);
    for (int i = 0; i < WATCHED; ++i)
        if (isHandledBy(watched[i], SIG_DFL))
            setAction(watched[i], onSignal);
}

void ha_signals_unwatch(void)
{
    for (int i = 0; i < WATCHED; ++i)
        if (isHandledBy(watched[i], onSignal))
            setAction(watched[i], SIG_DFL);
}

void ha_signals_deliver(void)
{
    const int signo = ha_signals_pending;
    ha_signals_pending = 0;
    endBy(signo);
}
