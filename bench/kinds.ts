/** One condition of each kind, and the closure one would write for it. */

import type { Condition, ResolvedPath } from '../dsl/index.ts';
import { keyOf, keyPath, passingPath, pathTo, statusPath } from './rules.ts';

interface KindPayload {
  readonly is_passing: boolean;
  readonly status: string;
  readonly grade: number;
  readonly course: { readonly course_key: string };
}

interface Kind {
  readonly text: string;
  readonly condition: (i: number, size: number) => Condition;
  readonly closure: (i: number, size: number) => (payload: KindPayload) => boolean;
}

const gradePath = pathTo('grade', 'number');
const textMatch = (path: ResolvedPath, operator: 'starts with' | 'ends with' | 'contains' | 'like', value: string) =>
  ({ kind: 'text-match', path, operator, value }) as const;
const compared = (path: ResolvedPath, operator: '=' | '!=' | '>=' | '<', value: string | number | boolean) =>
  ({ kind: 'comparison', path, operator, value }) as const;
const isPassing = compared(passingPath, '=', true);

/** Every value its own, from 0 to 1. */
const share = (i: number, size: number): number => ((i * 7919) % size) / size;

export const kinds: readonly Kind[] = [
  {
    text: 'status starts with "s1."',
    condition: (i) => textMatch(statusPath, 'starts with', `s${i}.`),
    closure: (i) => {
      const start = `s${i}.`;
      return ({ status }) => typeof status === 'string' && status.startsWith(start);
    },
  },
  {
    text: 'course_key ends with "1+2026_T1"',
    condition: (i, size) => textMatch(keyPath, 'ends with', keyOf(i, size).slice(-12)),
    closure: (i, size) => {
      const end = keyOf(i, size).slice(-12);
      return ({ course: { course_key } }) => typeof course_key === 'string' && course_key.endsWith(end);
    },
  },
  {
    text: 'status like "s1.*"',
    condition: (i) => textMatch(statusPath, 'like', `s${i}.*`),
    closure: (i) => {
      const pattern = new RegExp(`^s${i}\\..*$`, 's');
      return ({ status }) => typeof status === 'string' && pattern.test(status);
    },
  },
  {
    text: 'grade >= 0.999 + ...',
    condition: (i, size) => compared(gradePath, '>=', 0.999 + share(i, size) / 1_000),
    closure: (i, size) => {
      const bound = 0.999 + share(i, size) / 1_000;
      return ({ grade }) => typeof grade === 'number' && grade >= bound;
    },
  },
  {
    text: 'is_passing and grade >= 0 to 1',
    condition: (i, size) => ({ kind: 'and', operands: [isPassing, compared(gradePath, '>=', share(i, size))] }),
    closure: (i, size) => {
      const bound = share(i, size);
      return ({ is_passing, grade }) => is_passing === true && typeof grade === 'number' && grade >= bound;
    },
  },
  {
    text: 'grade < 0 to 1',
    condition: (i, size) => compared(gradePath, '<', share(i, size)),
    closure: (i, size) => {
      const bound = share(i, size);
      return ({ grade }) => typeof grade === 'number' && grade < bound;
    },
  },
  {
    text: 'status contains "s1."',
    condition: (i) => textMatch(statusPath, 'contains', `s${i}.`),
    closure: (i) => {
      const part = `s${i}.`;
      return ({ status }) => typeof status === 'string' && status.includes(part);
    },
  },
  {
    text: 'is_passing, status contains "s1."',
    condition: (i) => ({ kind: 'and', operands: [isPassing, textMatch(statusPath, 'contains', `s${i}.`)] }),
    closure: (i) => {
      const part = `s${i}.`;
      return ({ is_passing, status }) => is_passing === true && typeof status === 'string' && status.includes(part);
    },
  },
  {
    text: 'status like "*s1.*"',
    condition: (i) => textMatch(statusPath, 'like', `*s${i}.*`),
    closure: (i) => {
      const pattern = new RegExp(`s${i}\\.`);
      return ({ status }) => typeof status === 'string' && pattern.test(status);
    },
  },
  {
    text: 'course_key != "..."',
    condition: (i, size) => compared(keyPath, '!=', keyOf(i, size)),
    closure: (i, size) => {
      const key = keyOf(i, size);
      return ({ course: { course_key } }) => course_key !== key;
    },
  },
  {
    text: 'course_key not in [2 values]',
    condition: (i, size) => ({
      kind: 'in',
      path: keyPath,
      negated: true,
      values: [keyOf(i, size), keyOf(i + 1, size)],
    }),
    closure: (i, size) => {
      const keys = [keyOf(i, size), keyOf(i + 1, size)];
      return ({ course: { course_key } }) => !keys.includes(course_key);
    },
  },
  {
    text: 'status exists',
    condition: () => ({ kind: 'exists', path: statusPath }),
    closure:
      () =>
      ({ status }) =>
        status !== undefined && status !== null,
  },
  {
    text: 'key = "..." or status contains ...',
    condition: (i, size) => ({
      kind: 'or',
      operands: [compared(keyPath, '=', keyOf(i, size)), textMatch(statusPath, 'contains', `s${i}.`)],
    }),
    closure: (i, size) => {
      const key = keyOf(i, size);
      const part = `s${i}.`;
      return ({ course: { course_key }, status }) =>
        course_key === key || (typeof status === 'string' && status.includes(part));
    },
  },
];
