import { expect } from 'chai';
import {
  type Condition,
  conditionOf,
  type FieldType,
  parseFormValue,
  printCondition,
  rowsOf,
} from '../../dsl/index.ts';
import { badgeWhere, expectValid } from '../support/dsl-harness.ts';

describe('parseFormValue', () => {
  const boolean: FieldType = { kind: 'boolean' };
  const number: FieldType = { kind: 'number', integer: false };
  const date: FieldType = { kind: 'string', format: 'date' };

  it('accepts what people write for true and false', () => {
    for (const text of ['True', 'true', 'Yes', 'yes', '+', ' true '])
      expect(parseFormValue(text, boolean)).to.deep.equal({ ok: true, value: true });
    for (const text of ['False', 'false', 'No', 'no', '-'])
      expect(parseFormValue(text, boolean)).to.deep.equal({ ok: true, value: false });
    for (const text of ['', 'TRUE', '1', 'maybe'])
      expect(parseFormValue(text, boolean)).to.deep.equal({
        ok: false,
        message: 'this field takes true or false; write true, yes or +, or false, no or -',
      });
  });

  it('reads numbers as the language does', () => {
    expect(parseFormValue(' 0.8 ', number)).to.deep.equal({ ok: true, value: 0.8 });
    expect(parseFormValue('-0', number)).to.deep.equal({ ok: true, value: 0 });
    for (const text of ['', '0x10', '1e999', '1,5', '.5', 'Infinity'])
      expect(parseFormValue(text, number)).to.deep.equal({
        ok: false,
        message: 'this field takes a number; write for example 5 or 0.8',
      });
  });

  it('reads dates as instants and takes other texts as they stand', () => {
    expect(parseFormValue('2026-02-01', date)).to.deep.equal({ ok: true, value: '2026-02-01T00:00:00.000000000Z' });
    expect(parseFormValue('2026-02-30', date)).to.deep.equal({
      ok: false,
      message: 'this field takes a date; write 2026-02-01 or 2026-02-01T09:00:00Z',
    });
    expect(parseFormValue(' true ', { kind: 'string', format: null })).to.deep.equal({ ok: true, value: ' true ' });
    expect(parseFormValue('x', { kind: 'list', items: boolean })).to.deep.equal({
      ok: false,
      message: 'this field holds several values and cannot be compared; name a field inside',
    });
  });
});

describe('rows', () => {
  const conditionIn = (text: string): Condition =>
    expectValid(badgeWhere(text)).badges[0]?.requirements[0]?.where as Condition;

  it('are the other view of a conjunction of = and !=, without loss', () => {
    for (const text of [
      'mode = "a"',
      'mode = "a" and is_passing = true and course.course_key.org != "x"',
      'course.start = 2026-01-01',
    ]) {
      const rows = rowsOf(conditionIn(text));
      expect(rows).to.have.length(text.split(' and ').length);
      expect(printCondition(conditionOf(rows!)!)).to.equal(text);
    }
  });

  it('show a boolean field alone as = true', () => {
    const rows = rowsOf(conditionIn('is_passing and mode = "a"'));
    expect(printCondition(conditionOf(rows!)!)).to.equal('is_passing = true and mode = "a"');
  });

  it('cannot say anything else', () => {
    for (const text of [
      'mode = "a" or is_late',
      'not is_late',
      'score > 1',
      'mode in ["a"]',
      'mode like "a*"',
      'note exists',
      'is_late and (mode = "a" and is_passing)',
    ])
      expect(rowsOf(conditionIn(text)), text).to.equal(null);
  });

  it('are none where there is no condition', () => {
    expect(rowsOf(null)).to.deep.equal([]);
    expect(conditionOf([])).to.equal(null);
  });
});
