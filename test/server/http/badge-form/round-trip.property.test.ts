import { expect } from 'chai';
import fc from 'fast-check';
import { type BadgeBlock, parse, printFile } from '../../../../dsl/index.ts';
import { english } from '../../../../plugin/words.ts';
import { act } from '../../../../server/http/badge-form/actions.ts';
import type { BadgeForm, RequirementForm, RuleForm } from '../../../../server/http/badge-form/form.ts';
import { fromForm, textOfForm } from '../../../../server/http/badge-form/from-form.ts';
import { formSent } from '../../../../server/http/badge-form/sent.ts';
import { type Base, openBase, toForm } from '../../../../server/http/badge-form/to-form.ts';
import { asSent } from '../../../../server/http/badge-form/values.ts';
import { environment, passed, withoutSpans } from '../../../support/dsl-harness.ts';
import { fieldsOf } from '../../../support/form-fields.ts';
import { badgeBlocks, ruleFiles } from '../../../support/rule-file-arbitraries.ts';

const { eventTypes } = environment;

/** A file with exactly one badge, among the tests that may stand beside it, and with comments. */
const bases: fc.Arbitrary<Base> = fc
  .tuple(
    badgeBlocks.map((block) => ({
      ...block,
      requirements: block.requirements.map((one) =>
        one.on?.kind === 'event-trigger'
          ? { ...one, on: { ...one.on, type: { ...one.on.type, text: passed.name } } }
          : one,
      ),
    })),
    ruleFiles,
  )
  .map(([badge, { blocks }]) => {
    const tests = blocks.filter((block) => block.kind === 'test');
    const text = printFile({
      kind: 'rule-file',
      blocks: [badge, ...tests],
      comments: [],
      broken: [],
      span: { start: 0, end: 0 },
    });
    const commented = text.replaceAll('{\n', '{ # why\n').replaceAll(/\n( +)(on|where|name) /g, '\n$1# $2\n$1$2 ');
    const opened = openBase(commented);
    if (!opened.ok) throw new Error(english(opened.message));
    return opened.base;
  });

/** What comes back when the page is shown in a browser and sent untouched. */
function throughBrowser(form: BadgeForm): BadgeForm {
  const fields = new Map([...fieldsOf(form)].map(([name, value]) => [name, asSent(value)]));
  for (const [name, value] of fieldsOf(form))
    if (name.endsWith('-where')) fields.set(name, value.replaceAll('\n', '\r\n'));
  return formSent((name) => fields.get(name) ?? '');
}

describe('form and text', () => {
  it('an untouched form gives every node of the text again, and its comments and tests', () => {
    fc.assert(
      fc.property(bases, (base) => {
        const { file, block } = fromForm(throughBrowser(toForm(base, eventTypes)), base, environment);
        expect(withoutSpans(block)).to.deep.equal(withoutSpans(base.block));
        for (const [index, one] of block.requirements.entries()) {
          const before = base.block.requirements[index];
          for (const key of Object.keys(one) as (keyof typeof one)[]) expect(one[key]).to.equal(before?.[key]);
        }
        expect(file.comments).to.equal(base.file.comments);
        expect(printFile(file)).to.equal(printFile(base.file));
      }),
      { numRuns: 150 },
    );
  });

  it('what a form says is what the form of its text says', () => {
    fc.assert(
      fc.property(bases, (base) => {
        const form = toForm(base, eventTypes);
        const again = openBase(textOfForm(form, base, environment));
        expect(again.ok && toForm(again.base, eventTypes)).to.deep.equal(form);
      }),
      { numRuns: 100 },
    );
  });

  it('rows to expression to rows is the identity', () => {
    fc.assert(
      fc.property(bases, (base) => {
        const form = toForm(base, eventTypes);
        for (const [index, before] of form.requirements.entries()) {
          if (before.mode !== 'rows' || before.rows.length === 0) continue;
          const there = act(form, `as-expression:r${index}`, eventTypes);
          // A value of another type than its field's is refused, and nothing changes.
          if (there?.problem) {
            expect(there.form).to.equal(form);
            continue;
          }
          const back = there && act(throughBrowser(there.form), `as-rows:r${index}`, eventTypes);
          expect(back?.problem).to.equal(null);
          expect(back?.form.requirements[index]?.rows).to.deep.equal(before.rows);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('changing one field changes that clause and no other node', () => {
    const edits: readonly (readonly [keyof RequirementForm, string, keyof BadgeBlock['requirements'][number]])[] = [
      ['description', 'Something else.', 'description'],
      ['count', '7', 'count'],
      ['group', 'Q', 'group'],
      ['from', '2031-01-01', 'from'],
      ['until', '2032-01-01', 'until'],
    ];
    fc.assert(
      fc.property(
        bases.filter(({ block }) => block.requirements.length > 0),
        fc.constantFrom(...edits),
        (base, [field, value, clause]) => {
          const form = toForm(base, eventTypes);
          const [first, ...others] = form.requirements as [RequirementForm, ...RequirementForm[]];
          // What was there already is no change.
          fc.pre(first[field] !== value);
          const edited = { ...form, requirements: [{ ...first, [field]: value }, ...others] };
          const { block } = fromForm(throughBrowser(edited), base, environment);
          const before = base.block.requirements[0] as BadgeBlock['requirements'][number];
          const after = block.requirements[0] as BadgeBlock['requirements'][number];
          for (const key of Object.keys(before) as (keyof typeof before)[])
            if (key !== clause) expect(after[key], key).to.equal(before[key]);
          expect(after[clause]).not.to.equal(before[clause]);
          expect(withoutSpans(block.requirements.slice(1))).to.deep.equal(
            withoutSpans(base.block.requirements.slice(1)),
          );
          expect(withoutSpans({ ...block, requirements: [] })).to.deep.equal(
            withoutSpans({ ...base.block, requirements: [] }),
          );
          const again = parse(printFile({ ...base.file, blocks: [block] })).file;
          expect(again.comments.length).to.be.at.least(1);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('a form survives its way through the browser, whatever was typed', () => {
    const typed = fc.oneof(fc.constantFrom('', '  ', '"', "'", '<b>', 'a = 1 and', '}', 'true', '-'), fc.string());
    fc.assert(
      fc.property(bases, typed, typed, (base, one, other) => {
        const form = toForm(base, eventTypes);
        const wild = <Rule extends RuleForm>(rule: Rule): Rule => ({
          ...rule,
          id: asSent(one),
          description: asSent(other),
          rows: rule.mode === 'rows' ? [...rule.rows, { path: asSent(one), operator: '!=', value: asSent(other) }] : [],
          where: rule.mode === 'rows' ? '' : asSent(other),
        });
        const edited: BadgeForm = {
          ...form,
          times: asSent(one),
          requirements: form.requirements.map((rule) => ({
            ...wild(rule),
            count: asSent(one),
            from: asSent(other),
            after: '',
          })),
          penalties: form.penalties.map((rule) => ({ ...wild(rule), resets: [] })),
        };
        expect(throughBrowser(edited).requirements.map(({ rows }) => rows.length)).to.deep.equal(
          edited.requirements.map(({ rows }) => rows.length),
        );
        for (const unreadable of ['kept', 'left out'] as const)
          fromForm(throughBrowser(edited), base, environment, unreadable);
        const { printed } = fromForm(edited, base, environment, 'left out');
        expect(parse(printed).diagnostics.filter(({ code }) => code.startsWith('syntax'))).to.deep.equal([]);
        expect(textOfForm(edited, base, environment)).to.include(edited.requirements[0]?.id ?? '');
      }),
      { numRuns: 150 },
    );
  });
});
