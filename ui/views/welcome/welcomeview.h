// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/settings.h"
#include "ui/views/welcome/samplecatalog.h"

#include <QList>
#include <QWidget>

class QGridLayout;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace heapatlas {

class SampleCard;
class StartCard;

/// The first page: what can be done now, the traces opened before, the samples.
class WelcomeView : public QWidget
{
    Q_OBJECT
public:
    /// Below this width the samples stand under the recent files.
    static constexpr int wideFrom = 1400;

    explicit WelcomeView(QWidget* parent = nullptr);

    /// Reads the recent files anew.
    void setRecentFiles(const std::vector<RecentFile>& files);
    void setSamples(const QList<SampleTrace>& samples);
    [[nodiscard]] QList<SampleCard*> sampleCards() const { return m_sampleCards; }
    /// Why recording is impossible; empty if it is possible. The button stays and opens the dialog that explains.
    void setRecordHint(const QString& reason);

Q_SIGNALS:
    void recordRequested();
    void openRequested();
    void fileRequested(const QString& path);
    void removeRecentRequested(const QString& path);
    void locateRecentRequested(const QString& path);
    void clearRecentRequested();

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QWidget* makeStart();
    void arrange();
    void dress();
    QLabel* heading(const QString& text, QWidget* parent);

    QWidget* m_content;
    QGridLayout* m_grid;
    QWidget* m_start;
    QWidget* m_recent;
    QWidget* m_samples;
    QVBoxLayout* m_recentCards;
    QGridLayout* m_sampleGrid;
    QList<SampleCard*> m_sampleCards;
    StartCard* m_record = nullptr;
    QPushButton* m_clear = nullptr;
    QLabel* m_noRecent = nullptr;
    QLabel* m_logo = nullptr;
    QLabel* m_name = nullptr;
    QLabel* m_tagline = nullptr;
    QLabel* m_hint = nullptr;
    QList<QLabel*> m_headings;
    bool m_isWide = true;
    bool m_hasArranged = false;
};

} // namespace heapatlas
