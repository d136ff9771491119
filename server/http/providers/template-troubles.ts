/** Badges that cannot be issued because of their template, in words. */

import type { BadgeProvider } from '../../../plugin/ports/badge-provider.ts';
import type { BadgeDefinition } from '../../../plugin/ports/badge-store.ts';
import type { HeldTemplate } from '../../../plugin/providers/template-holders.ts';
import { qualified } from '../../../plugin/providers/template-text.ts';
import { type TemplateTrouble, templatesKeptHere, templateTroubles } from '../../../plugin/providers/template-use.ts';
import { type FilledWords, words } from '../../../plugin/words.ts';
import { OPEN_BADGES } from '../../../providers/index.ts';
import { queryString } from '../forms/forms.ts';
import { badgePath } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { templatePath } from './template-links.ts';

export interface ShownTrouble {
  readonly badge: string;
  readonly href: string;
  /** Goes on after the badge's name. */
  readonly message: FilledWords;
  /** null: there is none. */
  readonly templateHref: string | null;
  /** Where one is made that the rule would find; null: not here. */
  readonly makeHref: string | null;
}

export async function shownTroubles(
  definitions: readonly Pick<BadgeDefinition, 'id' | 'name' | 'template' | 'active'>[],
  { providers, providerStore }: Pick<Services, 'providers' | 'providerStore'>,
): Promise<readonly ShownTrouble[]> {
  const troubles = await templateTroubles(definitions, providerStore, templatesKeptHere(providers));
  return troubles.map((trouble) => ({
    badge: trouble.badge.name ?? trouble.badge.id,
    href: badgePath(trouble.badge.id),
    message: messageOf(trouble, providers.get(trouble.provider)),
    templateHref: templateHref(trouble),
    makeHref: makeHref(trouble),
  }));
}

function templateHref({ standing }: TemplateTrouble): string | null {
  if (standing.kind === 'unknown' || standing.kind === 'several') return null;
  return templatePath(standing.held.account, standing.held.template);
}

function makeHref({ badge, provider, standing, templateText }: TemplateTrouble): string | null {
  if (standing.kind !== 'unknown' || provider !== OPEN_BADGES) return null;
  return `/open-badge-templates/new${queryString({ id: templateText, name: badge.name ?? '' })}`;
}

function messageOf({ standing, templateText, provider }: TemplateTrouble, at?: BadgeProvider): FilledWords {
  const title = at?.title ?? provider;
  const asWritten = { provider: title, template: templateText };
  switch (standing.kind) {
    case 'unknown':
      return at?.capabilities.createsTemplates
        ? words('{provider} has no template "{template}" here; make it, or correct the rule', asWritten)
        : words(
            'no account at {provider} has its template "{template}"; synchronise the accounts or correct the rule',
            asWritten,
          );
    case 'several': {
      const choices = standing.held.map(({ account, template }) => qualified(account, template.templateId));
      return words(
        'several accounts at {provider} have its template "{template}"; write one of these in the rule: {choices}',
        { ...asWritten, choices: choices.join(', ') },
      );
    }
    case 'disabled':
      return words('the account "{account}" of its template is disabled', { account: standing.held.account.name });
    case 'retired':
      return words('{provider} does not list its template "{template}" any more', named(title, standing.held));
    case 'draft':
      return words('its template "{template}" is a draft at {provider}', named(title, standing.held));
    case 'archived':
      return words('its template "{template}" is archived at {provider}', named(title, standing.held));
  }
}

function named(provider: string, { template }: HeldTemplate) {
  return { provider, template: template.name };
}

/** The same as a sentence of its own. */
export function cannotBeIssued({ message }: Pick<ShownTrouble, 'message'>): FilledWords {
  return words('It cannot be issued: {why}.', { why: message });
}
