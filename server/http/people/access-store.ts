/** Who may enter: accounts with their roles, one-time sign-ins, API tokens; and the record of what they did.
 *  Secrets never reach the store: it sees hashes only. */

import { isLimited, type Organisations } from '../../../plugin/organisations/standing.ts';
import type { Page } from '../../../plugin/ports/learner-store.ts';
import { memoryRecords } from '../../../plugin/ports/memory-records.ts';
import type { RecordShape, Records } from '../../../plugin/ports/records.ts';
import type { Role } from './rights.ts';
import type { Scope } from './scopes.ts';

export type { Role } from './rights.ts';

export interface Account {
  readonly id: string;
  /** What one signs in with; unique whatever the case of its letters. */
  readonly name: string;
  readonly role: Role;
  /** As `hashPassword` makes it: algorithm, parameters, salt and hash in one text; null: signs in without a password of ours. */
  readonly passwordHash: string | null;
  /** Username in the LMS of who may sign in there instead; unique; null: none. */
  readonly lmsUsername: string | null;
  /** null: may sign in. */
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
  /** Those it is limited to, ascending; left out: everything is open to it. */
  readonly organisations?: Organisations;
}

/** An account as it lies in the store. */
export interface KnownAccount extends Account {
  /** How often all its sessions were ended: one that began under an earlier number is over, wherever it is kept. */
  readonly generation: number;
}

export type AccountChange = Partial<Pick<Account, 'role' | 'disabledAt' | 'organisations'>>;

export type ExpectedAccount = Partial<Pick<Account, 'role' | 'organisations'>>;

export function isAsExpected(account: Account, expected: ExpectedAccount): boolean {
  const { role = account.role, organisations = account.organisations } = expected;
  return account.role === role && limitText(account.organisations) === limitText(organisations);
}

/** As one text: names hold no spaces. */
export function limitText(organisations: Organisations = []): string {
  return organisations.join(' ');
}

/** A link that signs in once: for the first administrator, for somebody invited, or for who forgot the password. */
export interface OneTimeSignIn {
  readonly tokenHash: string;
  /** Whom it lets choose a password; null: it signs an administrator in without an account. */
  readonly accountId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface ApiToken {
  readonly id: string;
  readonly tokenHash: string;
  /** What it is for, in the words of whoever made it. */
  readonly label: string;
  /** null: made before there were scopes. */
  readonly scopes: readonly Scope[] | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** null: never. */
  readonly expiresAt: Date | null;
  /** To the minute; null: never used. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  /** As of an account. */
  readonly organisations?: Organisations;
}

export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;

export interface AuditEntry {
  readonly id: string;
  readonly at: Date;
  /** An account's name, or `one-time sign-in`, `cli`, `anonymous`. */
  readonly actor: string;
  /** What was done, `object.verb`, e.g. `badge.saved`. */
  readonly action: string;
  /** What it was done to, e.g. `badge:demo-course`; learners by their id. */
  readonly object: string;
  /** Never personal data, never secrets. */
  readonly details: AuditDetails;
}

export const auditShape: RecordShape<AuditEntry> = {
  id: ['id'],
  fields: {
    id: ({ id }) => id,
    at: ({ at }) => at,
    actor: ({ actor }) => actor,
    action: ({ action }) => action,
    object: ({ object }) => object,
  },
};

export interface AccessStore {
  /** By `auditShape`. */
  readonly auditRecords: Records<AuditEntry>;
  /** @returns false when the name, or the username in the LMS, is taken; nothing was changed */
  createAccount(account: Account): Promise<boolean>;
  account(id: string): Promise<KnownAccount | null>;
  accountByName(name: string): Promise<KnownAccount | null>;
  /** By name. */
  accounts(): Promise<readonly KnownAccount[]>;
  /** Gives another role, limits, lets in, or shuts out, which ends all sessions. The last administrator who can sign in stays one, however
   *  many processes change accounts at the same time. */
  changeAccount(
    id: string,
    change: AccountChange,
    now: Date,
    /** @returns `stale` when the account has another role by now, or is limited to others */
    expected?: ExpectedAccount,
  ): Promise<'changed' | 'unknown' | 'last-administrator' | 'stale'>;
  /** Lets the user of the LMS in as this account; null: nobody.
   *  @param expected whom it let in so far
   *  @returns `stale` when it lets in another one by now, `taken` when another account is linked with the user, `no-password` when nobody could sign in any more */
  linkAccount(
    id: string,
    lmsUsername: string | null,
    expected: string | null,
  ): Promise<'changed' | 'unknown' | 'stale' | 'taken' | 'no-password'>;
  /** Ends all sessions too. @returns null when there is no such account */
  setPassword(id: string, passwordHash: string): Promise<KnownAccount | null>;
  /** @returns null when there is no such account */
  endSessions(id: string): Promise<KnownAccount | null>;

  /** Those made before for the same account are worth nothing from now on. */
  saveOneTimeSignIn(signIn: OneTimeSignIn): Promise<void>;
  /** @returns null when there is none that can be used */
  oneTimeSignIn(tokenHash: string, now: Date): Promise<OneTimeSignIn | null>;
  /** Uses it up. @returns true for exactly one caller, and only before it expires */
  consumeOneTimeSignIn(tokenHash: string, now: Date): Promise<boolean>;

  createApiToken(token: ApiToken): Promise<void>;
  /** Newest first, revoked ones too. */
  apiTokens(): Promise<readonly ApiToken[]>;
  /** Notes the use, unless it has expired. @returns null when there is none or it is revoked */
  useApiToken(tokenHash: string, now: Date): Promise<ApiToken | null>;
  /** @returns false when there is none or it was revoked before */
  revokeApiToken(id: string, now: Date): Promise<boolean>;

  /** Entries can be added and read, nothing else. */
  recordAudit(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  audit(query: {
    readonly actor?: string;
    readonly object?: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<Page<AuditEntry>>;
}

/** Names are compared without regard to case and to the way accents are encoded. */
export function accountNameKey(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** Whether this account can look after the others. */
export function isAbleAdministrator(account: Account): boolean {
  return isAdministrator(account) && (account.passwordHash !== null || account.lmsUsername !== null);
}

/** Who is limited to some organisations sees no accounts. */
function isAdministrator({ role, disabledAt, organisations = [] }: Account): boolean {
  return role === 'administrator' && disabledAt === null && !isLimited(organisations);
}

/** @returns whether the change takes an administrator away */
export function endsAdministrator(account: Account, change: AccountChange): boolean {
  return isAdministrator(account) && !isAdministrator({ ...account, ...change });
}

export function hasExpired({ expiresAt }: Pick<ApiToken, 'expiresAt'>, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** The last use is written down at most this often, so that reading the API does not mean writing all the time. */
export const LAST_USE_PRECISION_MS = 60_000;

/** Place of an entry in the order of `audit`: its time, then its id. */
export function auditCursor(entry: Pick<AuditEntry, 'at' | 'id'>): string {
  return `${entry.at.toISOString()}_${entry.id}`;
}

/** @returns null for a text that `auditCursor` did not make */
export function parseAuditCursor(text: string): { readonly at: Date; readonly id: string } | null {
  const split = text.indexOf('_');
  const at = new Date(text.slice(0, Math.max(split, 0)));
  return Number.isNaN(at.getTime()) ? null : { at, id: text.slice(split + 1) };
}

/** In-memory twin: the reference behaviour, for tests. */
export class MemoryAccessStore implements AccessStore {
  readonly #accounts = new Map<string, KnownAccount>();
  readonly #signIns = new Map<string, OneTimeSignIn>();
  readonly #tokens = new Map<string, ApiToken>();
  readonly #audit: AuditEntry[] = [];
  readonly auditRecords = memoryRecords(auditShape, () => this.#audit);

  async createAccount(account: Account): Promise<boolean> {
    const taken = [...this.#accounts.values()].map(({ lmsUsername }) => lmsUsername);
    if (this.#byName(account.name) || (account.lmsUsername !== null && taken.includes(account.lmsUsername)))
      return false;
    this.#accounts.set(account.id, { ...account, generation: 0 });
    return true;
  }

  async account(id: string): Promise<KnownAccount | null> {
    return this.#accounts.get(id) ?? null;
  }

  async accountByName(name: string): Promise<KnownAccount | null> {
    return this.#byName(name) ?? null;
  }

  async accounts(): Promise<readonly KnownAccount[]> {
    return [...this.#accounts.values()].sort((a, b) => (accountNameKey(a.name) < accountNameKey(b.name) ? -1 : 1));
  }

  async changeAccount(id: string, change: AccountChange, _now: Date, expected: ExpectedAccount = {}) {
    const account = this.#accounts.get(id);
    if (!account) return 'unknown';
    if (!isAsExpected(account, expected)) return 'stale';
    const others = [...this.#accounts.values()].filter((one) => one.id !== id);
    if (endsAdministrator(account, change) && !others.some(isAbleAdministrator)) return 'last-administrator';
    const generation = account.generation + Number(Boolean(change.disabledAt));
    this.#accounts.set(id, { ...account, ...change, generation });
    return 'changed';
  }

  async linkAccount(id: string, lmsUsername: string | null, expected: string | null) {
    const account = this.#accounts.get(id);
    if (!account) return 'unknown';
    if (account.lmsUsername !== expected) return 'stale';
    if (lmsUsername === null && account.passwordHash === null) return 'no-password';
    const others = [...this.#accounts.values()].filter((other) => other.id !== id);
    if (lmsUsername !== null && others.some((other) => other.lmsUsername === lmsUsername)) return 'taken';
    this.#accounts.set(id, { ...account, lmsUsername });
    return 'changed';
  }

  async setPassword(id: string, passwordHash: string): Promise<KnownAccount | null> {
    return this.#renew(id, { passwordHash });
  }

  async endSessions(id: string): Promise<KnownAccount | null> {
    return this.#renew(id, {});
  }

  #renew(id: string, facts: Partial<Account>): KnownAccount | null {
    const account = this.#accounts.get(id);
    if (!account) return null;
    const renewed = { ...account, ...facts, generation: account.generation + 1 };
    this.#accounts.set(id, renewed);
    return renewed;
  }

  async saveOneTimeSignIn(signIn: OneTimeSignIn): Promise<void> {
    for (const { tokenHash, accountId } of this.#signIns.values())
      if (accountId !== null && accountId === signIn.accountId) this.#signIns.delete(tokenHash);
    this.#signIns.set(signIn.tokenHash, signIn);
  }

  async oneTimeSignIn(tokenHash: string, now: Date): Promise<OneTimeSignIn | null> {
    const signIn = this.#signIns.get(tokenHash);
    return signIn && signIn.expiresAt > now ? signIn : null;
  }

  async consumeOneTimeSignIn(tokenHash: string, now: Date): Promise<boolean> {
    const signIn = this.#signIns.get(tokenHash);
    this.#signIns.delete(tokenHash);
    return signIn !== undefined && signIn.expiresAt > now;
  }

  async createApiToken(token: ApiToken): Promise<void> {
    this.#tokens.set(token.id, token);
  }

  async apiTokens(): Promise<readonly ApiToken[]> {
    return [...this.#tokens.values()].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  }

  async useApiToken(tokenHash: string, now: Date): Promise<ApiToken | null> {
    const token = [...this.#tokens.values()].find((candidate) => candidate.tokenHash === tokenHash);
    if (!token || token.revokedAt) return null;
    if (hasExpired(token, now)) return token;
    if (token.lastUsedAt && now.getTime() - token.lastUsedAt.getTime() < LAST_USE_PRECISION_MS) return token;
    const used = { ...token, lastUsedAt: now };
    this.#tokens.set(token.id, used);
    return used;
  }

  async revokeApiToken(id: string, now: Date): Promise<boolean> {
    const token = this.#tokens.get(id);
    if (!token || token.revokedAt) return false;
    this.#tokens.set(id, { ...token, revokedAt: now });
    return true;
  }

  async recordAudit(entry: AuditEntry): Promise<void> {
    this.#audit.push(entry);
  }

  async audit(query: { actor?: string; object?: string; after?: string; limit: number }): Promise<Page<AuditEntry>> {
    const after = query.after === undefined ? null : parseAuditCursor(query.after);
    const found = this.#audit
      .filter((entry) => query.actor === undefined || entry.actor === query.actor)
      .filter((entry) => query.object === undefined || entry.object === query.object)
      .filter((entry) => after === null || comesAfter(entry, after))
      .sort((a, b) => (comesAfter(a, b) ? 1 : -1));
    const items = found.slice(0, query.limit);
    const last = items.at(-1);
    return { items, next: found.length > items.length && last ? auditCursor(last) : null };
  }

  #byName(name: string): KnownAccount | undefined {
    const key = accountNameKey(name);
    return [...this.#accounts.values()].find((account) => accountNameKey(account.name) === key);
  }
}

function comesAfter(a: Pick<AuditEntry, 'at' | 'id'>, b: Pick<AuditEntry, 'at' | 'id'>): boolean {
  const difference = a.at.getTime() - b.at.getTime();
  return difference < 0 || (difference === 0 && a.id < b.id);
}
