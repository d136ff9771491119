/** In-memory twin of the event log: the reference behaviour for its contract, and what tests use. */

import { compareCodePoints } from '../../dsl/index.ts';
import {
  completes,
  eventPlace,
  parseEventPlace,
  parseReceiptPlace,
  receiptPlace,
  subjectOf,
  subjectsOf,
  whyOf,
} from '../events/event-outcome.ts';
import type {
  EventCount,
  EventEntry,
  EventLog,
  EventQuery,
  EventScan,
  EventTimeFilter,
  LearnerIdentity,
  Recorded,
  ScannedEvent,
} from './event-log.ts';
import type { Page } from './learner-store.ts';
import { memoryRecords } from './memory-records.ts';
import { eventShape } from './record-shapes.ts';

export class MemoryEventLog implements EventLog {
  readonly #entries = new Map<string, EventEntry>();
  readonly records = memoryRecords(eventShape, () => this.#entries.values());

  async record(entries: readonly EventEntry[]): Promise<Recorded> {
    const otherSource: string[] = [];
    let added = 0;
    let completed = 0;
    for (const entry of entries) {
      const { id, source } = entry.event;
      const known = this.#entries.get(id);
      if (!known) {
        this.#entries.set(id, entry);
        added += 1;
        continue;
      }
      if (known.event.source !== source) otherSource.push(id);
      if (!completes(entry.outcome.kind, known.outcome.kind)) continue;
      const { outcome, ruleRevision } = entry;
      this.#entries.set(id, { ...known, outcome, ruleRevision, learnerId: entry.learnerId ?? known.learnerId });
      completed += 1;
    }
    return { added, completed, otherSource };
  }

  async get(id: string): Promise<EventEntry | null> {
    return this.#entries.get(id) ?? null;
  }

  async *ofLearner(learner: LearnerIdentity, filter: EventTimeFilter = {}): AsyncIterable<EventEntry> {
    for await (const { entry } of this.scan({ ...filter, learner })) yield entry;
  }

  async *scan(query: EventScan, after?: string): AsyncIterable<ScannedEvent> {
    const place = after === undefined ? null : parseEventPlace(after);
    const entries = [...this.#entries.values()].filter((entry) => isScanned(entry, query)).toSorted(byTime);
    for (const entry of entries) {
      const { time, id } = entry.event;
      if (place && (compareCodePoints(time, place.time) || compareCodePoints(id, place.id)) <= 0) continue;
      yield { entry, cursor: eventPlace(entry) };
    }
  }

  async latest(type: string, limit: number): Promise<readonly EventEntry[]> {
    return (await this.list({ type, limit })).items;
  }

  async list(query: EventQuery): Promise<Page<EventEntry>> {
    const place = query.after === undefined ? null : parseReceiptPlace(query.after);
    const rest = [...this.#entries.values()]
      .filter((entry) => isListed(entry, query))
      .toSorted(newestFirst)
      .filter(({ receivedAt, event }) => {
        if (place === null) return true;
        return (place.time.getTime() - receivedAt.getTime() || compareCodePoints(place.id, event.id)) > 0;
      });
    const items = rest.slice(0, query.limit);
    const last = items.at(-1);
    return { items, next: last && rest.length > items.length ? receiptPlace(last) : null };
  }

  async counts(range: Pick<EventQuery, 'receivedFrom' | 'receivedTo'> = {}): Promise<readonly EventCount[]> {
    const counts = new Map<string, EventCount>();
    for (const entry of this.#entries.values()) {
      if (!isReceivedIn(entry, range)) continue;
      const group = { type: entry.event.type, outcome: entry.outcome.kind, why: whyOf(entry.outcome) };
      const key = JSON.stringify(group);
      counts.set(key, { ...group, count: (counts.get(key)?.count ?? 0) + 1 });
    }
    return [...counts.values()].toSorted(
      (a, b) =>
        compareCodePoints(a.type, b.type) ||
        compareCodePoints(a.outcome, b.outcome) ||
        compareCodePoints(a.why ?? '', b.why ?? ''),
    );
  }

  async forget(learner: LearnerIdentity): Promise<number> {
    let removed = 0;
    for (const [id, entry] of this.#entries) {
      if (isAbout(entry, learner) && this.#entries.delete(id)) removed += 1;
    }
    return removed;
  }
}

function byTime(a: EventEntry, b: EventEntry): number {
  return compareCodePoints(a.event.time, b.event.time) || compareCodePoints(a.event.id, b.event.id);
}

function newestFirst(a: EventEntry, b: EventEntry): number {
  return b.receivedAt.getTime() - a.receivedAt.getTime() || compareCodePoints(b.event.id, a.event.id);
}

function isScanned(entry: EventEntry, { types, from, to, learner, ...range }: EventScan): boolean {
  const { type, time } = entry.event;
  return (
    (types === undefined || types.includes(type)) &&
    (from === undefined || time >= from) &&
    (to === undefined || time < to) &&
    (learner === undefined || isAbout(entry, learner)) &&
    isReceivedIn(entry, range)
  );
}

function isListed(entry: EventEntry, { id, type, outcome, learners, username, ...range }: EventQuery): boolean {
  return (
    (id === undefined || entry.event.id === id) &&
    (type === undefined || entry.event.type === type) &&
    (outcome === undefined || entry.outcome.kind === outcome) &&
    (learners === undefined || learners.some((learner) => isAbout(entry, learner))) &&
    (username === undefined || entry.event.user?.username === username) &&
    isReceivedIn(entry, range)
  );
}

function isReceivedIn(
  { receivedAt }: EventEntry,
  { receivedFrom, receivedTo }: Pick<EventQuery, 'receivedFrom' | 'receivedTo'>,
): boolean {
  return (
    (receivedFrom === undefined || receivedAt >= receivedFrom) && (receivedTo === undefined || receivedAt < receivedTo)
  );
}

function isAbout(entry: EventEntry, learner: LearnerIdentity): boolean {
  const subject = subjectOf(entry);
  return subject !== null && subjectsOf(learner).includes(subject);
}
