import { expect } from 'chai';
import { english } from '../../../../plugin/words.ts';
import { type BadgeForm, blankRow, formLimits } from '../../../../server/http/badge-form/form.ts';
import { tooLong } from '../../../../server/http/badge-form/lengths.ts';
import { openBase, toForm } from '../../../../server/http/badge-form/to-form.ts';
import { environment, passed } from '../../../support/dsl-harness.ts';

const opened = openBase(`badge "b" {
  requirement a { on ${passed.name} }
  penalty p { on ${passed.name} resets a }
}`);
if (!opened.ok) throw new Error(english(opened.message));
const form = toForm(opened.base, environment.eventTypes);

const FULL = '['.repeat(formLimits.fieldBytes);
const FIELD = 'Shorten this: a field holds at most 8 KiB.';
const CONDITION =
  'Shorten this: a condition holds at most 8 KiB. ' +
  'Use "in [...]", or split the requirement into alternatives of one group.';

/** Every text of the form at once. */
function filled(text: string): BadgeForm {
  const [requirement] = form.requirements;
  const [penalty] = form.penalties;
  if (!requirement || !penalty) throw new Error('the form has both');
  const rows = [{ ...blankRow, path: text, value: text }];
  const rule = { id: text, description: text, on: text, badge: text, rows, where: text };
  const timing = { group: text, count: text, distinct: text, within: text, after: text, from: text, until: text };
  return {
    ...form,
    ...{ id: text, name: text, provider: text, template: text, times: text },
    requirements: [{ ...requirement, ...rule, ...timing }],
    penalties: [{ ...penalty, ...rule, resets: [text] }],
  };
}

describe('the length of the fields of a form', () => {
  it('may be that of the longest condition', () => {
    expect(tooLong(filled(FULL))).to.deep.equal([]);
  });

  it('is told for every field that exceeds it', () => {
    const errors = tooLong(filled(`${FULL}[`));
    const rule = ['id', 'description', 'on', 'badge', 'where', 'row0-path', 'row0-value'];
    const timing = ['group', 'count', 'distinct', 'within', 'after', 'from', 'until'];
    expect(errors.map(({ field }) => field)).to.deep.equal([
      ...['name', 'id', 'provider', 'template', 'times'],
      ...[...rule, ...timing].map((name) => `r0-${name}`),
      ...[...rule, 'resets'].map((name) => `p0-${name}`),
    ]);
    for (const { field, message } of errors)
      expect(english(message), field).to.equal(field.endsWith('-where') ? CONDITION : FIELD);
  });

  it('counts bytes, as the language does', () => {
    const text = 'ü'.repeat(formLimits.fieldBytes / 2);
    expect(tooLong({ ...form, name: text })).to.deep.equal([]);
    const errors = tooLong({ ...form, name: `${text}x` });
    expect(errors.map(({ field, message }) => [field, english(message)])).to.deep.equal([['name', FIELD]]);
  });
});
