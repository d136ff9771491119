/** Texts to try, each a function of seed and number: what was found once is found again. */

import { readdirSync, readFileSync } from 'node:fs';
import { randomFrom } from '../support/random.ts';
import { hostileText } from './hostile.ts';

type Random = ReturnType<typeof randomFrom>;

export type Kind = 'tokens' | 'mutation' | 'bytes' | 'hostile';

export interface Input {
  readonly kind: Kind;
  readonly text: string;
}

const TOKENS: readonly string[] =
  `badge test name template active repeatable up to times on regress revoke keep re-award never allowed requirement penalty in
  group description where count distinct within after from until awarded revoked resets true false null and or not starts ends
  with contains like exists event at expect fulfilled progress minutes x mode is_passing a.b "s" "mode" 1 -0.5 2026-01-01
  2026-02-30 org.example.course.passed.v1 { } ( ) [ ] , . = != < == ! 'q "open 1x @ # __proto__ constructor`.split(
    /\s+/,
  );

/** Where a short sequence of tokens is put: in front of it, behind it. */
const FRAMES: readonly (readonly [string, string])[] = [
  ['', ''],
  ['badge "b" { ', ' requirement r { on org.example.course.passed.v1 } }'],
  ['badge "b" { requirement r { on org.example.course.passed.v1 ', ' } }'],
  ['badge "b" { requirement r { on org.example.course.passed.v1 where mode = "a" and ', ' } }'],
  ['badge "b" { requirement r { on org.example.course.passed.v1 } penalty p { ', ' } } badge "c" { active true }'],
  ['badge "b" { requirement r { on org.example.course.passed.v1 } } test "t" { badge "b" ', ' }'],
];

const EXAMPLES = new URL('../../examples/rules/', import.meta.url);
export const validTexts: readonly string[] = [
  ...readdirSync(EXAMPLES).map((name) => readFileSync(new URL(name, EXAMPLES), 'utf8')),
  `badge "b" { # c
  name "B" template credly "9f3c1d0e" active true repeatable up to 3 times on regress keep re-award allowed
  requirement r in group A { description "d" on org.example.course.passed.v1 where not (mode = "a" or grade in [1, 2.5])
    and event.time < 2026-01-01 and course.course_key.org like "a*?" count 2 distinct mode within 3 days after s from 2026-01-01 until 2026-02-01T00:00:00+02:00 }
  requirement s { on badge "elsewhere" awarded } # d
  penalty p { on badge "elsewhere" revoked resets r, s }
}
test "t" { badge "b" event org.example.course.passed.v1 at 2026-01-01T00:00:00Z { mode = "a", note = null, grades."x y" = 1 }
  expect not fulfilled r, progress 0, not awarded, awarded 2 times, revoked }`,
];

const SCRAPS: readonly string[] = [
  ...TOKENS,
  '',
  '"',
  ' and ',
  '\u200b',
  '\n',
  '\r',
  '\r\n',
  '\\',
  '#',
  '😀',
  '\ud83d',
  '\u0000',
];

/** So many texts come first: every sequence of one and of two tokens in every frame. */
export const pairCount = FRAMES.length * (TOKENS.length + TOKENS.length ** 2);

/** @param number counts from 0 */
export function inputOf(seed: number, number: number): Input {
  if (number < pairCount) return { kind: 'tokens', text: shortText(number) };
  const random = randomFrom(Math.imul(seed + 1, 0x9e3779b1) ^ number);
  // The first numbers of close seeds are alike.
  for (let i = 0; i < 4; i++) random.below(2);
  const share = random.below(1000);
  if (share < 500) return { kind: 'tokens', text: longerText(random) };
  if (share < 850) return { kind: 'mutation', text: mutated(random) };
  if (share < 998) return { kind: 'bytes', text: randomBytes(random) };
  return { kind: 'hostile', text: hostileText(random) };
}

function shortText(number: number): string {
  const [before, after] = FRAMES[number % FRAMES.length] as readonly [string, string];
  const rest = Math.floor(number / FRAMES.length);
  if (rest < TOKENS.length) return `${before}${TOKENS[rest]}${after}`;
  const pair = rest - TOKENS.length;
  return `${before}${TOKENS[pair % TOKENS.length]} ${TOKENS[Math.floor(pair / TOKENS.length)]}${after}`;
}

function longerText(random: Random): string {
  const [before, after] = pick(random, FRAMES);
  const words = Array.from({ length: 3 + random.below(6) }, () => pick(random, TOKENS));
  return `${before}${words.join(pick(random, [' ', ' ', '\n', '']))}${after}`;
}

function mutated(random: Random): string {
  let text = pick(random, validTexts);
  for (let left = 1 + random.below(4); left > 0; left--) {
    const start = random.below(text.length + 1);
    const length = random.below(2) === 0 ? random.below(4) : random.below(60);
    const other = pick(random, validTexts);
    const from = random.below(other.length);
    const put = [
      () => pick(random, SCRAPS),
      () => text.slice(start, start + length).repeat(2),
      () => other.slice(from, from + random.below(80)),
    ][random.below(3)] as () => string;
    text = text.slice(0, start) + put() + text.slice(start + length);
  }
  return text;
}

const SEAMS = ['', ' ', '"', '\n', 'badge "b" { ', 'where '];

/** Bytes read as UTF-8, or code units without any sense. */
function randomBytes(random: Random): string {
  const length = random.below(60);
  const asBytes = random.below(2) === 0;
  const units = Array.from({ length }, () => random.below(asBytes ? 256 : random.below(2) === 0 ? 128 : 65_536));
  return pick(random, SEAMS) + (asBytes ? Buffer.from(units).toString('utf8') : String.fromCharCode(...units));
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random.below(items.length)] as Item;
}
