/** Options that every credential has, however it is made: how long it is valid, and whether the learner is told. */

import type { OptionSchema } from '../extensions/options.ts';
import type { Options } from '../ports/credential-store.ts';

const SPAN = /^([1-9]\d{0,3}) (day|week|month|year)s?$/;

export const LIFE_OPTIONS: OptionSchema = [
  {
    name: 'valid_for',
    type: 'text',
    default: null,
    pattern: {
      expression: /^([1-9]\d{0,3} (day|week|month|year)s?|\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))$/,
      says: 'must be a span like "2 years" (days, weeks, months, years) or the last day like "2030-12-31"',
    },
    doc: 'How long a credential is valid: a span from the award on, e.g. `2 years`, or the last day, e.g. `2030-12-31` (UTC). Without it, it never expires. Holds for credentials made from then on.',
  },
  {
    name: 'send_mail',
    type: 'boolean',
    default: true,
    doc: 'Whether the learner is told by mail, with the link to the document.',
  },
];

/** @returns the first instant at which it is not valid any more; null: it never expires */
export function expiryOf(options: Options, issuedAt: Date): Date | null {
  const text = options.valid_for;
  if (typeof text !== 'string') return null;
  const span = SPAN.exec(text);
  if (span === null) return new Date(Date.parse(`${text}T00:00:00Z`) + 86_400_000);
  const count = Number(span[1]);
  switch (span[2]) {
    case 'day':
      return new Date(issuedAt.getTime() + count * 86_400_000);
    case 'week':
      return new Date(issuedAt.getTime() + count * 7 * 86_400_000);
    case 'month':
      return addMonths(issuedAt, count);
    default:
      return addMonths(issuedAt, count * 12);
  }
}

export function wantsMail(options: Options): boolean {
  return options.send_mail !== false;
}

/** The last day of the month where it has no such day: a month from the 31st of January ends in February. */
function addMonths(from: Date, months: number): Date {
  const to = new Date(from);
  to.setUTCDate(1);
  to.setUTCMonth(to.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  to.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return to;
}
