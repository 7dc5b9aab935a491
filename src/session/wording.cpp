// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/wording.h"

#include "base/formatsize.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <cmath>

namespace heapatlas::wording {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("heapatlas::wording", text); }

QString utf8(const std::string& text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

/// “name”, or "the trace" when no name is known.
QString quoted(const QString& path)
{
    if (path.isEmpty())
        return tr("The trace");
    const QString name = QFileInfo(path).fileName();
    return QStringLiteral(u"“%1”").arg(name.isEmpty() ? path : name);
}

/// " at byte 48 213 992", or nothing.
QString atByte(const Error& error)
{
    return error.offset ? tr(" at byte %1").arg(count(*error.offset)) : QString();
}

QString ofFile(const Error& error, const QString& path)
{
    const QString what = quoted(path);
    const QString where = atByte(error);
    switch (error.code) {
    case ErrorCode::CannotOpen:
        if (!path.isEmpty() && QFileInfo(path).isDir())
            return tr("%1 is a folder. Choose a .hat file inside it.").arg(what);
        if (!path.isEmpty() && !QFileInfo::exists(path))
            return tr("%1 was not found. It may have been moved, renamed or deleted.").arg(what);
        return tr("%1 cannot be opened. Check that it is a file and that you may read it.").arg(what);
    case ErrorCode::CannotWrite:
        return tr("%1 cannot be written. Check the folder's permissions and the free space on the disk.")
            .arg(what);
    case ErrorCode::EmptyFile:
        return tr("%1 is empty. The recording may not have begun; record it again.").arg(what);
    case ErrorCode::NotATrace:
        return tr("%1 is not a trace that Heap Atlas knows. Choose a .hat file made by \"hatlas record\".")
            .arg(what);
    case ErrorCode::UnsupportedVersion:
        return tr("%1 was made by a newer Heap Atlas. Update this program to open it.").arg(what);
    case ErrorCode::Truncated:
        return tr("%1 ends in the middle%2. What stands before that place can be used; a copy that was cut "
                  "off can be "
                  "copied again.")
            .arg(what, where);
    case ErrorCode::ChecksumMismatch:
        return tr(
            "%1 is damaged%2: its content differs from what was recorded. Use another copy, or the part that "
            "is whole.")
            .arg(what, where);
    case ErrorCode::MalformedTrace:
        return tr(
            "%1 contradicts itself%2 and cannot be read there. Record it again, or use the part before it.")
            .arg(what, where);
    case ErrorCode::LimitExceeded:
        return tr(
            "%1 asks for more memory than is sane%2, so it is taken as damaged. Use another copy of it.")
            .arg(what, where);
    default:
        return {};
    }
}

QString ofHeap(const Error& error)
{
    switch (error.code) {
    case ErrorCode::OutOfMemory:
        return tr("There is not enough memory for this. Close other traces or programs and try again.");
    case ErrorCode::LimitReached:
        return tr(
            "The heap's memory limit does not allow this allocation. Raise the limit or free blocks first.");
    case ErrorCode::UnknownAddress:
        return tr("No live block begins at that address. Choose an address inside a live block.");
    case ErrorCode::DoubleFree:
        return tr("That block has been freed before. Look at the event that freed it first.");
    case ErrorCode::BadAlignment:
        return tr("The alignment is not a power of two. Use 8, 16, 32 and so on.");
    case ErrorCode::SizeOverflow:
        return tr("The size is too large to be rounded up. Use a smaller one.");
    case ErrorCode::CorruptedState:
        return tr(
            "The replayed heap no longer agrees with itself, so the picture cannot be trusted from here on. "
            "Go to an earlier event, and check the trace with \"hatlas verify\".");
    case ErrorCode::Unsupported:
        return tr("This trace holds something that this version cannot show. A newer version may.");
    case ErrorCode::Cancelled:
        return tr("Stopped on request. What was done up to then is kept.");
    case ErrorCode::BadArgument:
        return tr("A value is outside what is allowed here. Check what was entered.");
    default:
        return {};
    }
}

/// The damage that says the most: a broken place before a missing end.
const Error& worst(const std::vector<Error>& damage)
{
    const auto broken = std::find_if(
        damage.begin(), damage.end(), [](const Error& e) { return e.code != ErrorCode::Truncated; });
    return broken == damage.end() ? damage.front() : *broken;
}

QString decimals(double value, int digits) { return QString::number(value, 'f', digits); }

/// Three significant digits below 100, whole above: 0.41, 4.56, 12.3, 456.
QString threeDigits(double value) { return decimals(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0); }

} // namespace

QString sentence(const Error& error, const QString& path)
{
    const QString ofTheFile = ofFile(error, path);
    if (!ofTheFile.isEmpty())
        return ofTheFile;
    const QString ofTheHeap = ofHeap(error);
    return ofTheHeap.isEmpty() ? tr("Something went wrong that has no description yet.") : ofTheHeap;
}

QString detailLine(const Error& error)
{
    QString line = QString::fromLatin1(
        errorName(error.code).data(), static_cast<qsizetype>(errorName(error.code).size()));
    if (error.offset)
        line += atByte(error);
    if (!error.context.empty())
        line += QStringLiteral(": ") + utf8(error.context);
    return line;
}

Unfinished unfinished(const TraceInfo& info)
{
    if (info.isComplete || info.damage.size() > 1)
        return Unfinished::No;
    if (info.damage.empty())
        return Unfinished::EndedEarly;
    const Error& error = info.damage.front();
    if (error.code != ErrorCode::Truncated)
        return Unfinished::No;
    if (error.context.starts_with(
            "the recording ended early")) // the trace reader's words for an index that says so
        return Unfinished::EndedEarly;
    return error.offset == info.fileBytes ? Unfinished::NotClosed : Unfinished::No;
}

QString damage(const TraceInfo& info)
{
    if (info.isComplete && info.damage.empty())
        return {};
    const std::uint64_t events = info.events - std::min(info.events, info.lostEvents);
    QString whole = events == 0
        ? tr("No whole event is in it.")
        : (events == 1 ? tr("1 event is whole.") : tr("%1 events are whole.").arg(count(events)));
    if (info.lostEvents != 0)
        whole += QStringLiteral(" ")
            + (info.lostEvents == 1 ? tr("1 is lost.") : tr("%1 are lost.").arg(count(info.lostEvents)));
    switch (unfinished(info)) {
    case Unfinished::EndedEarly:
        return tr("The recording ended before the program did. ") + whole;
    case Unfinished::NotClosed:
        return tr("The recording has no end: the program was killed, or the file was cut off at byte %1. ")
                   .arg(count(info.fileBytes))
            + whole;
    case Unfinished::No:
        break;
    }
    const Error& error = worst(info.damage);
    const QString where = atByte(error);
    if (error.code == ErrorCode::Truncated)
        return tr("The trace ends in the middle%1. ").arg(where) + whole;
    if (info.damage.size() == 1)
        return tr("The trace is damaged%1; reading went on behind it. ").arg(where) + whole;
    return tr("The trace is damaged in %1 places, first%2; reading went on behind each. ")
               .arg(count(info.damage.size()), where)
        + whole;
}

QString stoppedAt(double share)
{
    return tr("Loading was stopped: the first %1 of the trace is here. Open it again to load the rest.")
        .arg(percent(share));
}

QString sourceState(const TraceInfo& info)
{
    if (info.damage.empty())
        return info.isComplete ? tr("Recorded trace, complete") : tr("Recorded trace, cut off");
    return worst(info.damage).code == ErrorCode::Truncated ? tr("Recorded trace, cut off")
                                                           : tr("Recorded trace, damaged");
}

QString process(const TraceInfo& info)
{
    const std::string version = info.metaValue("phpVersion");
    QString text = version.empty() ? tr("Unknown program") : QStringLiteral("PHP ") + utf8(version);
    const std::string sapi = info.metaValue("sapi");
    if (!sapi.empty())
        text += QLatin1Char(' ') + (sapi == "cli" ? QStringLiteral("CLI") : utf8(sapi));
    const std::string pid = info.metaValue("pid");
    if (!pid.empty())
        text += tr(", pid %1").arg(utf8(pid));
    const std::string request = info.metaValue("request");
    if (!request.empty() && request != "1")
        text += tr(", request %1").arg(utf8(request));
    return text;
}

QString program(const TraceInfo& info)
{
    const std::string script = info.metaValue("script");
    if (!script.empty()) {
        const QString name = QFileInfo(utf8(script)).fileName();
        return name.isEmpty() ? utf8(script) : name;
    }
    const std::string typed = info.metaValue("program");
    return typed.empty() ? tr("unknown program") : utf8(typed);
}

QString size(Bytes bytes) { return utf8(formatSize(bytes)); }

QString exactSize(Bytes bytes) { return bytes == 1 ? tr("1 byte") : tr("%1 bytes").arg(count(bytes)); }

QString count(std::uint64_t n) { return utf8(formatCount(n)); }

QString percent(double share)
{
    // "-0.0 %" would be read as a change.
    const double value = std::abs(share * 100.0) < 0.05 ? 0.0 : share * 100.0;
    return decimals(value, 1).replace(QLatin1Char('-'), QChar(0x2212)) + QStringLiteral(" %");
}

QString signedSize(std::int64_t bytes)
{
    if (bytes == 0)
        return size(0);
    // Negating the smallest value would overflow; unsigned arithmetic does not.
    const auto magnitude =
        bytes < 0 ? 0 - static_cast<std::uint64_t>(bytes) : static_cast<std::uint64_t>(bytes);
    return (bytes < 0 ? QChar(0x2212) : QChar(u'+')) + size(magnitude);
}

QString signedCount(std::int64_t n)
{
    if (n == 0)
        return QStringLiteral("0");
    const auto magnitude = n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
    return (n < 0 ? QChar(0x2212) : QChar(u'+')) + count(magnitude);
}

QString duration(double seconds)
{
    const double value = std::max(seconds, 0.0);
    if (value < 0.9995)
        return threeDigits(value * 1000.0) + QStringLiteral(" ms");
    if (value < 99.95)
        return threeDigits(value) + QStringLiteral(" s");
    const auto whole = static_cast<std::uint64_t>(std::llround(value));
    return tr("%1 min %2 s").arg(count(whole / 60)).arg(whole % 60, 2, 10, QLatin1Char('0'));
}

QString events(std::uint64_t n) { return n == 1 ? tr("1 event") : tr("%1 events").arg(count(n)); }

QString blocks(std::uint64_t n)
{
    return n == 1 ? QStringLiteral("1 block") : QStringLiteral("%1 blocks").arg(count(n));
}

QString address(Address address) { return utf8(formatAddress(address)); }

QString fileAndLine(const Frame& frame)
{
    if (frame.file.empty())
        return tr("internal");
    const QString path = utf8(frame.file);
    const QString file = QFileInfo(path).fileName();
    const QString name = file.isEmpty() ? path : file;
    return frame.line == 0 ? name : QStringLiteral("%1:%2").arg(name).arg(frame.line);
}

QString site(const Frame& frame)
{
    const QString function = utf8(frame.qualifiedName());
    return function.isEmpty() ? fileAndLine(frame)
                              : QStringLiteral("%1, %2").arg(function, fileAndLine(frame));
}

QString regionTitle(const RegionRow& region)
{
    const Bytes pageBytes = 4096;
    const auto pages = [&] { return (region.range.size() + pageBytes - 1) / pageBytes; };
    const auto counted = [&](const QString& one, const QString& many) {
        return pages() == 1 ? one : many.arg(count(pages()));
    };
    switch (region.kind) {
    case RegionKind::Header:
        return tr("Chunk header");
    case RegionKind::Free:
        return counted(tr("Free page"), tr("Free, %1 pages"));
    case RegionKind::SmallRun:
        return counted(tr("%1 run, 1 page").arg(size(region.slotBytes)),
            tr("%2 run, %1 pages").arg(QStringLiteral("%1"), size(region.slotBytes)));
    case RegionKind::LargeRun:
        return counted(tr("Large run, 1 page"), tr("Large run, %1 pages"));
    case RegionKind::Huge:
        return tr("Huge block, %1").arg(size(region.range.size()));
    }
    return {};
}

QString blockTitle(const BlockRow& block, const RegionRow& region)
{
    if (region.kind == RegionKind::SmallRun)
        return tr("%1 block").arg(size(block.size));
    return regionTitle(region);
}

QString freeSlotTitle(const RegionRow& region)
{
    return tr("Free slot, %1 class").arg(size(region.slotBytes));
}

QString sizeClass(const RegionRow& region)
{
    const Bytes pages = region.range.size() / 4096;
    return tr("%1 (bin %2, %3-page runs)").arg(size(region.slotBytes)).arg(region.sizeClass).arg(pages);
}

} // namespace heapatlas::wording
