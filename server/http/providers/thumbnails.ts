/** Where pages find the picture of a template: always here, never at the provider. */

import { createHash } from 'node:crypto';
import type { BadgeTemplate, ProviderAccount } from '../../../plugin/ports/provider-store.ts';
import { holdersOf } from '../../../plugin/providers/template-holders.ts';
import { templateClause } from '../../../plugin/providers/template-use.ts';
import { type FilledWords, words } from '../../../plugin/words.ts';
import type { Services } from '../services.ts';
import { safeUrl } from '../words/format.ts';
import { templatePath } from './template-links.ts';

/** In place of a picture that there is none of. */
export const NO_PICTURE = '/assets/no-picture.svg';

export interface Thumbnail {
  readonly src: string;
  readonly alt: FilledWords;
}

/** @returns the address here; null: it has no picture */
export function pictureOf(
  account: Pick<ProviderAccount, 'provider' | 'slug'>,
  template: Pick<BadgeTemplate, 'templateId' | 'imageUrl'>,
  { publicUrl }: Pick<Services['settings'], 'publicUrl'>,
  pathOf: typeof templatePath = templatePath,
): string | null {
  const address = safeUrl(template.imageUrl);
  if (address === null) return null;
  if (address.startsWith(`${publicUrl}/open-badges/images/`)) return new URL(address).pathname;
  // Another picture has another address, so that browsers may keep this one.
  const mark = createHash('sha256').update(address).digest('hex').slice(0, 12);
  return `${pathOf(account, template)}/picture?v=${mark}`;
}

export function thumbnailOf(
  account: Pick<ProviderAccount, 'provider' | 'slug'>,
  template: Pick<BadgeTemplate, 'templateId' | 'imageUrl' | 'name'>,
  settings: Pick<Services['settings'], 'publicUrl'>,
): Thumbnail {
  const alt = words('Picture of {name}', { name: template.name });
  return { src: pictureOf(account, template, settings) ?? NO_PICTURE, alt };
}

/** By what rules write: `credly:<id>`. */
export type Thumbnails = ReadonlyMap<string, Thumbnail>;

/** Of the templates of many badges at once; those that nobody knows get the picture for none. */
export async function thumbnailsOf(
  texts: Iterable<string | null>,
  { providerStore, settings }: Pick<Services, 'providerStore' | 'settings'>,
): Promise<Thumbnails> {
  const wanted = [...new Set(texts)].filter((text) => text !== null);
  const accounts = wanted.length === 0 ? [] : await providerStore.accounts();
  const found = wanted.map(async (text) => {
    const clause = templateClause({ template: text });
    if (clause === null) return [];
    const [held] = await holdersOf(clause, accounts, providerStore);
    if (held) return [[text, thumbnailOf(held.account, held.template, settings)] as const];
    const alt = words('Picture of {name}', { name: clause.text });
    return [[text, { src: NO_PICTURE, alt }] as const];
  });
  return new Map((await Promise.all(found)).flat());
}
