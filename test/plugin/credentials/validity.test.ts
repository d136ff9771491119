import { expect } from 'chai';
import { expiryOf, LIFE_OPTIONS, wantsMail } from '../../../plugin/credentials/validity.ts';
import { readOptions } from '../../../plugin/extensions/options.ts';

describe('how long a credential is valid', () => {
  const issued = new Date('2024-02-29T10:30:00Z');
  const rows: readonly (readonly [string, string])[] = [
    ['1 day', '2024-03-01T10:30:00.000Z'],
    ['2 weeks', '2024-03-14T10:30:00.000Z'],
    ['12 months', '2025-02-28T10:30:00.000Z'],
    ['2 years', '2026-02-28T10:30:00.000Z'],
    ['4 years', '2028-02-29T10:30:00.000Z'],
    ['2030-12-31', '2031-01-01T00:00:00.000Z'],
  ];
  for (const [text, until] of rows) {
    it(`"${text}" ends at ${until}`, () => {
      const options = readOptions(LIFE_OPTIONS, { valid_for: text });
      expect(expiryOf(options, issued)?.toISOString()).to.equal(until);
    });
  }

  it('a month from the 31st of January ends on the last of February', () => {
    expect(expiryOf({ valid_for: '1 month' }, new Date('2026-01-31T08:00:00Z'))?.toISOString()).to.equal(
      '2026-02-28T08:00:00.000Z',
    );
  });

  it('is without end unless said otherwise', () => {
    expect(expiryOf(readOptions(LIFE_OPTIONS, {}), issued)).to.equal(null);
  });

  for (const text of ['soon', '0 days', '2 Years', '2030-13-01', '2 years ago']) {
    it(`refuses "${text}"`, () => {
      expect(() => readOptions(LIFE_OPTIONS, { valid_for: text })).to.throw(
        /must be a span like "2 years" \(days, weeks, months, years\) or the last day like "2030-12-31"/,
      );
    });
  }

  it('tells learners unless switched off', () => {
    expect(wantsMail(readOptions(LIFE_OPTIONS, {}))).to.equal(true);
    expect(wantsMail(readOptions(LIFE_OPTIONS, { send_mail: false }))).to.equal(false);
  });
});
