/** Single readings that several sources of grades need: weights, graded subsections, the points of one subsection. */

import { isRecord } from '../../plugin/extensions/options.ts';
import type { LmsClient } from './client.ts';
import { badFigures } from './figure-source.ts';
import type { Weights } from './grading.ts';
import { segment } from './keys.ts';
import { isStatus } from './lms-error.ts';

type Signal = AbortSignal | undefined;

export interface GradedSubsection {
  readonly id: string;
  readonly category: string;
}

/** What each category counts for; empty where the course has no grading policy.
 *  @throws LmsError */
export async function readWeights(client: LmsClient, courseKey: string, signal: Signal): Promise<Weights> {
  const path = `/api/grades/v1/policy/courses/${segment(courseKey)}/`;
  try {
    const body = await client.get({ what: 'the grading policy of a course', path, signal });
    return weightsOf(Array.isArray(body) ? body : [], 'assignment_type');
  } catch (error) {
    if (!isStatus(error, 403, 404)) throw error;
    const { assignment_types: types } = await readGradingInfo(client, courseKey, signal);
    return weightsOf(isRecord(types) ? Object.values(types) : [], 'type');
  }
}

function weightsOf(rows: readonly unknown[], name: string): Weights {
  const weights = new Map<string, number>();
  for (const row of rows) {
    if (!isRecord(row)) continue;
    const category = row[name];
    const { weight } = row;
    if (typeof category === 'string' && typeof weight === 'number' && weight >= 0)
      weights.set(category.toLowerCase(), weight);
  }
  return weights;
}

/** The subsections that count, with their categories. @throws LmsError */
export async function readSubsections(
  client: LmsClient,
  courseKey: string,
  signal: Signal,
): Promise<readonly GradedSubsection[]> {
  const { subsections } = await readGradingInfo(client, courseKey, signal);
  return (Array.isArray(subsections) ? subsections : []).flatMap((row) => {
    if (!isRecord(row) || row.graded !== true) return [];
    const { module_id: id, assignment_type: category } = row;
    return typeof id === 'string' && typeof category === 'string' ? [{ id, category }] : [];
  });
}

async function readGradingInfo(client: LmsClient, courseKey: string, signal: Signal) {
  // without a slash at the end, alone among its like
  const path = `/api/grades/v1/gradebook/${segment(courseKey)}/grading-info`;
  const query = new URLSearchParams({ graded_only: 'true' });
  const body = await client.get({ what: 'the graded subsections of a course', path, query, signal });
  return isRecord(body) ? body : {};
}

export interface SubsectionPoints {
  readonly earned: number;
  readonly possible: number;
}

/** Computed by the LMS also when the learner never attempted it; null: the LMS cannot tell.
 *  @throws InputError for figures that are none, LmsError */
export async function readSubsection(
  client: LmsClient,
  id: string,
  lmsUserId: number,
  signal: Signal,
): Promise<SubsectionPoints | null> {
  const path = `/api/grades/v1/subsection/${segment(id)}/`;
  // the LMS fails with 500 without a user_id
  const query = new URLSearchParams({ user_id: String(lmsUserId), history_record_limit: '0' });
  const body = await client.get({ what: 'the grade of a learner in a subsection', path, query, signal });
  if (!isRecord(body) || body.success === false || !isRecord(body.original_grade)) return null;
  const override = isRecord(body.override) ? body.override : {};
  const earned = override.earned_graded_override ?? body.original_grade.earned_graded;
  const possible = override.possible_graded_override ?? body.original_grade.possible_graded;
  if (typeof earned !== 'number' || typeof possible !== 'number') throw badFigures('the subsection grade');
  return { earned, possible };
}
