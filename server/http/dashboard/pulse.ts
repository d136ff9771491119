/** Whether what comes in and what goes out is moving: the queue of events, and the effects that wait for the outside. */

import type { LaneState } from '../../../plugin/badges/dispatcher.ts';
import type { EffectGroup, Progress } from '../../../plugin/ports/progress-store.ts';
import { msg } from '../../../plugin/words.ts';
import type { Services } from '../services.ts';
import { laneName, type ShownStatus, shownTime } from '../words/format.ts';

export async function readPulse({ progress, deadLetters, events, lanes, providers, isReceiving, clock }: Services) {
  const now = clock.now();
  const [groups, [longest], dead, newest] = await Promise.all([
    progress.effectGroups(),
    progress.due(now, 1, { except: [] }),
    deadLetters.count({ state: 'open' }),
    events.list({ limit: 1 }),
  ]);
  return {
    receiving: receivingStatus(isReceiving()),
    lastEventAt: shownTime(newest.items[0]?.receivedAt ?? null),
    pending: countOf(groups, 'pending'),
    overdueSince: shownTime(longest ? waitingSince(longest, now) : null),
    deadLetters: dead,
    lanes: shownLanes(groups, lanes(), providers),
  };
}

function receivingStatus(isReceiving: boolean | null): ShownStatus {
  if (isReceiving === null) return { word: msg('Not set up'), tone: 'off' };
  return isReceiving ? { word: msg('Connected'), tone: 'good' } : { word: msg('Not connected'), tone: 'bad' };
}

function countOf(groups: readonly EffectGroup[], state: EffectGroup['state'], lane?: string): number {
  return groups
    .filter((group) => group.state === state && (lane === undefined || group.lane === lane))
    .reduce((sum, { count }) => sum + count, 0);
}

function waitingSince({ effects }: Progress, now: Date): Date | null {
  const due = effects.filter(({ state, dueAt }) => state === 'pending' && dueAt <= now);
  return due.map(({ createdAt }) => createdAt).toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null;
}

/** Every place outside that something waits for or that was called. */
function shownLanes(groups: readonly EffectGroup[], states: readonly LaneState[], providers: Services['providers']) {
  const names = new Set([...states.map(({ lane }) => lane), ...groups.map(({ lane }) => lane)]);
  return [...names].sort().map((lane) => ({
    name: providers.get(lane)?.title ?? laneName(lane),
    href: `/effects?lane=${encodeURIComponent(lane)}`,
    status: laneStatus(states.find((state) => state.lane === lane)),
    pending: countOf(groups, 'pending', lane),
    failed: countOf(groups, 'failed', lane),
  }));
}

const laneWords = {
  closed: { word: msg('No trouble'), tone: 'good' },
  'half-open': { word: msg('Being tried'), tone: 'busy' },
  open: { word: msg('Does not answer'), tone: 'bad' },
} as const satisfies Record<LaneState['state'], ShownStatus>;

function laneStatus(state: LaneState | undefined): ShownStatus {
  if (state === undefined) return { word: msg('Not set up'), tone: 'off' };
  return laneWords[state.state];
}
