/** Strings that are not what they look like. */

import type { RuleFile, Span } from '../ast.ts';
import type { Reporter } from '../reporter.ts';

/** Alphabets with letters that look like those of another. Words of Japanese mix scripts by nature and are left alone. */
const ALPHABETS = ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Georgian', 'Cherokee', 'Coptic'] as const;
const LETTERS = ALPHABETS.map((script) => [script, new RegExp(`\\p{Script=${script}}`, 'u')] as const);
const WORD = /[\p{L}\p{M}]+/gu;
/** Format and control characters, joiners aside, and letters and marks that are blank. */
const INVISIBLE =
  /(?!\u200c|\u200d|[\t\n\r])(?:[\p{Cf}\p{Cc}\u115f\u1160\u2028\u2029\u3164\uffa0]|\u034f|\u17b4|\u17b5)/u;
/** Joiners belong between the letters of many scripts and in emoji, and nowhere near Latin text. */
const STRAY_JOINER = /(?:^|[ -\u024f])[\u200c\u200d]|[\u200c\u200d](?:$|[ -\u024f])/u;

/** Nearly every file is plain ASCII and is not walked at all. */
export function reportTexts(file: RuleFile, reporter: Reporter): void {
  if (/[^\t\n\r -~]|\\u/.test(reporter.text)) walk(file.blocks, reporter);
}

function walk(node: unknown, reporter: Reporter): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) walk(item, reporter);
    return;
  }
  const { kind, value, span } = node as { kind?: unknown; value?: unknown; span?: Span };
  if (kind === 'text' && typeof value === 'string' && span !== undefined) reportText(value, span, reporter);
  else for (const child of Object.values(node)) walk(child, reporter);
}

function reportText(text: string, span: Span, reporter: Reporter): void {
  const hidden = INVISIBLE.exec(text)?.[0] ?? (STRAY_JOINER.test(text) ? /[\u200c\u200d]/.exec(text)?.[0] : undefined);
  if (hidden !== undefined) {
    const point = `U+${(hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    reporter.report(
      'text.invisible',
      span,
      `this string holds the invisible character ${point}`,
      'type the text anew without it',
    );
  }
  for (const [word] of text.matchAll(WORD)) {
    const scripts = LETTERS.filter(([, letter]) => letter.test(word)).map(([script]) => script);
    if (scripts.length < 2) continue;
    reporter.report(
      'text.mixed-script',
      span,
      `"${[...word].slice(0, 40).join('')}" mixes ${scripts.join(' and ')} letters, which may look alike`,
      'type the word anew',
    );
    return;
  }
}
