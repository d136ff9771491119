/** What a synchronisation, or its preview, says of each account: in the result of the job. */

import type { Job, JsonObject } from '../../ports/job-store.ts';
import type { ProviderAccount, SyncOutcome } from '../../ports/provider-store.ts';
import type { FoundDifference } from './listing.ts';

/** `previewed`: nothing is to be changed. `applying`, `applied`: it was as agreed, or nothing in it needs to be asked. `differs`: it is
 *  not what was agreed to. `surprising`: nobody has agreed to so much going. `failed`: `error` says why. The last three changed nothing. */
export type SyncState = 'previewed' | 'applying' | 'applied' | 'differs' | 'surprising' | 'failed';

export interface SyncedAccount extends Omit<SyncOutcome, 'at'> {
  readonly id: string;
  readonly provider: string;
  readonly account: string;
  readonly state: SyncState;
  /** Of those that are gone, how many active badges use. */
  readonly inUse: number;
  /** Of the whole difference; null: it was not found out. */
  readonly fingerprint: string | null;
  /** When the provider was asked. */
  readonly at: string;
}

/** Unasked no more are retired, and none that an active badge uses. */
export const RETIRED_UNASKED = 5;

/** What came of the accounts so far. */
export function syncedAccounts({ result }: Pick<Job, 'result'>): readonly SyncedAccount[] {
  return (result?.accounts ?? []) as unknown as readonly SyncedAccount[];
}

/** For the audit. */
export function namesOf(accounts: readonly SyncedAccount[]): string {
  return accounts.map(({ provider, account }) => `${provider}/${account}`).join(', ');
}

export function asResult(accounts: readonly SyncedAccount[]): JsonObject {
  return { accounts: accounts as unknown as readonly JsonObject[] };
}

export function syncedAccount(
  { id, provider, slug }: ProviderAccount,
  { at, counts, inUse, fingerprint }: FoundDifference,
  { state, error }: { readonly state: SyncState; readonly error: string | null },
): SyncedAccount {
  const { gone: retired, ...rest } = counts;
  return {
    ...{ id, provider, account: slug, state, ...rest, retired, inUse, error, fingerprint },
    at: at.toISOString(),
  };
}

/** Nothing was found out. */
export function failedAccount({ id, provider, slug }: ProviderAccount, at: Date, error: string): SyncedAccount {
  return {
    ...{ id, provider, account: slug, state: 'failed', error, fingerprint: null, at: at.toISOString() },
    ...{ added: 0, changed: 0, unchanged: 0, retired: 0, inUse: 0 },
  };
}

type Figures = Pick<SyncedAccount, 'added' | 'changed' | 'unchanged' | 'retired' | 'inUse'>;

/** Whether a person has to mean it. */
export function isSurprising({ retired, inUse, ...stands }: Figures): boolean {
  return retired > RETIRED_UNASKED || inUse > 0 || listsNothing({ retired, ...stands });
}

/** Of what there is here: the provider may have answered wrongly. */
export function listsNothing({ added, changed, unchanged, retired }: Omit<Figures, 'inUse'>): boolean {
  return retired > 0 && added + changed + unchanged === 0;
}

/** How many would be retired, where somebody has to say it; null: nobody has to. */
export function toConfirm(accounts: readonly Figures[]): number | null {
  return accounts.some(isSurprising) ? accounts.reduce((sum, { retired }) => sum + retired, 0) : null;
}

/** Whether somebody can still have it applied. */
export function canBeApplied({ state, fingerprint }: SyncedAccount): boolean {
  return fingerprint !== null && (state === 'previewed' || state === 'differs' || state === 'surprising');
}
