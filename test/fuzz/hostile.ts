/** Texts of 64 KiB that are shaped to make a checker slow: much of one thing, in the place where it costs most. */

type Random = { below(limit: number): number };

export const HOSTILE_SIZE = 65_536;

const ON = 'on org.example.course.passed.v1';
const REQUIREMENT = `requirement r { ${ON} }`;

const PIECES: readonly string[] = [
  ...[
    '(',
    '[',
    '{',
    '}',
    ')',
    ']',
    '"',
    "'",
    '\\',
    '#',
    '#\n',
    '# a\r',
    '$',
    '\u200b',
    '\ud83d',
    '=',
    '== ',
    '! ',
    ', ',
    '. ',
    '-',
    '\n',
    '\t',
  ],
  ...[
    'a ',
    'a.',
    '1',
    '1 ',
    '1e',
    '"x" ',
    '"a\n',
    '\\"',
    '\\u00',
    'not ',
    'not (',
    '((not ',
    'and ',
    'in [',
    'wher ',
    'requirment r { ',
  ],
  ...[
    'badge ',
    'badge "b" {',
    'badge "b" { } ',
    'test "t" { ',
    'event ',
    'expect ',
    'on ',
    'on badge "x" awarded ',
    'name "й\u200b" ',
    'name # a\n',
  ],
  ...[
    'x = "y" or ',
    'is_pasing and ',
    'mode = "а" or ',
    'mode != "a" and ',
    'course.corse_key.org = "a" or ',
    `${REQUIREMENT} `,
    'count 2 within 3 dais ',
  ],
];

/** Before and behind a text that is filled with one piece. */
const PLACES: readonly (readonly [string, string])[] = [
  ['', ''],
  ['badge "b" { ', ' }'],
  [`badge "b" { requirement r { ${ON} `, ' } }'],
  [`badge "b" { requirement r { ${ON} where `, ' } }'],
  [`badge "b" { requirement r { ${ON} where mode in [`, '] } }'],
  [`badge "b" { ${REQUIREMENT} } test "t" { badge "b" `, ' }'],
  [`badge "b" { ${REQUIREMENT} } test "t" { badge "b" event org.example.course.passed.v1 { `, ' } }'],
];

type Family = (i: number) => string;

/** Many things that are looked up in, or compared with, all the others. `long` is part of their names. */
function families(long: string): Readonly<Record<string, readonly [string, Family, string]>> {
  const alternative = (i: number, condition: string): string =>
    `requirement r${i} in group A { ${ON} where ${condition} } `;
  return {
    'badges in a chain': [
      '',
      (i) => `badge "${long}${i}" { requirement r { on badge "${long}${i + 1}" awarded } } `,
      '',
    ],
    'badges that wait for one ring': [
      '',
      (i) => `badge "${long}${i}" { requirement r { on badge "${long}${i >> 1}" awarded } } `,
      '',
    ],
    'unknown badges': ['badge "b" { ', (i) => `requirement r${i} { on badge "${long}x${i}y" awarded } `, '}'],
    'unknown requirements': ['badge "b" { ', (i) => `requirement ${long}${i} { ${ON} after x${long}${i}y } `, '}'],
    'unknown event types': [
      'badge "b" { ',
      (i) => `requirement r${i} { on org.exampel${long}.course.pasted.v${i} } `,
      '}',
    ],
    'unknown paths': [
      'badge "b" { ',
      (i) => `requirement r${i} { ${ON} where cours.${long}corse_key${i} = "a" } `,
      '}',
    ],
    'a chain of after': ['badge "b" { ', (i) => `requirement ${long}${i} { ${ON} after ${long}${i + 1} } `, '}'],
    'rings of after': ['badge "b" { ', (i) => `requirement ${long}${i} { ${ON} after ${long}${i ^ 1} } `, '}'],
    'one group': ['badge "b" { ', (i) => alternative(i, `mode = "${long}${i}"`), '}'],
    'one group of lists': [
      'badge "b" { ',
      (i) => alternative(i, `mode in [${some(60, (j) => `"${i}${long}${j}"`)}]`),
      '}',
    ],
    'one group of patterns': [
      'badge "b" { ',
      (i) =>
        alternative(
          i,
          `mode like "*${'a?*'.repeat(100)}${i}" and mode in [${some(60, (j) => `"${'a'.repeat(30)}${i}-${j}"`)}]`,
        ),
      '}',
    ],
    'one group of ranges': [
      'badge "b" { ',
      (i) => alternative(i, `score >= ${i} and score <= ${i + 2} and attempts != ${i}`),
      '}',
    ],
    'long conjunctions': [
      'badge "b" { ',
      (i) => `requirement r${i} { ${ON} where ${some(400, (j) => `score!=${j}`, ' and ')} } `,
      '}',
    ],
    'long disjunctions of ranges': [
      'badge "b" { ',
      (i) => `requirement r${i} { ${ON} where ${some(200, (j) => `(score>${j} and score<=${j + 1})`, ' or ')} } `,
      '}',
    ],
    'lists on one path': [
      'badge "b" { ',
      (i) =>
        `requirement r${i} { ${ON} where score in [${some(900, String)}] and score not in [${some(900, String)}] } `,
      '}',
    ],
    'patterns on one path': [
      'badge "b" { ',
      (i) =>
        `requirement r${i} { ${ON} where ${some(60, (j) => `mode like "*${'?*'.repeat(20)}${j}"`, ' or ')} or mode in [${some(200, (j) => `"${'a'.repeat(10)}${j}"`)}] } `,
      '}',
    ],
    'deep conditions': [
      'badge "b" { ',
      (i) => `requirement r${i} { ${ON} where ${'not (mode="a" or score<1 or '.repeat(30)}mode="b"${')'.repeat(30)} } `,
      '}',
    ],
    'deep alternation': [
      'badge "b" { ',
      (i) =>
        `requirement r${i} { ${ON} where ${some(60, (j) => `mode != "${j}" ${j % 2 === 0 ? 'or' : 'and'} (`, '')}is_late${')'.repeat(60)} } `,
      '}',
    ],
    'penalties that reset everything': [
      `badge "b" { ${some(300, (i) => `requirement r${i} in group A { ${ON} }`, ' ')} `,
      (i) => `penalty p${i} { ${ON} resets ${some(300, (j) => `r${j}`)} } `,
      '}',
    ],
    'a list of unknown resets': [
      `badge "b" { ${REQUIREMENT} penalty p { ${ON} resets `,
      (i) => `${long}x${i}, `,
      'r } }',
    ],
    'equal requirements': ['badge "b" { ', () => `${REQUIREMENT} `, '}'],
    'tests of unknown requirements': [
      `badge "b" { ${some(300, (i) => `requirement ${long}${i} { ${ON} }`, ' ')} } `,
      (i) => `test "t${i}" { badge "b" expect fulfilled ${long}x${i} } `,
      '',
    ],
    'fields of one test event': [
      `badge "b" { ${REQUIREMENT} } test "t" { badge "b" event org.example.course.passed.v1 { `,
      (i) => `grades.${long}${i} = 1, `,
      ' score = 1 } }',
    ],
    'names in two alphabets': [
      'badge "b" { ',
      (i) => `requirement r${i} { description "${'аa '.repeat(60)}" ${ON} } `,
      '}',
    ],
    'long words': ['badge "b" { ', (i) => `${long.repeat(20)}${i} `, '}'],
  };
}

/** @returns the name of every shape with a text of it, in a fixed order */
export function hostileShapes(): readonly (readonly [string, () => string])[] {
  const filled = PIECES.flatMap((piece) =>
    PLACES.map(
      ([before, after]) =>
        [
          `${JSON.stringify(piece)} in ${JSON.stringify(before.slice(-30))}`,
          () => sized(before, () => piece, after),
        ] as const,
    ),
  );
  const names = ['', 'r'.repeat(30), 'word-'.repeat(20), 'r'.repeat(180)];
  const many = names.flatMap((long) =>
    Object.entries(families(long)).map(
      ([name, [before, item, after]]) =>
        [`${name}, names of ${long.length}`, () => sized(before, item, after)] as const,
    ),
  );
  return [...filled, ...many];
}

const shapes = hostileShapes();

/** One of the shapes, mostly with a flaw or with another of them behind. */
export function hostileText(random: Random): string {
  const one = (): string => (shapes[random.below(shapes.length)]?.[1] ?? String)();
  const text = one();
  const at = random.below(text.length + 1);
  switch (random.below(4)) {
    case 0:
      return text;
    case 1:
      return text.slice(0, at) + one().slice(-(HOSTILE_SIZE - at));
    case 2:
      return text.slice(0, at) + (PIECES[random.below(PIECES.length)] as string) + text.slice(at + random.below(9));
    default:
      return text.slice(0, at);
  }
}

function sized(before: string, item: Family, after: string): string {
  const parts = [before];
  let length = before.length + after.length;
  for (let i = 0; ; i++) {
    const next = item(i);
    length += next.length;
    if (length > HOSTILE_SIZE) break;
    parts.push(next);
  }
  return [...parts, after].join('');
}

function some(count: number, item: (i: number) => string, separator = ', '): string {
  return Array.from({ length: count }, (_, i) => item(i)).join(separator);
}
