/** What stands differently at a provider and here, template by template: found without changing anything. */

import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { ProviderTemplate } from '../../ports/badge-provider.ts';
import type { BadgeTemplate } from '../../ports/provider-store.ts';
import { factsOf, type TemplateFacts } from '../store-template.ts';
import type { TemplateUse } from './template-use.ts';

/** In the order in which people look at them: what takes something away first. `gone`: the provider does not list it any more. */
export const differenceKinds = ['gone', 'changed', 'added', 'unchanged'] as const;

export type DifferenceKind = (typeof differenceKinds)[number];

export interface Difference {
  readonly kind: DifferenceKind;
  readonly templateId: string;
  readonly name: string;
  /** As it is here; null: it is not, or nothing changes. */
  readonly before: TemplateFacts | null;
  /** As the provider lists it; null: it does not, or nothing changes. */
  readonly after: TemplateFacts | null;
  /** What hangs on one that is gone. */
  readonly use?: TemplateUse;
}

export interface FieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

export function isDifferenceKind(text: string): text is DifferenceKind {
  return (differenceKinds as readonly string[]).includes(text);
}

/** @returns null: it is not known here, and cannot be issued */
export function differenceOf(known: BadgeTemplate | undefined, listed: ProviderTemplate): Difference | null {
  const { id: templateId, ...after } = listed;
  const named = { templateId, name: listed.name };
  if (known === undefined)
    return listed.state === 'active' ? { kind: 'added', ...named, before: null, after: factsOf(after) } : null;
  const before = factsOf(known);
  return isDeepStrictEqual(before, factsOf(after))
    ? { kind: 'unchanged', ...named, before: null, after: null }
    : { kind: 'changed', ...named, before, after: factsOf(after) };
}

export function goneTemplate(known: BadgeTemplate, use: TemplateUse): Difference {
  const { templateId, name } = known;
  return { kind: 'gone', templateId, name, before: factsOf(known), after: null, use };
}

/** Field by field; what only the provider knows of by its own names. */
export function fieldChangesOf({ before, after }: Pick<Difference, 'before' | 'after'>): readonly FieldChange[] {
  const former = leavesOf(before);
  const next = leavesOf(after);
  return [...new Set([...former.keys(), ...next.keys()])].flatMap((field) => {
    const change = { field, before: former.get(field) ?? null, after: next.get(field) ?? null };
    return isDeepStrictEqual(change.before, change.after) ? [] : [change];
  });
}

function leavesOf(facts: TemplateFacts | null): ReadonlyMap<string, unknown> {
  if (facts === null) return new Map();
  const { details, ...plain } = facts;
  return new Map(Object.entries({ ...plain, ...details }));
}

/** Of all that changes, by the print of each: the same in whatever order the provider lists. */
export function fingerprintOf(prints: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const one of [...prints].sort()) hash.update(one);
  return hash.digest('hex');
}

/** Of one difference, for `fingerprintOf`; null: nothing changes. Counted in are the badges that are active on what is gone: who agreed
 *  to lose a template did not agree to lose those that came since. */
export function printOf({ kind, templateId, before, after, use }: Difference): string | null {
  if (kind === 'unchanged') return null;
  const active = use?.badges.flatMap((badge) => (badge.active ? badge.id : [])).sort() ?? [];
  return createHash('sha256')
    .update(JSON.stringify(inOrder([kind, templateId, before, after, active])))
    .digest('hex');
}

/** Names of objects sorted: two answers of a provider need not have them in the same order. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, inOrder(inner)]),
  );
}
