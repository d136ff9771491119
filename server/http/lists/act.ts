/** Doing something to many records: few at once, more as a job that outlives the process. Either says what became of
 *  each: how many were done, how many failed and why. */

import { CredentialsError } from '../../../plugin/errors.ts';
import type { JobKind, JobStep } from '../../../plugin/jobs/job-runner.ts';
import type { Organisations } from '../../../plugin/organisations/standing.ts';
import type { Job, JsonObject } from '../../../plugin/ports/job-store.ts';
import type { Condition } from '../../../plugin/ports/records.ts';
import type { AnyList, BulkAction, By } from './list.ts';
import { readState, whereOf } from './state.ts';

export const LIST_ACTION = 'list-action';

/** More than this are a job. */
export const AT_ONCE = 100;
const BATCH = 50;
const MOST_REASONS = 10;

export interface ActionResult {
  /** What came of them, by the words of the action. */
  readonly counts: Readonly<Record<string, number>>;
  /** Why some failed, and how many of each reason. */
  readonly failures: readonly { readonly message: string; readonly count: number }[];
}

type Action = BulkAction<unknown>;

export interface ChosenRecords {
  /** Those that match the address; otherwise those with the ids. */
  readonly query: string;
  readonly ids: readonly string[] | null;
  /** Those that were there at this time, in lists with a time of their own; null: any. */
  readonly until: string | null;
}

/** @returns null: nothing can match @throws InputError `input.list-address` */
export async function whereChosen(list: AnyList, chosen: ChosenRecords): Promise<readonly Condition[] | null> {
  const { query, ids, until } = chosen;
  if (ids !== null) return [...(list.always ?? []), { field: 'id', in: ids }];
  const where = await whereOf(list, await readState(list, new URLSearchParams(query)));
  if (where === null || until === null || !list.date) return where;
  const end = new Date(new Date(until).getTime() + 1);
  return [...where, { field: list.date.field, before: list.date.value?.(end) ?? end }];
}

/** For `perSecond`. */
export type Pause = (ms: number) => Promise<void>;
const sleep: Pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function actOn(
  rows: readonly unknown[],
  action: Action,
  by: By,
  pause: Pause = sleep,
): Promise<ActionResult> {
  const counts: Record<string, number> = {};
  const failures = new Map<string, number>();
  for (const row of rows) {
    const word = await wordOf(row, action, by, failures);
    counts[word] = (counts[word] ?? 0) + 1;
    if (action.perSecond !== undefined) await pause(1_000 / action.perSecond);
  }
  return {
    counts,
    failures: [...failures].slice(0, MOST_REASONS).map(([message, count]) => ({ message, count })),
  };
}

async function wordOf(row: unknown, action: Action, by: By, failures: Map<string, number>): Promise<string> {
  try {
    return await action.run(row, by);
  } catch (error) {
    // What the world refuses is about this record; what the store cannot do now is about all.
    if (!(error instanceof CredentialsError) || error.code === 'store.unavailable') throw error;
    failures.set(error.message, (failures.get(error.message) ?? 0) + 1);
    return 'failed';
  }
}

export function actionParameters(
  list: AnyList,
  action: Action,
  chosen: ChosenRecords,
  said: Pick<By, 'reason' | 'choice'>,
): JsonObject {
  const { query, ids, until } = chosen;
  return { list: list.path, action: action.name, query, ids, until, reason: said.reason, choice: said.choice };
}

/** @param lists those there are for whoever is limited to these organisations; asked for when a job is carried out, since they are
 *  made of what carries jobs out */
export function createListActions(
  lists: (organisations: Organisations) => Promise<readonly AnyList[]>,
  pause: Pause = sleep,
): JobKind {
  return {
    kind: LIST_ACTION,
    async step(job): Promise<JobStep> {
      const { list: path, action: name, query, ids, until = null, reason, choice = '' } = job.parameters;
      const list = (await lists(limitOf(job))).find((one) => one.path === path);
      const action = (list?.actions as readonly Action[] | undefined)?.find((one) => one.name === name);
      if (!list || !action) return { cursor: null, done: 0, counts: { 'no longer possible': 1 }, finished: true };
      const chosen = { query: String(query), ids: ids as readonly string[] | null, until: until as string | null };
      const where = (await whereChosen(list, chosen)) ?? [{ field: 'id', in: [] }];
      const total = job.total ?? (await list.records.count(where, Number.MAX_SAFE_INTEGER));
      const after = typeof job.cursor === 'string' ? job.cursor : undefined;
      const limit = Math.min(BATCH, action.atOnce ?? BATCH);
      const page = await list.records.page({ where, order: list.order, limit, after });
      const by = { actor: job.requestedBy, reason: String(reason), choice: String(choice), runId: job.id };
      const { counts, failures } = await actOn(page.items, action, by, pause);
      const former = (job.result?.failures ?? []) as unknown as ActionResult['failures'];
      return {
        cursor: page.next,
        done: page.items.length,
        counts,
        total,
        finished: page.next === null,
        result: { failures: merged(former, failures).map((failure) => ({ ...failure })) },
      };
    },
  };
}

function merged(former: ActionResult['failures'], more: ActionResult['failures']): ActionResult['failures'] {
  const counts = new Map(former.map(({ message, count }) => [message, count]));
  for (const { message, count } of more) counts.set(message, (counts.get(message) ?? 0) + count);
  return [...counts].slice(0, MOST_REASONS).map(([message, count]) => ({ message, count }));
}

/** Where a job says to which organisations whoever asked for it is limited. */
export const LIMIT_PARAMETER = 'organisations';

function limitOf({ parameters }: Pick<Job, 'parameters'>): Organisations {
  const limit = parameters[LIMIT_PARAMETER];
  return Array.isArray(limit) ? limit.map(String) : [];
}
