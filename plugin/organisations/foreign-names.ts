/** What a badge of an organisation may not name although it is there: what is foreign to it, as if it were not. */

import {
  type Badge,
  type BadgeBlock,
  type Diagnostic,
  type Environment,
  parse,
  type RuleFile,
} from '../../dsl/index.ts';
import { checkBadgeText } from '../badges/badge-text.ts';
import { isError, problem } from '../badges/book-diagnostics.ts';

/** What is stored, as far as the organisation sees it. */
export interface SeenWorld {
  readonly environment: Environment;
  /** Ids of the badges that it may name. */
  readonly badges: ReadonlySet<string>;
  upstreams(badgeId: string): readonly string[];
  /** Whether a badge with this id may be its own, or become it. */
  mayTake(badgeId: string): boolean;
}

/** Everything but the tests, which the whole world is asked for.
 *  @returns errors; none: the text names nothing foreign, as far as badges go */
export function foreignNames(
  text: string,
  { environment, badges, upstreams, mayTake }: SeenWorld,
): { readonly errors: readonly Diagnostic[]; readonly file: RuleFile; readonly badge: Badge | null } {
  const { file, diagnostics, sound } = checkBadgeText(text, { ...environment, knownBadges: badges }, { upstreams });
  const errors = diagnostics.filter(isError);
  const block = blockOf(file);
  if (errors.length > 0 || sound === null || block === null) return { errors, file, badge: null };
  if (mayTake(sound.badge.id)) return { errors, file, badge: sound.badge };
  const message = `the id "${sound.badge.id}" is taken already`;
  const taken = problem('badge.duplicate', message, 'choose another id', text, block.id.span);
  return { errors: [taken], file, badge: null };
}

/** The id that a text gives its badge, whatever else is wrong with it; '': none. */
export function badgeIdIn(text: string): string {
  return blockOf(parse(text).file)?.id.value ?? '';
}

/** What a text is issued by: the provider's word and what stands behind it; null: it names nothing. */
export function templateIn(file: RuleFile): { readonly provider: string; readonly text: string } | null {
  const template = blockOf(file)?.template ?? null;
  return template && { provider: template.provider.text, text: template.id.value };
}

/** Said of a template that is there and foreign, as of one that is not there.
 *  @param offers whether the organisation may issue by it */
export function unofferedTemplate(
  text: string,
  file: RuleFile,
  offers: (provider: string, template: string) => boolean,
): Diagnostic | null {
  const template = blockOf(file)?.template ?? null;
  if (template === null || offers(template.provider.text, template.id.value)) return null;
  const message = `there is no template "${template.id.value}" that this badge may be issued by`;
  return problem('book.template', message, 'choose one from the list of templates', text, template.span);
}

function blockOf(file: RuleFile): BadgeBlock | null {
  return file.blocks.find((block) => block.kind === 'badge') ?? null;
}
