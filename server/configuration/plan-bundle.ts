/** What a bundle would change of the configuration in force: nothing is ever removed. */

import { createHash } from 'node:crypto';
import { InputError } from '../../plugin/errors.ts';
import { belongingKey } from '../../plugin/ports/belongings.ts';
import { entryErrors } from '../http/providers/open-badge-form.ts';
import type { Services } from '../http/services.ts';
import { type Bundle, bundleText } from './bundle.ts';
import { tornProblems } from './bundle-names.ts';
import { exportBundle } from './export-bundle.ts';

export const sections = [
  'badge',
  'issuer',
  'template',
  'account',
  'asset',
  'type',
  'configuration',
  'belonging',
] as const;

export type Section = (typeof sections)[number];

export interface BundleChange {
  readonly section: Section;
  readonly id: string;
  /** `kept`: it is here, and not in the bundle. */
  readonly change: 'create' | 'change' | 'same' | 'kept';
}

export interface BundlePlan {
  /** Of what would be done and of what it would be done to: another plan has another one. */
  readonly hash: string;
  readonly changes: readonly BundleChange[];
  /** Accounts that come without their secrets, as `provider/slug`. */
  readonly secretsMissing: readonly string[];
}

/** Each part of a configuration that has an id of its own, as text. */
type Parts = ReadonlyMap<string, { readonly section: Section; readonly id: string; readonly text: string }>;

/** @throws InputError `input.bundle` with what cannot be done; StoreError */
export async function planBundle(bundle: Bundle, services: Services): Promise<BundlePlan> {
  const present = await exportBundle(services);
  const problems = [...(await ruleProblems(bundle, services)), ...otherProblems(bundle, present, services)];
  if (problems.length === 0) problems.push(...(await tornProblems(bundle, services)));
  if (problems.length > 0)
    throw new InputError(
      'bundle',
      `the configuration cannot be used:\n${problems.map((one) => `  ${one}`).join('\n')}`,
    );
  const stored = partsOf(present);
  const wanted = partsOf(bundle);
  const changes: BundleChange[] = [...wanted].map(([key, { section, id, text }]) => {
    const former = stored.get(key);
    return { section, id, change: former === undefined ? 'create' : former.text === text ? 'same' : 'change' };
  });
  for (const [key, { section, id }] of stored) if (!wanted.has(key)) changes.push({ section, id, change: 'kept' });
  changes.sort((a, b) => sections.indexOf(a.section) - sections.indexOf(b.section) || (a.id < b.id ? -1 : 1));
  const created = changes.filter(({ section, change }) => section === 'account' && change === 'create');
  return {
    hash: createHash('sha256').update(bundleText(bundle)).update(bundleText(present)).digest('hex').slice(0, 16),
    changes,
    secretsMissing: created.map(({ id }) => id),
  };
}

export function countsOf({ changes }: BundlePlan): Readonly<Record<BundleChange['change'], number>> {
  const counts = { create: 0, change: 0, same: 0, kept: 0 };
  for (const { change } of changes) counts[change] += 1;
  return counts;
}

function partsOf(bundle: Bundle): Parts {
  const parts = new Map<string, { section: Section; id: string; text: string }>();
  const add = (section: Section, id: string, value: unknown): void => {
    // In the same canonical form, whatever the order of names in the file was.
    parts.set(`${section} ${id}`, { section, id, text: bundleText(value as Bundle) });
  };
  for (const { file, rules } of bundle.badges) add('badge', file.replace(/\.rules$/, ''), rules);
  if (bundle.issuer) add('issuer', 'issuer', bundle.issuer);
  for (const template of bundle.openBadgeTemplates) add('template', template.id, template);
  for (const account of bundle.accounts) add('account', `${account.provider}/${account.slug}`, account);
  for (const asset of bundle.assets) add('asset', asset.slug, asset);
  for (const type of bundle.types) add('type', type.id, type);
  for (const configuration of bundle.configurations) add('configuration', configuration.id, configuration);
  for (const belonging of bundle.belongings ?? []) add('belonging', belongingKey(belonging), belonging);
  return parts;
}

async function ruleProblems({ badges }: Bundle, { planRules }: Services): Promise<readonly string[]> {
  const files = badges.map(({ file, rules }) => ({ name: file, text: rules }));
  const result = await planRules(files, { prune: false, exported: true });
  if (result.ok) return [];
  return result.texts.flatMap(({ name, diagnostics }) =>
    diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`),
  );
}

function otherProblems(bundle: Bundle, present: Bundle, { environment }: Services): readonly string[] {
  return [
    ...bundle.openBadgeTemplates.flatMap((template) =>
      entryErrors(template).map(({ message }) => `template "${template.id}": ${message}`),
    ),
    ...bundle.accounts.flatMap(({ provider, slug, host, externalId }) => {
      const place = `account ${provider}/${slug}`;
      if (!environment.providers.has(provider)) return [`${place}: there is no such provider here; load its plug-in`];
      const here = present.accounts.find((one) => one.provider === provider && one.slug === slug);
      // A secret must not go to another place than the one it was entered for.
      return here && (here.host !== host || here.externalId !== externalId)
        ? [`${place}: here it is at another place; remove it on the page of providers, then import again`]
        : [];
    }),
  ];
}
