/** Badges that cannot be issued because of their template, in words. */

import type { BadgeProvider } from '../../plugin/ports/badge-provider.ts';
import type { BadgeDefinition } from '../../plugin/ports/badge-store.ts';
import { type TemplateTrouble, templateTroubles } from '../../plugin/providers/template-use.ts';
import { type FilledWords, words } from '../../plugin/words.ts';
import { badgePath } from './badge-links.ts';
import type { Services } from './services.ts';
import { templatePath } from './template-links.ts';

export interface ShownTrouble {
  readonly badge: string;
  readonly href: string;
  /** Goes on after the badge's name. */
  readonly message: FilledWords;
  /** null: there is none. */
  readonly templateHref: string | null;
}

export async function shownTroubles(
  definitions: readonly Pick<BadgeDefinition, 'id' | 'name' | 'template' | 'active'>[],
  { providers, providerStore }: Pick<Services, 'providers' | 'providerStore'>,
): Promise<readonly ShownTrouble[]> {
  const withTemplates = [...providers.values()].filter(
    ({ capabilities }) => capabilities.accounts !== null || capabilities.createsTemplates,
  );
  const troubles = await templateTroubles(definitions, providerStore, new Set(withTemplates.map(({ name }) => name)));
  return troubles.map((trouble) => ({
    badge: trouble.badge.name ?? trouble.badge.id,
    href: badgePath(trouble.badge.id),
    message: messageOf(trouble, providers.get(trouble.provider)),
    templateHref: trouble.account && trouble.template && templatePath(trouble.account, trouble.template),
  }));
}

function messageOf({ template, account, templateText, provider }: TemplateTrouble, at?: BadgeProvider): FilledWords {
  const title = at?.title ?? provider;
  if (template === null || account === null)
    return at?.capabilities.createsTemplates
      ? words('{provider} has no template "{template}" here; make it, or correct the rule', {
          provider: title,
          template: templateText,
        })
      : words('no account at {provider} has its template "{template}"; synchronise the accounts or correct the rule', {
          provider: title,
          template: templateText,
        });
  if (template.state === 'active')
    return words('the account "{account}" of its template is disabled', { account: account.name });
  if (template.state === 'retired')
    return words('{provider} does not list its template "{template}" any more', {
      provider: title,
      template: template.name,
    });
  return words('its template "{template}" is {state} at {provider}', {
    ...{ template: template.name, provider: title, state: words(template.state) },
  });
}
