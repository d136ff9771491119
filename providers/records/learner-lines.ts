/** Learner records as JSON Lines: what `laurel records import` reads and examples are written in.
 *
 *      {"context_key": "course-v1:...", "context_name": "Demo course"}
 *      {"context_key": "path-v1:...", "context_name": "Demo path", "steps": ["course-v1:...", "course-v1:..."]}
 *      {"context_key": "course-v1:...", "username": "ada", "name": "Ada Lovelace", "email": "ada@example.com",
 *       "lms_user_id": 11, "is_active": true, "completion": 0.97, "grades": {"Final Exam": 0.8, "total": 0.83}} */

import { assertContextKey, contextKind } from '../../plugin/credentials/context-key.ts';
import { InputError } from '../../plugin/errors.ts';
import type { LearnerRecord } from '../../plugin/ports/learner-records.ts';

export type LearnerLine =
  | { readonly kind: 'context'; readonly contextKey: string; readonly name: string; readonly steps?: readonly string[] }
  | { readonly kind: 'learner'; readonly contextKey: string; readonly learner: LearnerRecord };

/** How many lines of each kind. */
export interface ImportedRecords {
  readonly contexts: number;
  readonly learners: number;
  /** Of learners who were retired: left out. */
  readonly retired: number;
}

const CONTEXT_FIELDS = ['context_key', 'context_name', 'steps'];
const LEARNER_FIELDS = ['context_key', 'username', 'name', 'email', 'lms_user_id', 'is_active', 'completion', 'grades'];

/** Blank lines are skipped. @throws InputError `input.learner-records` naming the line */
export function parseLearnerLines(text: string): readonly LearnerLine[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      try {
        return [readLine(JSON.parse(line))];
      } catch (error) {
        const reason = error instanceof InputError ? error.message : 'it is not valid JSON';
        throw new InputError('learner-records', `line ${index + 1} of the learner records cannot be used: ${reason}`);
      }
    });
}

function readLine(value: unknown): LearnerLine {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('it is not an object');
  const line = value as Readonly<Record<string, unknown>>;
  const contextKey = text(line, 'context_key');
  assertContextKey(contextKey);
  const isContext = 'context_name' in line;
  const fields = isContext ? CONTEXT_FIELDS : LEARNER_FIELDS;
  for (const key of Object.keys(line)) {
    if (!fields.includes(key)) throw wrong(`there is no field "${key}"; there are ${fields.join(', ')}`);
  }
  if (isContext)
    return { kind: 'context', contextKey, name: text(line, 'context_name'), steps: steps(line, contextKey) };
  const { lms_user_id: lmsUserId = null, is_active: isActive = true, completion = null, grades = {} } = line;
  if (lmsUserId !== null && !(Number.isSafeInteger(lmsUserId) && Number(lmsUserId) > 0)) {
    throw wrong('"lms_user_id" must be a positive whole number');
  }
  if (typeof isActive !== 'boolean') throw wrong('"is_active" must be true or false');
  if (typeof grades !== 'object' || grades === null || Array.isArray(grades)) throw wrong('"grades" must be an object');
  return {
    kind: 'learner',
    contextKey,
    learner: {
      username: text(line, 'username'),
      name: text(line, 'name'),
      email: text(line, 'email'),
      lmsUserId: lmsUserId === null ? null : Number(lmsUserId),
      isActive,
      completion: completion === null ? null : share(completion, 'completion'),
      grades: Object.fromEntries(
        Object.entries(grades).map(([category, value]) => [category.toLowerCase(), share(value, `grades.${category}`)]),
      ),
    },
  };
}

/** The courses of a learning path; a course has none. */
function steps({ steps: keys = [] }: Readonly<Record<string, unknown>>, contextKey: string): readonly string[] {
  const isList = Array.isArray(keys) && keys.every((key) => typeof key === 'string');
  if (!isList || keys.some((key) => !['course', 'ccx'].includes(contextKind(key) ?? '')))
    throw wrong('"steps" must be a list of course keys like course-v1:org+course+run');
  if (keys.length > 0 && contextKind(contextKey) !== 'path')
    throw wrong('"steps" belongs to a learning path, whose key begins with path-v1:');
  if (new Set(keys).size < keys.length) throw wrong('"steps" names a course twice');
  return keys;
}

function text(line: Readonly<Record<string, unknown>>, field: string): string {
  const value = line[field];
  if (typeof value !== 'string' || value.trim() === '') throw wrong(`"${field}" must be a text that is not empty`);
  return value;
}

function share(value: unknown, field: string): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw wrong(`"${field}" must be a number from 0 to 1`);
}

function wrong(reason: string): InputError {
  return new InputError('learner-records', reason);
}
