/** A language that nobody speaks: every text of the catalogue with accents, in brackets and longer. What stands on a page without them was
 *  never looked up. */

import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { messages } from '../../server/docs/messages.ts';
import { createTexts, type Texts } from '../../server/i18n/texts.ts';

type Node = DefaultTreeAdapterTypes.Node;

export const PSEUDO = 'en-XA';

const ACCENTS: Readonly<Record<string, string>> = {
  ...{ a: 'á', c: 'ç', e: 'é', i: 'î', n: 'ñ', o: 'ö', s: 'š', u: 'û', y: 'ý', z: 'ž' },
  ...{ A: 'Å', C: 'Ç', E: 'É', I: 'Î', N: 'Ñ', O: 'Ö', S: 'Š', U: 'Û', Y: 'Ý', Z: 'Ž' },
};

/** `Hello {name}` as `⟦Ĥéļļö {name} ~~~⟧`, placeholders as they are. */
export function pseudo(text: string): string {
  const accented = text.replace(/\{\w+\}|[a-zA-Z]/g, (found) => ACCENTS[found] ?? found);
  return `⟦${accented} ${'~'.repeat(Math.ceil(text.length / 3))}⟧`;
}

export function pseudoTexts(): Texts {
  const catalogue = new Map(
    messages().map(({ text, plural }) => [text, plural === null ? [pseudo(text)] : [pseudo(text), pseudo(plural)]]),
  );
  return createTexts(new Map([[PSEUDO, catalogue]]), { defaultLanguage: PSEUDO, timeZone: 'UTC' });
}

const SPOKEN_ATTRIBUTES = ['alt', 'title', 'aria-label', 'placeholder'];

/** @returns what a person reads, as one text, and each that is only heard or shown on hovering */
export function spokenTexts(html: string): readonly string[] {
  const asides: string[] = [];
  const text = textOf(parse(html), asides);
  return [...asides, text].filter((one) => one.trim() !== '');
}

function textOf(node: Node, asides: string[]): string {
  if (node.nodeName === '#text') return (node as DefaultTreeAdapterTypes.TextNode).value;
  const attributes = 'attrs' in node ? node.attrs : [];
  // The names of languages stand as their speakers write them, what the rule language says in English, and rules as they are.
  const isForeign = attributes.some(
    ({ name, value }) =>
      name === 'hreflang' || (name === 'lang' && value === 'en') || (name === 'translate' && value === 'no'),
  );
  if (isForeign || ('tagName' in node && ['script', 'style', 'code', 'textarea'].includes(node.tagName))) return ' ';
  asides.push(...attributes.flatMap(({ name, value }) => (SPOKEN_ATTRIBUTES.includes(name) ? [value] : [])));
  return 'childNodes' in node ? node.childNodes.map((child) => textOf(child, asides)).join('') : '';
}

/** @param data what is not ours to translate
 *  @returns the pieces that nobody could translate */
export function hardCoded(texts: readonly string[], data: readonly (string | RegExp)[]): readonly string[] {
  return texts.flatMap((text) => {
    let rest = text;
    // From the inside out: a text may have others in it.
    for (let before = ''; before !== rest; ) {
      before = rest;
      rest = rest.replace(/⟦[^⟦⟧]*⟧/g, '\n');
    }
    for (const known of data) rest = rest.replaceAll(known instanceof RegExp ? new RegExp(known, 'gu') : known, '\n');
    return rest
      .split('\n')
      .map((piece) => piece.trim())
      .filter((piece) => /\p{L}/u.test(piece));
  });
}
