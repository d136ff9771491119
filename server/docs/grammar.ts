/** The grammar of rules for people: in EBNF, and as railroad diagrams. */

import { type SyntaxNode, type SyntaxRule, syntaxRules } from '../../dsl/index.ts';
import railroad, { type Figure } from './railroad.ts';

const FOLDER = 'docs/reference/grammar';

/** Path below the project root to SVG text. */
export function grammarDiagrams(): ReadonlyMap<string, string> {
  return new Map(syntaxRules().map((rule) => [`${FOLDER}/${rule.name}.svg`, diagram(rule)]));
}

/** One entry per rule, for `docs/rule-language.md`. */
export function grammarSection(): string {
  return syntaxRules()
    .map((rule) => {
      const text = ebnf(rule);
      return [
        `### ${rule.name}`,
        '',
        `![Railroad diagram of ${rule.name}; the text below says the same](reference/grammar/${rule.name}.svg)`,
        '',
        '```ebnf',
        text,
        '```',
      ].join('\n');
    })
    .join('\n\n');
}

/** `count ::= "count" number ("distinct" path)? ("within" number ("minutes" | ...))?` */
export function ebnf({ name, definition }: SyntaxRule): string {
  if (definition.kind !== 'choice') return `${name} ::= ${written(definition)}`;
  const [first, ...others] = definition.alternatives.map(written);
  const indent = ' '.repeat(name.length + 3);
  return [`${name} ::= ${first}`, ...others.map((other) => `${indent}| ${other}`)].join('\n');
}

function written(node: SyntaxNode): string {
  switch (node.kind) {
    case 'literal':
      return `"${node.text}"`;
    case 'token':
    case 'rule':
      return node.name;
    case 'sequence':
      return node.parts.map((part) => (part.kind === 'choice' ? `(${written(part)})` : written(part))).join(' ');
    case 'choice':
      return node.alternatives.map(written).join(' | ');
    case 'optional':
      return `${grouped(node.part)}?`;
    case 'repetition': {
      if (node.separator === null) return `${grouped(node.part)}${node.atLeastOne ? '+' : '*'}`;
      const list = `${grouped(node.part)} (${written(node.separator)} ${grouped(node.part)})*`;
      return node.atLeastOne ? list : `(${list})?`;
    }
  }
}

function grouped(node: SyntaxNode): string {
  return node.kind === 'sequence' || node.kind === 'choice' ? `(${written(node)})` : written(node);
}

/** Colours follow the reader's light or dark theme; the rest is the library's drawing. */
const STYLE = `<style>
svg{background:#f7f6f2}path{stroke-width:2;stroke:#26323a;fill:none}text{font:14px ui-monospace,monospace;text-anchor:middle;fill:#14202a}
rect{stroke-width:2;stroke:#26323a;fill:#fff}g.literal rect{fill:#dcefe4}
@media (prefers-color-scheme:dark){svg{background:#1b2228}path,rect{stroke:#b9c6cf}text{fill:#eef3f6}rect{fill:#27313a}g.literal rect{fill:#1f4a38}}
</style>`;

function diagram({ name, definition }: SyntaxRule): string {
  const svg = railroad.Diagram(figure(definition)).toString();
  return svg
    .replace('<svg class="railroad-diagram"', '<svg xmlns="http://www.w3.org/2000/svg"')
    .replace('>\n', `>\n<title>${name}</title>\n${STYLE}\n`)
    .replaceAll(/<g>\n((?:<path[^>]*><\/path>\n)*<rect[^>]* rx=)/g, '<g class="literal">\n$1');
}

function figure(node: SyntaxNode): Figure {
  switch (node.kind) {
    case 'literal':
      return railroad.Terminal(node.text);
    case 'token':
    case 'rule':
      return railroad.NonTerminal(node.name);
    case 'sequence':
      return railroad.Sequence(...node.parts.map(figure));
    case 'choice':
      return railroad.Choice(0, ...node.alternatives.map(figure));
    case 'optional':
      return railroad.Optional(figure(node.part));
    case 'repetition': {
      const between = node.separator === null ? undefined : figure(node.separator);
      const repeat = node.atLeastOne ? railroad.OneOrMore : railroad.ZeroOrMore;
      return repeat(figure(node.part), between);
    }
  }
}
