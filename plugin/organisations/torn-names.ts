/** What a badge of one organisation may not name because it is another's, whoever writes it: neither's people would see both. What
 *  a badge names already it may go on naming, so that it can be switched off and mended. */

import { type Badge, type BadgeBlock, type Diagnostic, type RuleFile, upstreamsOf } from '../../dsl/index.ts';
import { triggerOn } from '../badges/badge-text.ts';
import { problem } from '../badges/book-diagnostics.ts';

/** What a badge names, and has not named before. */
export interface NewNames {
  readonly id: string;
  /** As a rule writes it. */
  readonly template: { readonly provider: string; readonly text: string } | null;
  /** Ids of badges that it waits for. */
  readonly upstreams: readonly string[];
}

/** A name that leads to another organisation. */
export interface TornName {
  readonly badge: string;
  readonly names: 'template' | 'badge';
  /** As the rule writes it. */
  readonly text: string;
  /** That of the badge. */
  readonly organisation: string;
  /** That of what it names. */
  readonly other: string;
}

/** Which of the names lead from one organisation to another. @throws StoreError */
export type FindTorn = (names: readonly NewNames[]) => Promise<readonly TornName[]>;

export const findNothingTorn: FindTorn = async () => [];

/** @param former the badge in force; null: none, or one that cannot be read */
export function newNames(badge: Badge, former: Badge | null): NewNames {
  const before = former === null ? [] : upstreamsOf(former);
  const { template } = badge;
  const isOld = template?.provider === former?.template?.provider && template?.id === former?.template?.id;
  return {
    id: badge.id,
    template: template === null || isOld ? null : { provider: template.provider, text: template.id },
    upstreams: upstreamsOf(badge).filter((id) => !before.includes(id)),
  };
}

/** @param file the parsed text, which holds the badge */
export function tornProblem(
  { badge, names, text: named, organisation, other }: TornName,
  text: string,
  file: RuleFile,
) {
  const block = file.blocks.find((one): one is BadgeBlock => one.kind === 'badge' && one.id.value === badge);
  const span = (names === 'template' ? block?.template : triggerOn(named, file, badge))?.span ?? file.span;
  const what = names === 'template' ? 'its template' : 'the badge that it waits for,';
  const message = `badge "${badge}" belongs to ${organisation}, and ${what} "${named}" to ${other}`;
  const hint = 'name what is of the same organisation or shared by all, or give one of the two away';
  return problem('book.organisation', message, hint, text, span) satisfies Diagnostic;
}
