import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { completionsAt, loadRules, parse, type Vocabulary } from '../../../dsl/index.ts';
import { limits } from '../../../dsl/limits.ts';
import * as t from '../../../dsl/tokens.ts';
import { ruleEnvironment } from '../../../plugin/events/environment.ts';
import { environment, passed } from '../../support/dsl-harness.ts';

const vocabulary: Vocabulary = {
  environment,
  eventType: passed.name,
  knownValues: new Map([[passed.name, new Map([['mode', ['audit', 'verified']]])]]),
};

/** @param text with `|` where the cursor is @returns what is offered, in order */
function offered(text: string, mode: 'file' | 'expression' = 'file'): readonly string[] | null {
  const offset = text.indexOf('|');
  const found = completionsAt(text.replace('|', ''), offset, mode, vocabulary);
  return found?.items.map((item) => item.text) ?? null;
}

const inRequirement = (clauses: string): string => `badge "b" { requirement r { ${clauses} } }`;
const where = (condition: string): string => inRequirement(`on org.example.course.passed.v1 where ${condition}`);
const PATHS = [
  'is_passing',
  'is_late',
  'grade',
  'score',
  'attempts',
  'mode',
  'note',
  '"template"',
  'course',
  'course.course_key',
  'course.course_key.org',
  'course.course_key.course',
  'course.course_key.run',
  'course.ccx_key',
  'course.ccx_key.org',
  'course.ccx_key.course',
  'course.ccx_key.run',
  'course.ccx_key.ccx',
  'course.start',
  'tags',
  'grades',
  'user',
  'user.id',
  'user.name',
  'event.time',
  'event.id',
  'event.source',
  'event.type',
];

describe('completion', () => {
  it('D11: offers nothing deeper than the language goes, where asking the grammar took minutes and gigabytes', () => {
    expect(offered(where(`${'('.repeat(limits.nesting)}is_p|`))).to.include('is_passing');
    for (const opening of ['(', 'not ', 'not (']) {
      expect(offered(where(`${opening.repeat(5_000)}is_p|`)), opening).to.equal(null);
    }
    // what is finished does not count
    expect(offered(where(`${'(not is_passing = true) and '.repeat(100)}is_p|`))).to.include('is_passing');
  });

  const places: readonly (readonly [string, readonly string[] | null])[] = [
    ['|', ['badge', 'test']],
    ['ba|', ['badge', 'test']],
    ['badge "b" |', []],
    ['# ba|', null],
    [
      'badge "b" { | }',
      ['name', 'template', 'active', 'evaluate', 'repeatable', 'on', 're-award', 'requirement', 'penalty'],
    ],
    [
      'badge "b" { name "n" active true | }',
      ['template', 'evaluate', 'repeatable', 'on', 're-award', 'requirement', 'penalty'],
    ],
    ['badge "b" { active | }', ['true', 'false']],
    ['badge "b" { template | }', ['credly', 'openbadges']],
    ['badge "b" { on | }', ['regress']],
    ['badge "b" { on regress | }', ['revoke', 'keep']],
    ['badge "b" { re-award | }', ['never', 'allowed']],
    ['badge "b" { repeatable up | }', ['to']],
    ['badge "b" { repeatable up to 3 | }', ['times']],
    ['badge "b" { requirement | }', []],
    ['badge "b" { requirement r | }', ['in']],
    ['badge "b" { requirement r in | }', ['group']],
    ['badge "b" { requirement q in group A { } requirement r in group | }', ['A', 'B']],
    [inRequirement('|'), ['description', 'on', 'where', 'count', 'after', 'from', 'until']],
    [
      inRequirement('count 2 | from 2026-01-01'),
      ['distinct', 'within', 'description', 'on', 'where', 'after', 'until'],
    ],
    [inRequirement('count 2 within 3 |'), ['minutes', 'hours', 'days', 'weeks']],
    [inRequirement('on |'), ['badge', passed.name, 'org.example.off.v1', 'org.example.logged.v1']],
    [inRequirement('on badge |'), ['"elsewhere"']],
    [inRequirement('on badge "else|'), ['"elsewhere"']],
    [inRequirement('on badge "x" |'), ['awarded']],
    ['badge "b" { requirement r { } penalty p { on badge "x" | } }', ['awarded', 'revoked']],
    ['badge "b" { requirement q { } requirement r { after | } }', ['q']],
    ['badge "b" { requirement q { } requirement r { } penalty p { resets q, | } }', ['q', 'r']],
    [where('|'), ['not', ...PATHS]],
    [where('is_passing and (|'), ['not', ...PATHS]],
    [inRequirement('where | on org.example.course.passed.v1'), ['not', ...PATHS]],
    [inRequirement('where |'), ['not']],
    [where('is_passing |'), ['=', '!=', 'in', 'not in', 'exists', 'and', 'or', ...later()]],
    [where('grade |'), ['=', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'exists']],
    [where('course.start |'), ['=', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'exists']],
    [where('mode |'), ['=', '!=', 'in', 'not in', 'starts with', 'ends with', 'contains', 'like', 'exists']],
    [where('tags |'), ['exists']],
    [where('not (mode st|'), ['=', '!=', 'in', 'not in', 'starts with', 'ends with', 'contains', 'like', 'exists']],
    [where('mode starts |'), ['with']],
    [where('mode not |'), ['in']],
    [where('mode = |'), ['"audit"', '"verified"']],
    [where('mode in ["audit", |'), ['"audit"', '"verified"']],
    [where('is_passing = |'), ['true', 'false']],
    [where('grade > |'), []],
    [where('mode = "a" |'), ['and', 'or', ...later()]],
    [where('(mode = "a") |'), ['and', 'or', ...later()]],
    ['badge "b" { requirement r { } } test "t" { | }', ['badge', 'event', 'expect']],
    ['badge "b" { requirement r { } } test "t" { badge | }', ['"b"']],
    [
      'badge "b" { requirement r { } } test "t" { badge "b" expect | }',
      ['awarded', 'not', 'revoked', 'fulfilled', 'progress'],
    ],
    ['badge "b" { requirement r { } } test "t" { badge "b" expect not fulfilled | }', ['r']],
    ['test "t" { event org.example.course.passed.v1 { is_passing = | } }', ['true', 'false', 'null']],
  ];

  function later(): readonly string[] {
    return ['description', 'count', 'after', 'from', 'until'];
  }

  for (const [text, expected] of places) {
    it(`offers at ${text}`, () => {
      const found = offered(text);
      expect(found && [...found].sort()).to.deep.equal(expected && [...expected].sort());
    });
  }

  it('offers in an expression by itself what its event type holds', () => {
    expect([...(offered('is_passing = true and |', 'expression') ?? [])].sort()).to.deep.equal(
      ['not', ...PATHS].sort(),
    );
    expect(offered('grade >|', 'expression')).to.deep.equal([]);
  });

  it('offers in a test event the fields that can be given a value', () => {
    const found = offered('test "t" { event org.example.course.passed.v1 { is_passing = true, | } }');
    expect(found).to.include('course.course_key').and.not.include('course.course_key.org');
    expect(found).to.not.include('course').and.not.include('event.time');
  });

  it('puts event types that are not enabled below the others, and says so', () => {
    const found = completionsAt('badge "b" { requirement r { on ', 31, 'file', vocabulary);
    const off = found?.items.find(({ text }) => text === 'org.example.off.v1');
    expect(off?.rank).to.equal(-10);
    expect(off?.detail).to.equal('not enabled');
    expect(off?.about[0]).to.equal('Not enabled in the settings: its events never arrive.');
  });

  it('replaces the word that the cursor is in, and a string with its closing quote', () => {
    expect(completionsAt('ba', 2, 'file', vocabulary)).to.include({ start: 0, end: 2 });
    const text = inRequirement('on badge "el" awarded');
    const offset = text.indexOf('el"') + 1;
    expect(completionsAt(text, offset, 'file', vocabulary)).to.include({ start: offset - 2, end: offset + 2 });
  });

  describe('of the example files', () => {
    const folder = new URL('../../../examples/rules/', import.meta.url);
    const texts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
    const real = ruleEnvironment({ enabledEventTypes: null, providers: ['memory', 'openbadges', 'credly'] });
    const known = { ...vocabulary, environment: { ...real, knownBadges: new Set<string>() } };

    it('offers every word that stands there, at its place', () => {
      let asked = 0;
      for (const text of texts) {
        const { tokens } = t.lex(text);
        for (const [index, token] of tokens.entries()) {
          if (
            !canBeOffered(
              tokens.map(({ tokenType }) => tokenType),
              index,
            )
          )
            continue;
          const before = text.slice(0, token.startOffset);
          const items = completionsAt(before, before.length, 'file', known)?.items.map((item) => item.text) ?? [];
          expect(
            items.some((item) => item.split(' ').includes(token.image)),
            `${token.image} after ...${before.slice(-60)}`,
          ).to.equal(true);
          asked++;
        }
      }
      expect(asked).to.be.greaterThan(200);
    });

    it('offers nothing that the language refuses there', () => {
      let tried = 0;
      for (const text of texts) {
        for (const { startOffset } of t.lex(text).tokens) {
          const before = text.slice(0, startOffset);
          for (const item of completionsAt(before, startOffset, 'file', known)?.items ?? []) {
            const after = `${before}${item.text} `;
            const here = [...parse(after).diagnostics, ...loadRules(after, known.environment).diagnostics].filter(
              ({ span, code }) => span.start === startOffset && span.end > startOffset && REFUSED.test(code),
            );
            expect(
              here.map(({ message }) => message),
              after.slice(-80),
            ).to.deep.equal([]);
            tried++;
          }
        }
      }
      expect(tried).to.be.greaterThan(2000);
    });
  });

  it('answers at every place of any text', () => {
    const text = where('not (mode = "a" or grade in [1, 2]) and course.');
    for (let cut = 0; cut <= text.length; cut++)
      for (let offset = 0; offset <= cut; offset++) completionsAt(text.slice(0, cut), offset, 'file', vocabulary);
  });
});

const REFUSED = /^(?:syntax\.unexpected|type\.unknown|badge\.unknown|requirement\.unknown|clause\.repeated|trigger\.)/;

/** Not what a person invents: ids, texts, numbers, dates; nor signs. */
function canBeOffered(types: readonly unknown[], index: number): boolean {
  const { K } = t;
  const type = types[index];
  if ([t.Text, t.NumberText, t.DateText, t.Dot, t.Comma].includes(type as never)) return false;
  if ([t.LeftBrace, t.RightBrace, t.LeftParen, t.RightParen, t.LeftBracket, t.RightBracket].includes(type as never))
    return false;
  return ![K.requirement, K.penalty].includes(types[index - 1] as never);
}
