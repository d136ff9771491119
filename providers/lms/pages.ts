/** Lists of the LMS, page by page. They come in five shapes:
 *
 *      cursor           {next, previous, results}                        enrollments, gradebook
 *      namespaced       {results, pagination: {next, count, num_pages}}  courses, completions
 *      plain            {count, next, previous, results}                 learning paths
 *      LMS default      {next, count, num_pages, current_page, results}
 *      bare             [...]                                            accounts, grading policy, members of a path
 *
 *  `next` is an address as the LMS knows itself, which may not be how we reach it: only its query is used. A link can then
 *  lead nowhere but to another page of the same list. */

import { isRecord } from '../../plugin/extensions/options.ts';
import type { LmsClient, LmsRead } from './client.ts';
import { isStatus, LmsError } from './lms-error.ts';

const MOST_PAGES = 100_000;

/** @param reached told the query of the page behind the one handed out last
 *  @throws LmsError also for a list that runs in circles */
export async function* pagesOf(
  client: LmsClient,
  read: LmsRead,
  reached: (next: URLSearchParams) => void = () => {},
): AsyncGenerator<readonly unknown[]> {
  const seen = new Set<string>();
  for (let query = read.query ?? new URLSearchParams(); ; ) {
    const page = await pageAt(client, { ...read, query }, seen.size > 0);
    if (page === null) return;
    yield page.items;
    if (page.next === null) return;
    query = page.next;
    reached(query);
    const key = String(query);
    if (seen.has(key) || seen.size > MOST_PAGES) {
      throw new LmsError(
        'unexpected-reply',
        `the pages of ${read.what} do not end: one is named as the next of itself`,
      );
    }
    seen.add(key);
  }
}

interface Page {
  readonly items: readonly unknown[];
  readonly next: URLSearchParams | null;
}

/** @returns null: there is no such page any more, since learners left while we were reading */
async function pageAt(client: LmsClient, read: LmsRead, isLater: boolean): Promise<Page | null> {
  try {
    return readPage(await client.get(read), read.what);
  } catch (error) {
    if (isLater && read.query?.has('page') && isStatus(error, 404)) return null;
    throw error;
  }
}

function readPage(body: unknown, what: string): Page {
  if (Array.isArray(body)) return { items: body, next: null };
  if (isRecord(body) && Array.isArray(body.results)) {
    const next = body.next ?? (isRecord(body.pagination) ? body.pagination.next : null) ?? null;
    if (next === null || next === '') return { items: body.results, next: null };
    const query = typeof next === 'string' ? queryOf(next) : null;
    if (query !== null) return { items: body.results, next: query };
  }
  throw new LmsError('unexpected-reply', `the LMS gave ${what} in a form that is not known`);
}

function queryOf(link: string): URLSearchParams | null {
  try {
    return new URL(link, 'http://lms.invalid').searchParams;
  } catch {
    return null;
  }
}
