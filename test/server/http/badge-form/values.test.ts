import { expect } from 'chai';
import fc from 'fast-check';
import type { FieldType, Literal } from '../../../../dsl/index.ts';
import { asSent, readValue, sentence, shownValue } from '../../../../server/http/badge-form/values.ts';

const span = { start: 0, end: 0 };
const string: FieldType = { kind: 'string', format: null };
const date: FieldType = { kind: 'string', format: 'date' };
const number: FieldType = { kind: 'number', integer: false };
const text = (value: string): Literal => ({ kind: 'text', value, span });

describe('values of data rules', () => {
  it('come back from the field as they went in', () => {
    const unit = fc.constantFrom('a', '5', '-', '"', '\\', ' ', '\t', '\n', '\r', '\0', 'é', '😀', '\ud800', '\u2028');
    const texts = fc.oneof(fc.string({ unit }), fc.constantFrom('"a"', 'true', '2026-02-01'));
    fc.assert(
      fc.property(texts, fc.constantFrom(string, null), (value, type) => {
        const shown = shownValue(text(value), type);
        expect(asSent(shown)).to.equal(shown);
        expect(readValue(shown, type)).to.deep.equal({ ok: true, literal: text(value) });
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(number, null), (value, type) => {
        const literal: Literal = { kind: 'number', value: value === 0 ? 0 : value, span };
        expect(readValue(shownValue(literal, type), type)).to.deep.equal({ ok: true, literal });
      }),
    );
  });

  it('stand without quotes where nothing is lost', () => {
    expect(shownValue(text('course-v1:A+B+C'), string)).to.equal('course-v1:A+B+C');
    expect(shownValue(text(''), string)).to.equal('""');
    expect(shownValue(text(' a'), string)).to.equal('" a"');
    expect(shownValue(text('a\nb'), string)).to.equal('"a\\nb"');
    expect(shownValue(text('true'), { kind: 'boolean' }), 'a text where none belongs').to.equal('"true"');
  });

  it('are read by the type of the field, and say what they should be', () => {
    expect(readValue(' 2026-02-01 09:00:00z ', date)).to.deep.equal({
      ok: true,
      literal: { kind: 'date', text: '2026-02-01T09:00:00Z', span },
    });
    expect(readValue('', string)).to.deep.equal({
      ok: false,
      literal: text(''),
      message: 'Enter the value to compare with; "" stands for an empty text.',
    });
    for (const [typed, type, message] of [
      ['5 %', number, 'This field takes a number; write for example 5 or 0.8.'],
      ['"5"', number, 'This field takes a number; write for example 5 or 0.8.'],
      ['soon', date, 'This field takes a date; write 2026-02-01 or 2026-02-01T09:00:00Z.'],
    ] as const) {
      const read = readValue(typed, type);
      expect(read.ok ? null : read.message, typed).to.equal(message);
    }
  });

  it('of an unknown field are read by their shape', () => {
    const kinds = ['5', 'true', '2026-02-01', 'x', '"5"'].map((typed) => readValue(typed, null).literal.kind);
    expect(kinds).to.deep.equal(['number', 'boolean', 'date', 'text', 'text']);
  });

  it('are spoken of in sentences', () => {
    expect(['a b', 'a?', 'x.'].map(sentence)).to.deep.equal(['A b.', 'A?', 'X.']);
  });
});
