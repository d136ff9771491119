/** Rule texts as people write them: several badges that wait for each other, tests, and comments in every place. */

import fc from 'fast-check';
import { lex } from '../../dsl/tokens.ts';
import { badgeIdTrouble } from '../../plugin/badges/badge-id.ts';
import { PASSING } from './rule-values.ts';

const LONG = 'x'.repeat(150);
/** Ids that are hard on file names, databases and shells. */
export const ODD_IDS = [
  ...['a', 'A', 'b', 'with "quotes"', 'é', 'e\u0301', '😀', 'con', 'Con', ' ', '../up', '/', '%41', '%61', '~', '-x'],
  ...[
    '__proto__',
    'constructor',
    '$set',
    'a.b',
    '.',
    '#',
    'new\nline',
    LONG,
    `${LONG}y`,
    'A'.repeat(60),
    'a'.repeat(60),
  ],
];

/** Those of them that a new badge may have, and the longest there can be. */
const NEW_IDS = [
  ...ODD_IDS.filter((id) => badgeIdTrouble(id) === null),
  ...['aux', 'CON.txt', 'a-b', 'a_b', 'x'.repeat(100), `${'x'.repeat(99)}y`],
];

interface BadgeShape {
  readonly id: string;
  /** Index of a badge before it. */
  readonly waitsFor: number | null;
  readonly tests: number;
  readonly testsFirst: boolean;
  readonly active: boolean;
}

const shapes: fc.Arbitrary<readonly BadgeShape[]> = fc
  .uniqueArray(fc.constantFrom(...NEW_IDS), { minLength: 1, maxLength: 5 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id, at) =>
        fc.record({
          id: fc.constant(id),
          waitsFor: at === 0 ? fc.constant(null) : fc.option(fc.nat(at - 1)),
          tests: fc.nat(2),
          testsFirst: fc.boolean(),
          active: fc.boolean(),
        }),
      ),
    ),
  );

function badgeText(shape: BadgeShape, all: readonly BadgeShape[]): string {
  const quoted = JSON.stringify(shape.id);
  const upstream = shape.waitsFor === null ? null : all[shape.waitsFor];
  const on = upstream ? `badge ${JSON.stringify(upstream.id)} awarded` : `${PASSING} where is_passing`;
  const block = `badge ${quoted} { name "N" template memory "t" active ${shape.active}
    repeatable up to 3 times requirement r in group A { description "d" on ${on} count 2 }
    requirement s in group A { on ${PASSING} where is_passing = false or not (event.id = "x") count 3 }
    penalty p { on ${PASSING} where not is_passing resets r, s } }`;
  const tests = Array.from({ length: shape.tests }, (_, at) => {
    return `test "t${at}" { badge ${quoted} event ${PASSING} { is_passing = false } expect not awarded, progress 0 }`;
  });
  return (shape.testsFirst ? [...tests, block] : [block, ...tests]).join(' ');
}

const commentPlaces = fc.array(
  fc.tuple(fc.nat(), fc.constantFrom(' # ', '\n# ', '\n\n  # ', '\n# over\n\n# two ', '\n\n\n#')),
  { maxLength: 12 },
);

function commented(text: string, comments: readonly (readonly [number, string])[]): string {
  const { tokens } = lex(text);
  const places = new Map(comments.map(([at, comment], number) => [at % (tokens.length + 1), `${comment}c${number}\n`]));
  let written = '';
  let from = 0;
  for (const [index, token] of tokens.entries()) {
    written += `${text.slice(from, token.startOffset)}${places.get(index) ?? ''}`;
    from = token.startOffset;
  }
  return written + text.slice(from) + (places.get(tokens.length) ?? '');
}

/** One to three sound files that belong together. */
export const ruleTexts: fc.Arbitrary<readonly string[]> = fc
  .tuple(
    shapes,
    fc.array(fc.nat(2), { minLength: 5, maxLength: 5 }),
    fc.array(commentPlaces, { minLength: 3, maxLength: 3 }),
  )
  .map(([all, files, comments]) =>
    [0, 1, 2].flatMap((file) => {
      const badges = all.filter((_, at) => files[at] === file).map((shape) => badgeText(shape, all));
      return badges.length === 0 ? [] : [commented(`${badges.join('\n')}\n`, comments[file] ?? [])];
    }),
  );
