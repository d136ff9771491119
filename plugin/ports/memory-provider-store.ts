/** The in-memory twin of the provider store: the reference behaviour, for tests; not for production. */

import { compareCodePoints } from '../../dsl/index.ts';
import { ConflictError } from '../errors.ts';
import type { Page } from './learner-store.ts';
import type { BadgeTemplate, ProviderAccount, ProviderStore, TemplateQuery } from './provider-store.ts';

export class MemoryProviderStore implements ProviderStore {
  readonly #accounts = new Map<string, ProviderAccount>();
  readonly #templates = new Map<string, BadgeTemplate>();

  async accounts(provider?: string): Promise<readonly ProviderAccount[]> {
    return [...this.#accounts.values()]
      .filter((account) => provider === undefined || account.provider === provider)
      .sort((a, b) => compareCodePoints(a.provider, b.provider) || compareCodePoints(a.slug, b.slug));
  }

  async account(id: string): Promise<ProviderAccount | null> {
    return this.#accounts.get(id) ?? null;
  }

  async saveAccount(account: ProviderAccount): Promise<boolean> {
    for (const other of this.#accounts.values()) {
      if (other.id !== account.id && isSameAccount(account, other)) throw accountExists(other);
    }
    if ((this.#accounts.get(account.id)?.version ?? 0) !== account.version) return false;
    this.#accounts.set(account.id, { ...account, version: account.version + 1 });
    return true;
  }

  async removeAccount(id: string): Promise<boolean> {
    for (const [key, { accountId }] of this.#templates) if (accountId === id) this.#templates.delete(key);
    return this.#accounts.delete(id);
  }

  async templatesById(provider: string, templateId: string): Promise<readonly BadgeTemplate[]> {
    return [...this.#templates.values()]
      .filter((template) => template.provider === provider && template.templateId === templateId)
      .sort((a, b) => compareCodePoints(a.accountId, b.accountId));
  }

  async template(provider: string, accountId: string, templateId: string): Promise<BadgeTemplate | null> {
    return this.#templates.get(keyOf({ provider, accountId, templateId })) ?? null;
  }

  async saveTemplate(template: BadgeTemplate): Promise<boolean> {
    const key = keyOf(template);
    if ((this.#templates.get(key)?.version ?? 0) !== template.version) return false;
    this.#templates.set(key, { ...template, version: template.version + 1 });
    return true;
  }

  async removeTemplate(
    template: Pick<BadgeTemplate, 'provider' | 'accountId' | 'templateId' | 'version'>,
  ): Promise<boolean> {
    const key = keyOf(template);
    return this.#templates.get(key)?.version === template.version && this.#templates.delete(key);
  }

  async templates({ search, after, limit, ...exactly }: TemplateQuery): Promise<Page<BadgeTemplate>> {
    const wanted = [...this.#templates.values()]
      .filter((one) => exactly.provider === undefined || one.provider === exactly.provider)
      .filter((one) => exactly.accountId === undefined || one.accountId === exactly.accountId)
      .filter((one) => exactly.state === undefined || one.state === exactly.state)
      .filter((one) => search === undefined || matches(one, search))
      .sort((a, b) => compareCodePoints(templateCursor(a), templateCursor(b)));
    const rest =
      after === undefined ? wanted : wanted.filter((one) => compareCodePoints(templateCursor(one), after) > 0);
    const items = rest.slice(0, limit);
    const last = items.at(-1);
    return { items, next: last && rest.length > limit ? templateCursor(last) : null };
  }

  async templateCounts() {
    const counts = new Map<string, { accountId: string; state: BadgeTemplate['state']; count: number }>();
    for (const { accountId, state } of this.#templates.values()) {
      const key = `${accountId} ${state}`;
      const entry = counts.get(key) ?? { accountId, state, count: 0 };
      counts.set(key, { ...entry, count: entry.count + 1 });
    }
    return [...counts.values()].sort(
      (a, b) => compareCodePoints(a.accountId, b.accountId) || compareCodePoints(a.state, b.state),
    );
  }
}

export function accountExists({ slug, name }: Pick<ProviderAccount, 'slug' | 'name'>): ConflictError {
  return new ConflictError(
    'account-exists',
    `the account "${name}" (${slug}) has this name or stands for the same account at the provider; change that one instead`,
  );
}

/** Where the page after this template begins: by folded name, so that upper and lower case stand together. */
export function templateCursor({ name, provider, accountId, templateId }: BadgeTemplate): string {
  return [foldedName(name), provider, accountId, templateId].join('\u0000');
}

export function foldedName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function isSameAccount(a: ProviderAccount, b: ProviderAccount): boolean {
  if (a.provider !== b.provider) return false;
  return a.slug === b.slug || (a.externalId !== null && a.externalId === b.externalId && a.host === b.host);
}

function keyOf({ provider, accountId, templateId }: Pick<BadgeTemplate, 'provider' | 'accountId' | 'templateId'>) {
  return JSON.stringify([provider, accountId, templateId]);
}

function matches({ name, templateId }: BadgeTemplate, search: string): boolean {
  const wanted = foldedName(search);
  const folded = foldedName(name);
  return templateId === search || folded.startsWith(wanted) || folded.includes(` ${wanted}`);
}
