/** How much happened in each hour, without saying to whom: what the charts of the dashboard are drawn from. */

/** `events`: came in and were recorded. `matches`: those that a badge asks for. `awards`, `revocations`: badges given and
 *  taken back. `failures`: events that failed, and calls to the outside that did. */
const activityKinds = ['events', 'matches', 'awards', 'revocations', 'failures'] as const;

export type ActivityKind = (typeof activityKinds)[number];

export type ActivityCounts = Readonly<Record<ActivityKind, number>>;

export interface ActivityHour {
  /** Its beginning, in UTC. */
  readonly hour: Date;
  readonly counts: ActivityCounts;
}

export interface ActivityStore {
  /** Adds to the hour that `at` lies in. */
  add(at: Date, counts: Partial<ActivityCounts>): Promise<void>;
  /** Hours in which something happened, earliest first. @param to not included */
  between(from: Date, to: Date): Promise<readonly ActivityHour[]>;
}

const HOUR_MS = 3_600_000;

export function hourOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);
}

export function sumOfCounts(...all: readonly Partial<ActivityCounts>[]): ActivityCounts {
  const sum = { events: 0, matches: 0, awards: 0, revocations: 0, failures: 0 };
  for (const counts of all) for (const kind of activityKinds) sum[kind] += counts[kind] ?? 0;
  return sum;
}
