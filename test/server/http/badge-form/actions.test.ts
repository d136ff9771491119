import { expect } from 'chai';
import { english } from '../../../../plugin/words.ts';
import { act } from '../../../../server/http/badge-form/actions.ts';
import { type BadgeForm, blankRow, formLimits } from '../../../../server/http/badge-form/form.ts';
import { openBase, toForm } from '../../../../server/http/badge-form/to-form.ts';
import { environment } from '../../../support/dsl-harness.ts';

const { eventTypes } = environment;

function formOf(text: string): BadgeForm {
  const opened = openBase(text);
  if (!opened.ok) throw new Error(english(opened.message));
  return toForm(opened.base, eventTypes);
}

const three = formOf(`badge "b" {
  requirement a in group A { on org.example.course.passed.v1 where mode = "x" }
  requirement b in group C { on org.example.course.passed.v1 after a }
  requirement c { on org.example.course.passed.v1 }
  penalty p { on org.example.course.passed.v1 resets a, b }
}`);

describe('buttons of the form', () => {
  it('give a new requirement the next free letter and a free id', () => {
    const acted = act(act(three, 'add-requirement', eventTypes)?.form ?? three, 'add-requirement', eventTypes);
    const [, , , fourth, fifth] = acted?.form.requirements ?? [];
    expect([fourth?.group, fifth?.group]).to.deep.equal(['B', 'D']);
    expect([fourth?.id, fifth?.id]).to.deep.equal(['requirement-4', 'requirement-5']);
    expect(acted?.focus).to.equal('r4-id');
  });

  it('keep the focus on the button that moved, or on its counterpart at the edge', () => {
    const focus = (intent: string) => act(three, intent, eventTypes)?.focus;
    expect(focus('down:r0')).to.equal('r1-down');
    expect(focus('down:r1')).to.equal('r2-up');
    expect(focus('up:r2')).to.equal('r1-up');
    expect(focus('up:r1')).to.equal('r0-down');
    expect(act(three, 'up:r0', eventTypes)?.form).to.equal(three);
  });

  it('let nothing refer to a requirement that was removed', () => {
    const acted = act(three, 'remove:r0', eventTypes);
    expect(acted?.form.requirements.map(({ id, after }) => [id, after])).to.deep.equal([
      ['b', ''],
      ['c', ''],
    ]);
    expect(acted?.form.penalties[0]?.resets).to.deep.equal(['b']);
  });

  it('refuse to turn half a data rule into an expression, and keep it', () => {
    const half = {
      ...three,
      requirements: three.requirements.map((one) => ({ ...one, rows: [blankRow, { ...blankRow, value: 'v' }] })),
    };
    const acted = act(half, 'as-expression:r0', eventTypes);
    expect(acted?.problem).to.deep.equal({
      field: 'r0-row1-path',
      message: 'Choose the field to compare, or remove the row.',
    });
    expect(acted?.form).to.equal(half);
  });

  it('say why an expression cannot be shown as rows', () => {
    const why = (where: string): string | undefined => {
      const [first, ...others] = three.requirements;
      const form = {
        ...three,
        requirements: first ? [{ ...first, mode: 'expression' as const, rows: [], where }, ...others] : [],
      };
      const message = act(form, 'as-rows:r0', eventTypes)?.problem?.message;
      return message && english(message);
    };
    expect(why('')).to.equal(undefined);
    expect(why('is_passing and mode != "x"')).to.equal(undefined);
    expect(why('a =')).to.equal('This condition cannot be read yet: "Check" says what is wrong with it.');
    expect(why('is_passing # why')).to.equal('The condition has a comment, which rows cannot show.');
    const cannot = 'This condition cannot be shown as rows. ';
    expect(why('a = 1 or b = 2')).to.equal(
      `${cannot}It joins alternatives with "or", and all rows must hold together.`,
    );
    expect(why('not a')).to.equal(`${cannot}It negates with "not".`);
    expect(why('(a and b) and c')).to.equal(`${cannot}It has parentheses that rows cannot show.`);
    expect(why('a >= 1')).to.equal(`${cannot}It uses ">=", and rows have only "=" and "!=".`);
    expect(why('a not in [1]')).to.equal(`${cannot}It uses "not in", and rows have only "=" and "!=".`);
    expect(why('a starts with "x"')).to.equal(`${cannot}It uses "starts with", and rows have only "=" and "!=".`);
    expect(why('a exists')).to.equal(`${cannot}It uses "exists", and rows have only "=" and "!=".`);
    expect(why(Array.from({ length: formLimits.rows + 1 }, () => 'a').join(' and '))).to.equal(
      `${cannot}It has more than 30 parts.`,
    );
  });

  it('add no data rule beyond the limit', () => {
    const rows = Array.from({ length: formLimits.rows }, () => blankRow);
    const full = { ...three, requirements: three.requirements.map((one) => ({ ...one, rows })) };
    const { field, message = '' } = act(full, 'add-row:r1', eventTypes)?.problem ?? {};
    expect(field).to.equal('r1-add-row');
    expect(english(message)).to.equal(
      'The form holds 30 data rules of one requirement or penalty at most: edit a larger badge as text.',
    );
  });

  it('are the only ones: anything else does nothing', () => {
    for (const intent of ['', 'save', 'remove:r9', 'remove:x0', 'constructor', 'constructor:r0', 'add-row'])
      expect(act(three, intent, eventTypes), intent).to.equal(null);
  });
});
