import { expect } from 'chai';
import { english } from '../../../../plugin/words.ts';
import { act } from '../../../../server/http/badge-form/actions.ts';
import type { BadgeForm } from '../../../../server/http/badge-form/form.ts';
import { textOfForm } from '../../../../server/http/badge-form/from-form.ts';
import { type Base, openBase, toForm } from '../../../../server/http/badge-form/to-form.ts';
import { environment, passed } from '../../../support/dsl-harness.ts';

const text = `# The file.

# The badge.
badge "b" { # b
  requirement a in group A {
    # when it counts
    on    ${passed.name}
    where is_passing # passed
      and mode = "x"
    count 2 distinct mode within 1 week
  } # end of a

  # About the second.
  requirement second {
    on ${passed.name}
  }

  penalty p {
    on     ${passed.name}
    resets second, a # in this order
  }
}

test "t" {
  badge "b"
  expect not awarded
}
`;

function opened(): { base: Base; form: BadgeForm } {
  const result = openBase(text);
  if (!result.ok) throw new Error(english(result.message));
  return { base: result.base, form: toForm(result.base, environment.eventTypes) };
}

/** The text after a change of the form, against that of the untouched form. */
function changed(change: (form: BadgeForm) => BadgeForm): readonly string[] {
  const { base, form } = opened();
  const before = textOfForm(form, base, environment).split('\n');
  const after = textOfForm(change(form), base, environment).split('\n');
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line.trim()}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line.trim()}`),
  ];
}

const withFirst = (form: BadgeForm, change: object): BadgeForm => ({
  ...form,
  requirements: form.requirements.map((one, index) => (index === 0 ? { ...one, ...change } : one)),
});

describe('a changed form', () => {
  it('keeps the unchanged part of a condition as it was written', () => {
    expect(
      changed((form) =>
        withFirst(form, {
          rows: form.requirements[0]?.rows.map((row) => (row.path === 'mode' ? { ...row, value: 'y' } : row)),
        }),
      ),
    ).to.deep.equal(['- where is_passing and mode = "x"', '+ where is_passing and mode = "y"']);
  });

  it('changes one part of a count', () => {
    expect(changed((form) => withFirst(form, { unit: 'day', within: '3' }))).to.deep.equal([
      '- count 2 distinct mode within 1 week',
      '+ count 2 distinct mode within 3 days',
    ]);
  });

  it('takes the comments of a requirement away with it, and no others', () => {
    expect(changed((form) => act(form, 'remove:r0', environment.eventTypes)?.form ?? form)).to.deep.equal([
      '- requirement a in group A {',
      '- # when it counts',
      `- on    ${passed.name}`,
      '- # passed',
      '- where is_passing and mode = "x"',
      '- count 2 distinct mode within 1 week',
      '- } # end of a',
      '- resets second, a # in this order',
      '+ resets second # in this order',
    ]);
  });

  it('moves a requirement together with its comments', () => {
    const { base, form } = opened();
    const moved = act(form, 'down:r0', environment.eventTypes)?.form ?? form;
    const after = textOfForm(moved, base, environment);
    expect(after.indexOf('# About the second.')).to.be.lessThan(after.indexOf('requirement second {'));
    expect(after.indexOf('requirement second {')).to.be.lessThan(after.indexOf('requirement a in group A {'));
    expect(after).to.include('  } # end of a').and.include('# when it counts');
    const back = act(moved, 'up:r1', environment.eventTypes)?.form ?? form;
    expect(textOfForm(back, base, environment)).to.equal(textOfForm(form, base, environment));
  });

  it('keeps the order of the resets that stay', () => {
    expect(
      changed((form) => ({
        ...form,
        requirements: [...form.requirements, { ...form.requirements[1]!, id: 'third', origin: null }],
        penalties: form.penalties.map((one) => ({ ...one, resets: ['third', 'a', 'second'] })),
      })),
    ).to.include('+ resets second, a, third # in this order');
  });

  it('shows what cannot be read as it was typed', () => {
    expect(changed((form) => withFirst(form, { id: 'two words', count: 'some', from: 'soon' }))).to.deep.equal([
      '- requirement a in group A {',
      '- count 2 distinct mode within 1 week',
      '+ requirement two words in group A {',
      '+ count some distinct mode within 1 week',
      '+ from  soon',
    ]);
    expect(changed((form) => withFirst(form, { mode: 'expression', rows: [], where: 'typed_0_ = ((' }))).to.deep.equal([
      '- where is_passing and mode = "x"',
      '+ where typed_0_ = ((',
    ]);
  });
});
