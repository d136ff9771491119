/** The figures that credentials can be about: their options, their facts in criteria, and how they are read. */

import { InputError } from '../../plugin/errors.ts';
import { isRecord, type OptionSchema } from '../../plugin/extensions/options.ts';
import type { Options } from '../../plugin/ports/credential-store.ts';
import type { CourseFigures } from '../../plugin/ports/learner-records.ts';
import type { Fact } from './criteria.ts';

export interface Subject {
  readonly options: OptionSchema;
  readonly fact: Fact;
  /** What the options require, in the shape of the fact; null: nothing.
   *  @throws InputError `input.options` */
  required(options: Options): unknown;
  /** @throws InputError for figures that are none */
  read(figures: CourseFigures): unknown;
}

export const completion: Subject = {
  options: [
    {
      name: 'required_completion',
      type: 'number',
      default: 0.9,
      min: 0,
      max: 1,
      unit: 'share of the course',
      doc: 'How much of the course a learner must have completed.',
    },
  ],
  fact: {
    name: 'completion',
    type: { kind: 'number', integer: false },
    nullable: true,
    misused: (value) =>
      value < 0 || value > 1
        ? `completion goes from 0 to 1, so it cannot be compared with ${value}; write 0.8 for 80 per cent`
        : null,
  },
  required: (options) => Number(options.required_completion),
  read({ completion: share }) {
    if (share === null || (share >= 0 && share <= 1)) return share;
    throw new InputError(
      'learner-record',
      'the completion of a learner is no number from 0 to 1; correct it in the LMS',
    );
  },
};

export const grades: Subject = {
  options: [
    {
      name: 'required_grades',
      type: 'map',
      values: {
        name: '*',
        type: 'number',
        default: null,
        min: 0,
        max: 1,
        unit: 'share of the points',
        doc: 'The least a learner must have reached in this assignment category.',
      },
      doc: 'Least share per assignment category, and "total" for the weighted sum; capital letters make no difference. A category without a grade is not reached.',
    },
  ],
  fact: {
    name: 'grades',
    type: { kind: 'map', values: { kind: 'number', integer: false } },
    nullable: false,
    misused: (value) =>
      value > 0 && value <= 1
        ? `grades are per cent here, so ${value} would be next to nothing; write 65 for 65 per cent`
        : null,
  },
  required(options) {
    const required = new Map<string, number>();
    for (const [category, share] of Object.entries(isRecord(options.required_grades) ? options.required_grades : {})) {
      const name = category.toLowerCase();
      if (required.has(name)) {
        throw new InputError('options', `"required_grades" names the category "${name}" twice; remove one of them`);
      }
      if (typeof share === 'number') required.set(name, percent(share));
    }
    return required.size === 0 ? null : Object.fromEntries(required);
  },
  read: ({ grades: shares }) =>
    Object.fromEntries(
      Object.entries(shares).map(([category, share]) => {
        if (share >= 0 && Number.isFinite(share)) return [category.toLowerCase(), percent(share)];
        throw new InputError(
          'learner-record',
          'a grade of a learner is negative or no number at all; correct it in the LMS',
        );
      }),
    ),
};

/** As the LMS shows grades. Rounded, so that 0.29 is 29 and 0.07 is 7: a grade that is just reached is reached. */
function percent(share: number): number {
  return Number((share * 100).toFixed(9));
}
