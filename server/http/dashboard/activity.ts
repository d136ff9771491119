/** What happened over time, as small charts of columns beside one another: one for each thing that is counted, each with a
 *  scale of its own. */

import type { ActivityCounts, ActivityHour, ActivityKind } from '../../../plugin/ports/activity-store.ts';
import { hourOf, sumOfCounts } from '../../../plugin/ports/activity-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import { sourceTranslator, type Translator } from '../../i18n/translator.ts';

export const periods = ['day', 'month'] as const;

export type Period = (typeof periods)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How a period is cut into columns. */
const cuts: Readonly<
  Record<
    Period,
    {
      readonly words: string;
      readonly unit: string;
      readonly columns: number;
      readonly ms: number;
      label(at: Date, t: Translator): string;
    }
  >
> = {
  day: {
    words: msg('in the last 24 hours'),
    unit: msg('Hour (UTC)'),
    columns: 24,
    ms: HOUR_MS,
    label: (at) => `${String(at.getUTCHours()).padStart(2, '0')}:00`,
  },
  month: {
    words: msg('in the last 30 days'),
    unit: msg('Day (UTC)'),
    columns: 30,
    ms: DAY_MS,
    label: (at, t) => t.calendar(at, 'day-of-year'),
  },
};

const charts: readonly {
  readonly kind: ActivityKind;
  readonly title: string;
  readonly href: string;
  readonly isTrouble?: boolean;
}[] = [
  { kind: 'events', title: msg('Events'), href: '/events' },
  { kind: 'matches', title: msg('Matches'), href: '/events?outcome=matched' },
  { kind: 'awards', title: msg('Awards'), href: '/progress?status=awarded' },
  { kind: 'failures', title: msg('Failures'), href: '/events?outcome=failed', isTrouble: true },
];

/** @returns the hours to ask for */
export function hoursOf(period: Period, now: Date): { readonly from: Date; readonly to: Date } {
  const { columns, ms } = cuts[period];
  const last = period === 'day' ? hourOf(now).getTime() : Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  return { from: new Date(last - (columns - 1) * ms), to: new Date(last + ms) };
}

export function shownActivity(
  hours: readonly ActivityHour[],
  period: Period,
  now: Date,
  t: Translator = sourceTranslator(),
) {
  const { words: said, unit, columns, ms, label } = cuts[period];
  const { from } = hoursOf(period, now);
  const parts: ActivityCounts[] = Array.from({ length: columns }, () => sumOfCounts());
  for (const { hour, counts } of hours) {
    const at = Math.floor((hour.getTime() - from.getTime()) / ms);
    const former = parts[at];
    if (former) parts[at] = sumOfCounts(former, counts);
  }
  const names = parts.map((_, at) => label(new Date(from.getTime() + at * ms), t));
  return {
    words: t(said),
    isEmpty: parts.every(({ events, awards, failures }) => events + awards + failures === 0),
    charts: charts.map(({ kind, title, href, isTrouble = false }) => ({
      title: t(title),
      href,
      isTrouble,
      ...columnsOf({ values: parts.map((part) => part[kind]), names, title, period: said }, t),
    })),
    table: {
      unit: t(unit),
      heads: charts.map(({ title }) => t(title)),
      // the latest first: it is what is looked for
      rows: parts
        .map((part, at) => ({ name: names[at], cells: charts.map(({ kind }) => t.number(part[kind])) }))
        .toReversed(),
    },
  };
}

/** Of the drawing: each column is 10 wide, the highest 100 high. */
const WIDTH = 10;
const GAP = 2;
const HEIGHT = 100;
/** Little is still more than nothing. */
const LEAST = 3;

function columnsOf(
  {
    values,
    names,
    title,
    period,
  }: {
    readonly values: readonly number[];
    readonly names: readonly string[];
    readonly title: string;
    readonly period: string;
  },
  t: Translator,
) {
  const most = Math.max(...values);
  const total = values.reduce((sum, value) => sum + value, 0);
  const peak = most === 0 ? null : { value: t.number(most), at: names[values.lastIndexOf(most)] ?? '' };
  const facts = { title: words(title), period: words(period), total };
  return {
    total: t.number(total),
    peak,
    summary:
      peak === null
        ? t('{title} {period}: {total} in all', facts)
        : t('{title} {period}: {total} in all, at most {most} at {time}', { ...facts, most, time: peak.at }),
    width: values.length * WIDTH,
    height: HEIGHT,
    first: names[0],
    middle: names[Math.floor(names.length / 2)],
    columns: values.flatMap((value, at) => {
      if (value === 0) return [];
      const height = Math.max(LEAST, Math.round((value / most) * HEIGHT));
      return [
        {
          x: at * WIDTH + GAP / 2,
          y: HEIGHT - height,
          width: WIDTH - GAP,
          height,
          text: `${names[at]}: ${t.number(value)}`,
          isUnderWay: at === values.length - 1,
        },
      ];
    }),
  };
}
