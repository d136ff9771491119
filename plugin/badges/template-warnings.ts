/** What a plan says of badges in its files that could not be issued by the template they name, as far as it is known here. */

import { type BadgeBlock, type Diagnostic, parse, SourceText } from '../../dsl/index.ts';
import type { BadgeProvider } from '../ports/badge-provider.ts';
import type { BadgeTemplate, ProviderStore } from '../ports/provider-store.ts';
import { type HeldTemplate, holdersOf, standingOf, type TemplateStanding } from '../providers/template-holders.ts';
import { qualified } from '../providers/template-text.ts';
import { templatesKeptHere } from '../providers/template-use.ts';
import { problem } from './book-diagnostics.ts';
import type { PlanWarning } from './rule-plan.ts';
import type { GivenFile } from './target-state.ts';

export interface TemplateLook {
  readonly providers: ReadonlyMap<string, Pick<BadgeProvider, 'name' | 'title' | 'capabilities'>>;
  readonly store: Pick<ProviderStore, 'accounts' | 'templatesById'>;
}

/** What is known here of a template that a rule names. */
export interface KnownOfTemplate {
  readonly title: string;
  readonly createsTemplates: boolean;
  /** The provider has an account here. */
  readonly hasAccount: boolean;
  readonly standing: TemplateStanding;
}

/** Asked at the same time, of a file with thousands of badges. */
const AT_ONCE = 100;

/** In the order of the files and of their badges. @throws StoreError */
export async function templateWarnings(
  files: readonly GivenFile[],
  { providers, store }: TemplateLook,
): Promise<readonly PlanWarning[]> {
  const kept = templatesKeptHere(providers);
  const named = files.flatMap((file) => {
    const source = new SourceText(file.text);
    const blocks = parse(file.text).file.blocks.filter((block) => block.kind === 'badge');
    return blocks.flatMap((block) =>
      kept.has(block.template?.provider.text ?? '') ? [{ file: file.name, source, block }] : [],
    );
  });
  if (named.length === 0) return [];
  const accounts = await store.accounts();
  const known = new Map<string, KnownOfTemplate>();
  const keys = new Map(named.map(({ block }) => [keyOf(block), block]));
  const asked = [...keys];
  for (let at = 0; at < asked.length; at += AT_ONCE) {
    const found = asked.slice(at, at + AT_ONCE).map(async ([key, block]) => {
      const clause = { provider: block.template?.provider.text ?? '', text: block.template?.id.value ?? '' };
      const provider = providers.get(clause.provider);
      known.set(key, {
        title: provider?.title ?? clause.provider,
        createsTemplates: provider?.capabilities.createsTemplates === true,
        hasAccount: accounts.some((account) => account.provider === clause.provider),
        standing: standingOf(await holdersOf(clause, accounts, store)),
      });
    });
    await Promise.all(found);
  }
  return named.flatMap(({ file, source, block }) => {
    const here = known.get(keyOf(block));
    const warning = here && templateWarning(block, source, here);
    if (!warning) return [];
    const { line, column, code, message, hint } = warning;
    return [{ file, line, column, code, message, hint }];
  });
}

/** @param block of a badge, in `source` @returns null when it can be issued, or names no template */
export function templateWarning(block: BadgeBlock, source: SourceText, known: KnownOfTemplate): Diagnostic | null {
  const { template } = block;
  if (template === null) return null;
  const found = troubleOf(template.id.value, known);
  if (found === null) return null;
  const message = `badge "${block.id.value}" could not be issued: ${found.why}`;
  return problem(found.code, message, found.remedy, source, template.id.span);
}

interface Trouble {
  readonly code: 'book.template-unknown' | 'book.template-unusable';
  /** Goes on after a colon. */
  readonly why: string;
  readonly remedy: string;
}

function troubleOf(text: string, { title, createsTemplates, hasAccount, standing }: KnownOfTemplate): Trouble | null {
  const code = 'book.template-unusable';
  switch (standing.kind) {
    case 'usable':
      return null;
    case 'unknown':
      return { code: 'book.template-unknown', ...unknown(text, title, { createsTemplates, hasAccount }) };
    case 'several': {
      const choices = standing.held.map(({ account, template }) => `"${qualified(account, template.templateId)}"`);
      return {
        ...{ code, why: `several accounts at ${title} have the template "${text}"` },
        remedy: `write ${choices.join(' or ')}`,
      };
    }
    case 'disabled':
      return {
        ...{ code, why: `the account "${standing.held.account.name}" of its template is disabled` },
        remedy: 'enable it on the pages, Providers, or name another template',
      };
    default:
      return { code, why: stateOf(standing.held.template, title), remedy: remedyOf(standing.held) };
  }
}

function unknown(
  text: string,
  title: string,
  { createsTemplates, hasAccount }: Pick<KnownOfTemplate, 'createsTemplates' | 'hasAccount'>,
): Omit<Trouble, 'code'> {
  if (createsTemplates)
    return {
      why: `${title} has no template "${text}" here`,
      remedy: 'make it on the pages, Templates, or correct the rule',
    };
  return hasAccount
    ? {
        why: `no account at ${title} has the template "${text}" here`,
        remedy: 'synchronise its account (laurel templates sync), or correct the rule',
      }
    : {
        why: `there is no account at ${title} here`,
        remedy: 'connect one on the pages, Providers, and synchronise its templates',
      };
}

function stateOf({ name, state }: BadgeTemplate, title: string): string {
  return state === 'retired'
    ? `${title} does not list its template "${name}" any more`
    : `its template "${name}" is ${state === 'draft' ? 'a draft' : 'archived'} at ${title}`;
}

function remedyOf({ template: { syncedAt, state }, account: { slug } }: HeldTemplate): string {
  if (syncedAt === null) return 'make it active on its page, or name another template';
  const sync = `synchronise the account (laurel templates sync --account ${slug})`;
  return state === 'retired'
    ? `where it is listed again, ${sync}; else name another template`
    : `make it active there and ${sync}, or name another template`;
}

function keyOf({ template }: BadgeBlock): string {
  return `${template?.provider.text}:${template?.id.value}`;
}
