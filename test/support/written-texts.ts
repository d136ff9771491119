/** Rule texts by the thousand, sound and broken, the same with every run. */

import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { printFile } from '../../dsl/index.ts';
import { projectPath } from '../../server/paths.ts';
import { ruleFiles } from './rule-file-arbitraries.ts';

const folder = projectPath('examples', 'rules');
const examples = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8'));

/** What people and hostile people put where. */
const PIECES = [
  '',
  '{',
  '}',
  '"',
  ' and ',
  ' not ',
  'x',
  '(',
  ')',
  '[',
  ',',
  '==',
  '#',
  '\n',
  '\t',
  '\u200b',
  '\u2028',
  '😀',
  'ü',
  'is_pasing',
  ' where ',
  ' requirement r { ',
  '2026-13-01',
  '1e999',
  '__proto__',
];

const cut = fc.tuple(fc.nat(), fc.nat({ max: 25 }), fc.constantFrom(...PIECES));
const mutated = fc
  .tuple(fc.constantFrom(...examples), fc.array(cut, { maxLength: 4 }))
  .map(([text, cuts]) => cuts.reduce(change, text));
const printed = ruleFiles.map(printFile);
const garbage = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.string({ maxLength: 80 }));

function change(text: string, [at, length, put]: readonly [number, number, string]): string {
  const start = at % (text.length + 1);
  return text.slice(0, start) + put + text.slice(start + length);
}

/** @returns texts in which lines end with a line feed alone, as both sides see them */
export function ruleTexts(amount: number, seed: number): readonly string[] {
  const all = fc.oneof(
    { weight: 6, arbitrary: mutated },
    { weight: 3, arbitrary: printed },
    { weight: 1, arbitrary: garbage },
  );
  return fc.sample(all, { numRuns: amount, seed }).map((text) => text.replace(/\r\n?/g, '\n'));
}

/** Conditions, as pieces of such texts. */
export function conditionTexts(amount: number, seed: number): readonly string[] {
  return ruleTexts(amount, seed).map(
    (text) => /where ([\s\S]{0,200}?)(?:\n {2}\}|$)/.exec(text)?.[1] ?? text.slice(0, 100),
  );
}
