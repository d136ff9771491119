import { expect } from 'chai';
import { operators } from '../../dsl/index.ts';
import { badgeWhere, expectValid } from '../support/dsl-harness.ts';

describe('operators', () => {
  /** A valid use for every operand type that the table names. */
  const OPERANDS: Readonly<Record<string, readonly (readonly [path: string, value: string])[]>> = {
    'true or false': [['is_late', 'true']],
    numbers: [['grade', '0.5']],
    texts: [['note', '"a"']],
    dates: [['course.start', '2026-01-01']],
    'any field': [
      ['note', '"a"'],
      ['grades.lab', '1'],
    ],
    conditions: [['is_late', 'true']],
    'a condition': [['is_late', 'true']],
  };

  for (const { symbol, form, operands } of operators)
    it(`has ${symbol === '' ? 'a boolean field alone' : `"${symbol}"`} as the language has it`, () => {
      for (const kind of operands.split(', '))
        for (const [path, value] of OPERANDS[kind] ?? []) {
          const text = form
            .replace('E or E', 'is_late or is_passing')
            .replace('E and E', 'is_late and is_passing')
            .replace(/\bE\b/, path)
            .replace('PATH', path)
            .replace('[v, ...]', `[${value}]`)
            .replace(/\b[vs]$/, value);
          expect(expectValid(badgeWhere(text)).badges, text).to.have.length(1);
        }
      expect(operands.split(', ').every((kind) => kind in OPERANDS)).to.equal(true);
    });
});
