import { expect } from 'chai';
import { retryAfterMs } from '../../../providers/http/retry-after.ts';

describe('Retry-After', () => {
  const now = new Date('2026-03-01T10:00:00Z');
  const cases: readonly (readonly [string | undefined, number | null])[] = [
    [undefined, null],
    ['', null],
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['-5', null],
    ['1.5', null],
    ['soon', null],
    ['Sun, 01 Mar 2026 10:01:00 GMT', 60_000],
    ['Sunday, 01-Mar-26 10:00:30 GMT', 30_000],
    ['Sun, 01 Mar 2026 09:00:00 GMT', 0],
  ];
  for (const [header, ms] of cases)
    it(`reads ${JSON.stringify(header) ?? 'no header'} as ${ms}`, () => expect(retryAfterMs(header, now)).to.equal(ms));
});
