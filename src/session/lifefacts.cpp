// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/lifefacts.h"

#include "replay/mailbox.h"
#include "replay/slotcount.h"
#include "replay/taskthread.h"
#include "session/document.h"

#include <QPointer>

#include <algorithm>
#include <atomic>
#include <map>

namespace heapatlas {

class LifeFacts::Private
{
public:
    explicit Private(LifeFacts* facts)
        : q(facts)
    {
    }

    void notify()
    {
        if (!isDeliveryQueued.exchange(true))
            Q_EMIT q->mailArrived(QPrivateSignal());
    }

    void deliver()
    {
        isDeliveryQueued = false;
        if (auto news = slotMail.take(); news && (*news)->run == run && (*news)->place == place) {
            slot = *news;
            Q_EMIT q->slotChanged();
        }
        if (auto news = boxMail.take(); news && document && news->first == document->filter()) {
            box = news->second;
            Q_EMIT q->boxChanged();
        }
    }

    void askSlot()
    {
        const auto details = document && isSlotWanted ? document->details() : nullptr;
        const auto source = document ? document->replaySource() : nullptr;
        const AddressRange wantedRun = details && source ? details->region.range : AddressRange {};
        const Address wantedPlace = details && source ? details->block.begin : Address {};
        if (wantedRun == run && wantedPlace == place)
            return;
        run = wantedRun;
        place = wantedPlace;
        slot = nullptr;
        slotThread.cancel();
        if (!run.isEmpty()) {
            slotThread.run([this, source, where = run, at = place](const Interrupt& interrupt) {
                ReplayCursor cursor(source, 0);
                if (SlotLivesPtr counted = countSlot(cursor, where, at, interrupt)) {
                    slotMail.put(std::move(counted));
                    notify();
                }
            });
        }
        Q_EMIT q->slotChanged();
    }

    void askBox()
    {
        box = nullptr;
        boxThread.cancel();
        const auto filter = document ? document->filter() : std::nullopt;
        const auto source = document ? document->replaySource() : nullptr;
        if (filter && source) {
            boxThread.run([this, source, filter](const Interrupt& interrupt) {
                ReplayCursor cursor(source, 0);
                // Positions of the box: its last event is done at its end.
                BoxCountPtr counted = countBox(
                    cursor, filter->addresses, filter->events.begin, filter->events.end - 1, interrupt);
                if (counted) {
                    boxMail.put({ filter, std::move(counted) });
                    notify();
                }
            });
        }
        Q_EMIT q->boxChanged();
    }

    LifeFacts* q;
    QPointer<Document> document;
    bool isSlotWanted = false;
    AddressRange run;
    Address place;
    SlotLivesPtr slot;
    BoxCountPtr box;
    Mailbox<SlotLivesPtr> slotMail;
    Mailbox<std::pair<std::optional<BoxFilter>, BoxCountPtr>> boxMail;
    std::atomic<bool> isDeliveryQueued { false };
    TaskThread slotThread; ///< last, so that they are joined first
    TaskThread boxThread;
};

LifeFacts::LifeFacts(QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this))
{
    connect(
        this, &LifeFacts::mailArrived, this, [this] { d->deliver(); }, Qt::QueuedConnection);
}

LifeFacts::~LifeFacts() = default;

void LifeFacts::setDocument(Document* document)
{
    if (d->document)
        d->document->disconnect(this);
    d->document = document;
    if (document != nullptr) {
        connect(document, &Document::detailsChanged, this, [this] { d->askSlot(); });
        connect(document, &Document::selectionChanged, this, [this] { d->askSlot(); });
        connect(document, &Document::filterChanged, this, [this] { d->askBox(); });
    }
    d->askSlot();
    d->askBox();
}

void LifeFacts::setSlotWanted(bool wanted)
{
    d->isSlotWanted = wanted;
    d->askSlot();
}

SlotLivesPtr LifeFacts::slot() const { return d->slot; }
bool LifeFacts::isSlotPending() const { return !d->run.isEmpty() && d->slot == nullptr; }
BoxCountPtr LifeFacts::box() const { return d->box; }

std::vector<LifeFacts::Site> LifeFacts::boxSites(std::size_t most) const
{
    std::map<QString, Site> byName;
    if (d->box && d->document) {
        for (const BoxCount::Share& share : d->box->stacks) {
            const QString name = d->document->siteName(share.stack);
            Site& site = byName[name];
            site.name = name;
            site.blocks += share.blocks;
            site.bytes += share.bytes;
        }
    }
    std::vector<Site> sites;
    for (auto& [name, site] : byName)
        sites.push_back(std::move(site));
    std::stable_sort(
        sites.begin(), sites.end(), [](const Site& a, const Site& b) { return a.bytes > b.bytes; });
    sites.resize(std::min(most, sites.size()));
    return sites;
}

} // namespace heapatlas
