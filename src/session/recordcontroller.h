// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>

#include <memory>

namespace heapatlas {

/// What to record: a PHP script (or another command) and how.
struct RecordRequest
{
    QStringList command; ///< "php", "script.php", arguments …
    QString workingDirectory;
    QString output; ///< .hat file
    QString stacks = QStringLiteral("full"); ///< full, top, none
    bool wantsContents = false; ///< keep the bytes of the heap; they can hold secrets
};

/// Runs `hatlas record` and tells how it went. One recording at a time; lives on the GUI thread.
class RecordController : public QObject
{
    Q_OBJECT
public:
    explicit RecordController(QObject* parent = nullptr);
    ~RecordController() override;

    /// Empty if recording is possible here, else one sentence with a remedy ("PHP was not found …"). Known
    /// with statusText(); until then empty.
    [[nodiscard]] QString unavailableReason() const;
    /// "PHP 8.2.36 CLI found, recorder ready"; asked once in the background, empty until known.
    [[nodiscard]] QString statusText() const;
    /// Asks for status anew (after the user installed PHP); statusChanged() tells when it is known.
    void refreshStatus();
    [[nodiscard]] bool isRecording() const;
    [[nodiscard]] qint64 elapsedMs() const;
    [[nodiscard]] qint64 bytesWritten() const; ///< of the trace so far
    [[nodiscard]] QString programOutput() const; ///< what the program printed (last 64 KB)
    /// Every trace of the last recording: the first is finished()'s, further ones are of other processes or
    /// requests.
    [[nodiscard]] QStringList traces() const;
    /// Where a recording goes unless the user says otherwise: "<script>.hat" in the folder, with a number if
    /// taken.
    [[nodiscard]] static QString proposedOutput(const QStringList& command, const QString& workingDirectory);

public Q_SLOTS:
    void start(const heapatlas::RecordRequest& request);
    void stop(); ///< ends the program with SIGTERM; what was recorded stays

Q_SIGNALS:
    void statusChanged();
    void started();
    void progressed();
    void finished(const QString& tracePath, int exitStatus); ///< the trace exists
    void failed(const QString& sentence); ///< nothing was recorded

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace heapatlas
