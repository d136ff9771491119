/** Who is enrolled in what, and who they are. Course enrollments name learners by username, learning paths by number: the
 *  accounts join them. */

import { isRecord } from '../../plugin/extensions/options.ts';
import { type Learner, lostPosition, type Resumption } from '../../plugin/ports/learner-records.ts';
import type { LmsClient } from './client.ts';
import { segment } from './keys.ts';
import { isStatus, LmsError } from './lms-error.ts';
import { pagesOf } from './pages.ts';

type Signal = AbortSignal | undefined;

export interface People {
  /** The user of our application. */
  self(signal: Signal): Promise<Learner>;
  /** Usernames of those actively enrolled, at most a hundred at a time; the latest enrollment first.
   *  @throws ConflictError `conflict.position` */
  enrolled(courseKey: string, signal: Signal, resumption?: Resumption): AsyncIterable<readonly string[]>;
  isEnrolled(courseKey: string, username: string, signal: Signal): Promise<boolean>;
  /** By username. Who is missing has no account any more, or none that we may see. */
  accounts(usernames: readonly string[], signal: Signal): Promise<ReadonlyMap<string, Learner>>;
  accountById(id: number, signal: Signal): Promise<Learner | null>;
}

const ACCOUNTS = '/api/user/v1/accounts';

export function createPeople(client: LmsClient): People {
  let self: Promise<Learner> | null = null;

  async function findSelf(signal: Signal): Promise<Learner> {
    const what = 'the user of our application';
    const me = await client.get({ what, path: '/api/user/v1/me', signal });
    const username = isRecord(me) && typeof me.username === 'string' ? me.username : '';
    const account = (await accounts([username], signal)).get(username);
    if (account) return account;
    throw new LmsError('unexpected-reply', `the LMS does not tell us ${what}`);
  }

  async function accounts(usernames: readonly string[], signal: Signal): Promise<ReadonlyMap<string, Learner>> {
    const found = new Map<string, Learner>();
    if (usernames.length === 0) return found;
    const query = new URLSearchParams({ username: usernames.join(',') });
    for (const account of await accountsWhere(query, signal)) found.set(account.username, account);
    return found;
  }

  async function accountsWhere(query: URLSearchParams, signal: Signal): Promise<readonly Learner[]> {
    try {
      const body = await client.get({ what: 'accounts of learners', path: ACCOUNTS, query, signal });
      return Array.isArray(body) ? body.flatMap(readAccount) : [];
    } catch (error) {
      // the LMS says 404 when it finds none of them
      if (isStatus(error, 404)) return [];
      throw error;
    }
  }

  return {
    self(signal) {
      self ??= findSelf(signal).catch((error: unknown) => {
        self = null;
        throw error;
      });
      return self;
    },
    accounts,
    async accountById(id, signal) {
      const [found = null] = await accountsWhere(new URLSearchParams({ lms_user_id: String(id) }), signal);
      return found;
    },

    async *enrolled(courseKey, signal, { from, reached } = {}) {
      const query = new URLSearchParams({ course_id: courseKey, ...(from === undefined ? {} : { cursor: from }) });
      const read = { what: 'the enrollments of a course', path: '/api/enrollment/v1/enrollments', query, signal };
      let isFirst = true;
      try {
        const pages = pagesOf(client, read, (next) => {
          const cursor = next.get('cursor');
          // a page by number shifts when somebody leaves, and would pass learners over
          if (cursor !== null) reached?.(cursor);
        });
        for await (const page of pages) {
          isFirst = false;
          // the list has those who left, too
          yield page.flatMap((row) =>
            isRecord(row) && row.is_active === true && typeof row.user === 'string' ? [row.user] : [],
          );
        }
      } catch (error) {
        if (isFirst && from !== undefined && isStatus(error, 404)) throw lostPosition();
        throw error;
      }
    },

    async isEnrolled(courseKey, username, signal) {
      const path = `/api/enrollment/v1/enrollment/${segment(username)},${segment(courseKey)}`;
      try {
        const enrollment = await client.get({ what: 'the enrollment of a learner', path, signal });
        // `null` with 200: never
        return isRecord(enrollment) && enrollment.is_active === true;
      } catch (error) {
        if (isStatus(error, 404)) return false;
        throw error;
      }
    },
  };
}

function readAccount(row: unknown): readonly Learner[] {
  if (!isRecord(row) || typeof row.username !== 'string') return [];
  const { username, id, name, email, is_active: isActive } = row;
  return [
    {
      username,
      lmsUserId: typeof id === 'number' && Number.isSafeInteger(id) ? id : null,
      name: typeof name === 'string' ? name : '',
      email: typeof email === 'string' ? email : '',
      isActive: isActive === true,
    },
  ];
}
