/** Where the LMS tells how much of a course a learner has completed. */

import { isRecord } from '../../plugin/extensions/options.ts';
import { msg } from '../../plugin/words.ts';
import type { LmsClient } from './client.ts';
import { badFigures, type FigureSource } from './figure-source.ts';
import { rootBlock, segment } from './keys.ts';
import { isStatus } from './lms-error.ts';
import { pagesOf } from './pages.ts';
import type { People } from './people.ts';
import { getProgress, probeProgress } from './progress.ts';

type CompletionSource = FigureSource<number>;

const PAGE_SIZE = '1000';

/** The completion aggregator: everybody at once. Its list of all may lag; one learner's is brought up to date when asked. */
export function aggregatorSource(client: LmsClient): CompletionSource {
  const path = (courseKey: string) => `/completion-aggregator/v1/course/${segment(courseKey)}/`;
  const what = 'the completions of a course';
  return {
    name: 'aggregator',
    title: msg('Completion aggregator'),
    async probe(courseKey, signal) {
      const query = new URLSearchParams({ requested_fields: 'username', page_size: '1' });
      try {
        await client.get({ what, path: path(courseKey), query, signal });
        return null;
      } catch (error) {
        if (isStatus(error, 404)) return 'openedx-completion-aggregator is not installed in the LMS';
        if (isStatus(error, 403)) return 'the user of our application is not staff';
        throw error;
      }
    },
    async everybody(courseKey, keep, signal) {
      const found = new Map<string, number>();
      const query = new URLSearchParams({ requested_fields: 'username', page_size: PAGE_SIZE });
      for await (const page of pagesOf(client, { what, path: path(courseKey), query, signal })) {
        for (const row of page) {
          if (isRecord(row) && typeof row.username === 'string' && keep(row.username))
            found.set(row.username, percentOf(row));
        }
      }
      return {
        of(username) {
          const share = found.get(username) ?? null;
          if (Number.isNaN(share)) throw badFigures('the completion aggregator');
          return share;
        },
      };
    },
    async one(courseKey, { username }, signal) {
      const query = new URLSearchParams({ requested_fields: 'username', username });
      const body = await client.get({ what: 'the completion of a learner', path: path(courseKey), query, signal });
      const [row] = isRecord(body) && Array.isArray(body.results) ? body.results : [];
      if (row === undefined) return null;
      const share = percentOf(row);
      if (Number.isNaN(share)) throw badFigures('the completion aggregator');
      return share;
    },
  };
}

/** @returns NaN for a row whose figures are none: it is that learner's problem only */
function percentOf(row: unknown): number {
  const share = isRecord(row) && isRecord(row.completion) ? row.completion.percent : null;
  return typeof share === 'number' && share >= 0 && share <= 1 ? share : Number.NaN;
}

/** The Blocks API of any LMS: the mean over all blocks that can be completed. */
export function blocksSource(client: LmsClient, people: People): CompletionSource {
  const what = 'the blocks of a course as a learner sees them';
  async function blocks(courseKey: string, username: string, depth: string, signal: AbortSignal | undefined) {
    // the address with ?course_id= would round the values of containers to 0 and 1
    const path = `/api/courses/v2/blocks/${segment(rootBlock(courseKey))}`;
    const query = new URLSearchParams({ username, depth, requested_fields: 'completion,children' });
    const body = await client.get({ what, path, query, signal });
    return isRecord(body) && isRecord(body.blocks) ? Object.values(body.blocks) : [];
  }
  return {
    name: 'blocks',
    title: msg('Blocks API'),
    async probe(courseKey, signal) {
      try {
        await blocks(courseKey, (await people.self(signal)).username, '0', signal);
        return null;
      } catch (error) {
        if (isStatus(error, 403, 404))
          return 'our user may not read the blocks of this course, or there is no such course';
        throw error;
      }
    },
    async one(courseKey, { username }, signal) {
      let sum = 0;
      let count = 0;
      for (const block of await blocks(courseKey, username, 'all', signal)) {
        const share = isRecord(block) ? (block.completion ?? null) : null;
        if (share === null) continue;
        if (typeof share !== 'number' || !(share >= 0 && share <= 1)) throw badFigures('the Blocks API');
        sum += share;
        count += 1;
      }
      return count === 0 ? null : sum / count;
    },
  };
}

/** The progress page of the learning front end: it counts units, not blocks, and is therefore coarser. */
export function progressCompletionSource(client: LmsClient, people: People): CompletionSource {
  return {
    name: 'progress',
    title: msg('Progress page, by units'),
    probe: (courseKey, signal) => probeProgress(client, people, courseKey, signal),
    async one(courseKey, learner, signal) {
      const body = await getProgress(client, courseKey, learner, signal);
      if (!isRecord(body?.completion_summary)) return null;
      const { complete_count: done, incomplete_count: open, locked_count: locked } = body.completion_summary;
      const counts = [done, open, locked].map((count) => (Number.isSafeInteger(count) ? Number(count) : Number.NaN));
      const all = counts.reduce((sum, count) => sum + count, 0);
      if (Number.isNaN(all) || counts.some((count) => count < 0)) throw badFigures('the progress page');
      return all === 0 ? null : Number(done) / all;
    },
  };
}
