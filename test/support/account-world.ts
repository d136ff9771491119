/** Accounts at a provider that a test plays. */

import { ProviderError } from '../../plugin/errors.ts';
import type {
  AccountFacts,
  BadgeProvider,
  OpenAccount,
  ProviderCapabilities,
} from '../../plugin/ports/badge-provider.ts';
import { MemoryProviderStore } from '../../plugin/ports/memory-provider-store.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { MemorySecretRescue } from '../../plugin/ports/secret-rescue.ts';
import { type Accounts, createAccounts } from '../../plugin/providers/accounts.ts';
import { MemoryProvider } from '../../providers/memory/provider.ts';
import { openSecretBox } from './secret-box.ts';

export const HALL_ID = '6f0c0f6e-0000-4000-8000-000000000001';

/** A provider with accounts: everything that a form can ask for. */
export class HallProvider extends MemoryProvider {
  override readonly name = 'hall';
  override readonly title = 'Hall of Fame';
  override readonly capabilities: ProviderCapabilities = {
    synchronises: false,
    createsTemplates: false,
    revocation: 'revoke',
    findsIssued: true,
    listsIssued: false,
    webhooks: false,
    accounts: {
      noun: 'hall',
      hosts: [
        { name: 'production', title: 'Production', url: 'https://hall.example/' },
        { name: 'sandbox', title: 'Sandbox', url: 'https://sandbox.hall.example/' },
      ],
      externalId: { label: 'Hall id', help: 'A UUID, on the page "Settings" of the hall.', pattern: /^[0-9a-f-]{36}$/ },
      secret: { label: 'Authorization token', help: 'Made on the page "Tokens" of the hall.' },
      rotates: true,
    },
  };
  /** Secrets that are accepted, with when they expire. */
  readonly accepted = new Map<string, Date | null>([['good-token', new Date('2026-06-01T00:00:00Z')]]);
  readonly asked: OpenAccount[] = [];
  notes: readonly string[] = [];
  away: ProviderError | null = null;
  /** What becomes of the next rotation. */
  rotation: 'answered' | 'lost' | 'refused' = 'answered';
  #made = 0;

  async checkAccount(account: OpenAccount): Promise<AccountFacts> {
    this.asked.push(account);
    if (this.away) throw this.away;
    const expiresAt = this.accepted.get(account.secret);
    if (expiresAt === undefined) throw new ProviderError('unauthorised', 'Hall of Fame refuses the secret');
    return { name: 'Example University', secretExpiresAt: expiresAt, notes: this.notes };
  }

  async rotateSecret({ secret }: OpenAccount): Promise<{ readonly secret: string; readonly expiresAt: Date | null }> {
    if (this.rotation === 'refused') throw new ProviderError('refused', 'Hall of Fame does not rotate');
    if (!this.accepted.has(secret)) throw new ProviderError('unauthorised', 'Hall of Fame refuses the secret');
    this.accepted.delete(secret);
    this.#made += 1;
    const made = { secret: `rotated-${this.#made}`, expiresAt: new Date('2026-12-01T00:00:00Z') };
    this.accepted.set(made.secret, made.expiresAt);
    if (this.rotation === 'lost')
      throw new ProviderError('unavailable', 'the connection broke off', { ambiguous: true });
    return made;
  }
}

export interface AccountWorld {
  readonly store: MemoryProviderStore;
  readonly provider: HallProvider;
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly accounts: Accounts;
  readonly rescue: MemorySecretRescue;
  readonly secrets: ReturnType<typeof openSecretBox>;
  readonly clock: { now(): Date };
  /** Providers for which there was a new secret. */
  readonly hurried: string[];
  readonly pauses: number[];
  /** The secret of an account as it is stored. */
  secretOf(id: string): Promise<string>;
  at(time: string): void;
}

export function accountWorld(): AccountWorld {
  const store = new MemoryProviderStore();
  const provider = new HallProvider();
  const providers: ReadonlyMap<string, BadgeProvider> = new Map<string, BadgeProvider>([
    ['hall', provider],
    ['memory', new MemoryProvider()],
  ]);
  const rescue = new MemorySecretRescue();
  const secrets = openSecretBox();
  const hurried: string[] = [];
  const pauses: number[] = [];
  let now = new Date('2026-03-01T10:00:00Z');
  let ids = 0;
  const clock = { now: () => now };
  const accounts = createAccounts({
    store,
    secrets,
    rescue,
    providers,
    clock,
    logger: silentLogger,
    ids: { uuid: () => `a${++ids}` },
    onNewSecret: async (name) => void hurried.push(name),
    sleep: async (ms) => void pauses.push(ms),
  });
  return {
    store,
    provider,
    providers,
    accounts,
    rescue,
    secrets,
    clock,
    hurried,
    pauses,
    async secretOf(id) {
      return secrets.open((await store.account(id))?.sealedSecret ?? '', `account:${id}`);
    },
    at(time) {
      now = new Date(time);
    },
  };
}
