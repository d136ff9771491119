/** The grammar as data, taken from the parser itself, so that a picture of it cannot be out of date. */

import type { ISerializedGast } from 'chevrotain';
import { Grammar } from './grammar.ts';

export type SyntaxNode =
  /** Written just so: a keyword or a sign. */
  | { readonly kind: 'literal'; readonly text: string }
  /** A kind of token, e.g. `string`; `syntaxTokens` says what it looks like. */
  | { readonly kind: 'token'; readonly name: string }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'sequence'; readonly parts: readonly SyntaxNode[] }
  | { readonly kind: 'choice'; readonly alternatives: readonly SyntaxNode[] }
  | { readonly kind: 'optional'; readonly part: SyntaxNode }
  | {
      readonly kind: 'repetition';
      readonly part: SyntaxNode;
      /** Between two of them; null: nothing. */
      readonly separator: SyntaxNode | null;
      readonly atLeastOne: boolean;
    };

export interface SyntaxRule {
  readonly name: string;
  readonly definition: SyntaxNode;
}

export interface SyntaxToken {
  readonly name: string;
  /** What it looks like, in a sentence without the full stop. */
  readonly form: string;
  readonly example: string;
}

/** Everything that is written in more than one way. */
export const syntaxTokens: readonly SyntaxToken[] = [
  {
    name: 'name',
    form: 'a letter or `_`, then letters, digits, `_` and `-`; several may be joined by dots',
    example: 'course.course_key',
  },
  {
    name: 'string',
    form: 'text in double quotes on one line, with the escapes of JSON',
    example: '"final \\"exam\\""',
  },
  { name: 'number', form: 'a number as in JSON', example: '0.8' },
  { name: 'date', form: 'a day (midnight UTC) or an RFC 3339 instant', example: '2026-02-01T09:00:00+02:00' },
];

type Production = ISerializedGast & {
  readonly name?: string;
  readonly label?: string;
  readonly definition?: readonly Production[];
  readonly separator?: Production;
};

/** Tokens that stand for several spellings. */
const SPELLINGS: Readonly<Record<string, SyntaxNode>> = {
  AnyWord: { kind: 'token', name: 'name' },
  Word: { kind: 'token', name: 'name' },
  Text: { kind: 'token', name: 'string' },
  Number: { kind: 'token', name: 'number' },
  Date: { kind: 'token', name: 'date' },
  Comparison: choice(['!=', '<', '<=', '>', '>='].map(literal)),
  "'minutes'": choice(['minutes', 'hours', 'days', 'weeks'].map(literal)),
};

/** Rules that only give a token another name inside the parser. */
const ALIASES: ReadonlySet<string> = new Set(['string', 'day', 'id', 'flag', 'wholeExpression', 'pathPart']);

/** Parts that the parser reads within another rule, and that are easier to read by themselves. */
const EXTRACTED: Readonly<Record<string, string>> = { operand: 'comparison' };

/** @returns every rule that a rule file can lead to, each before those it uses */
export function syntaxRules(): readonly SyntaxRule[] {
  const productions = new Map(
    (new Grammar().getSerializedGastProductions() as readonly Production[]).map((rule) => [rule.name ?? '', rule]),
  );
  const bodyOf = (name: string): SyntaxNode => inSequence(productions.get(name)?.definition ?? [], bodyOf);
  const rules = new Map<string, SyntaxRule>();
  const visit = (name: string): void => {
    if (rules.has(name)) return;
    const part = EXTRACTED[name];
    const body = bodyOf(name);
    const [definition, extracted] = part === undefined ? [body, null] : extract(body, part);
    rules.set(name, { name: spelled(name), definition });
    if (part !== undefined && extracted !== null) rules.set(part, { name: part, definition: extracted });
    for (const used of rulesIn(productions.get(name))) if (!ALIASES.has(used)) visit(used);
  };
  visit('file');
  return [...rules.values()];
}

/** @returns the node with a reference in the place of its first optional part, and that part */
function extract(node: SyntaxNode, name: string): readonly [SyntaxNode, SyntaxNode | null] {
  if (node.kind === 'optional') return [{ kind: 'optional', part: { kind: 'rule', name } }, node.part];
  if (node.kind !== 'sequence' && node.kind !== 'choice') return [node, null];
  const parts = node.kind === 'sequence' ? node.parts : node.alternatives;
  let extracted: SyntaxNode | null = null;
  const replaced = parts.map((part) => {
    if (extracted !== null) return part;
    const [kept, found] = extract(part, name);
    extracted = found;
    return kept;
  });
  return [
    node.kind === 'sequence' ? { kind: 'sequence', parts: replaced } : { kind: 'choice', alternatives: replaced },
    extracted,
  ];
}

function inSequence(parts: readonly Production[], bodyOf: (name: string) => SyntaxNode): SyntaxNode {
  const nodes = parts.map((part) => toNode(part, bodyOf));
  return nodes.length === 1 ? (nodes[0] as SyntaxNode) : { kind: 'sequence', parts: nodes };
}

function toNode(production: Production, bodyOf: (name: string) => SyntaxNode): SyntaxNode {
  const { type, name = '', label, definition = [], separator } = production;
  const inner = (): SyntaxNode => inSequence(definition, bodyOf);
  switch (type) {
    case 'Terminal':
      return SPELLINGS[name] ?? literal((label ?? name).replace(/^"|"$/g, ''));
    case 'NonTerminal':
      return ALIASES.has(name) ? bodyOf(name) : { kind: 'rule', name: spelled(name) };
    case 'Alternation':
      return choice(definition.map((alternative) => toNode(alternative, bodyOf)));
    case 'Option':
      return { kind: 'optional', part: inner() };
    case 'Repetition':
    case 'RepetitionWithSeparator':
    case 'RepetitionMandatory':
    case 'RepetitionMandatoryWithSeparator':
      return {
        kind: 'repetition',
        part: inner(),
        separator: separator === undefined ? null : toNode(separator, bodyOf),
        atLeastOne: type.startsWith('RepetitionMandatory'),
      };
    default:
      return inner();
  }
}

/** A choice within a choice is one choice. */
function choice(alternatives: readonly SyntaxNode[]): SyntaxNode {
  return {
    kind: 'choice',
    alternatives: alternatives.flatMap((one) => (one.kind === 'choice' ? one.alternatives : [one])),
  };
}

function literal(text: string): SyntaxNode {
  return { kind: 'literal', text };
}

function rulesIn(production: Production | undefined): readonly string[] {
  if (production === undefined) return [];
  const inner = (production.definition ?? []).flatMap(rulesIn);
  return production.type === 'NonTerminal' ? [production.name ?? ''] : inner;
}

/** `testEvent` is `test-event` to people. */
function spelled(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
