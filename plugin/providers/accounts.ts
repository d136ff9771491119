/** Setting accounts at badge providers up, and keeping them working. Nothing is stored that the provider has not proved. */

import { ConflictError, CredentialsError, InputError, NotFoundError, ProviderError, StoreError } from '../errors.ts';
import type { AccountFacts, AccountForm, BadgeProvider, OpenAccount } from '../ports/badge-provider.ts';
import type { ProviderAccount, ProviderStore } from '../ports/provider-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import type { RescuedSecret, SecretRescue } from '../ports/secret-rescue.ts';
import { msg, words } from '../words.ts';
import {
  type AccountEntry,
  entryProblems,
  formOf,
  lowerFirst,
  nameProblem,
  problemOfSecret,
  trimmedEntry,
} from './account-entry.ts';
import { boundTo, openAccount } from './account-secret.ts';

export interface AccountsParts {
  readonly store: ProviderStore;
  readonly secrets: SecretBox;
  readonly rescue: SecretRescue;
  /** By the word after `template`. */
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ids: { uuid(): string };
  /** There is a new secret: what waited for one need not wait any longer. */
  onNewSecret(provider: string): Promise<void>;
  /** Waits between attempts to write a new secret down. */
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Checked {
  readonly account: ProviderAccount;
  /** null: the account does not work; `account.lastCheck.message` says why. */
  readonly facts: AccountFacts | null;
}

export interface Accounts {
  /** @throws InputError `input.account` for what cannot be used; ProviderError when the provider does not accept it;
   *    ConflictError `conflict.account-exists` */
  add(provider: string, entry: AccountEntry): Promise<ProviderAccount>;
  /** @param replaces the sealed one that it is to take the place of; left out: whichever there is
   *  @throws as `add`; NotFoundError `not-found.account`; ConflictError `conflict.account-from-settings`, `conflict.account-changed` */
  replaceSecret(id: string, secret: string, replaces?: string | null): Promise<ProviderAccount>;
  /** Asks the provider whether the account works, and writes down what it says. @throws NotFoundError */
  check(id: string): Promise<Checked>;
  /** Exchanges the secret at the provider. @throws ProviderError; NotFoundError; ConflictError `conflict.account-from-settings` */
  rotate(id: string): Promise<ProviderAccount>;
  /** @throws NotFoundError */
  setEnabled(id: string, enabled: boolean): Promise<ProviderAccount>;
  /** Gives it a name of ours: only what people read changes. @param name empty: as the provider calls it
   *  @param was what it was called where the new name was thought of
   *  @throws NotFoundError; InputError `input.account`; ConflictError `conflict.own-account`, `conflict.stale` */
  rename(id: string, name: string, was?: string): Promise<ProviderAccount>;
  /** With its templates. @throws NotFoundError; ConflictError `conflict.account-from-settings` */
  remove(id: string): Promise<ProviderAccount>;
  /** Writes down the secrets that a process received and could not write down before it ended. @returns how many */
  saveRescued(): Promise<number>;
}

const SAVE_ATTEMPTS = 8;
const FIRST_PAUSE_MS = 250;

export function createAccounts(parts: AccountsParts): Accounts {
  const { store, secrets, rescue, clock, logger } = parts;

  function known(provider: string): { readonly provider: BadgeProvider; readonly form: AccountForm } {
    const found = parts.providers.get(provider);
    const form = formOf(found);
    if (found !== undefined && form !== null) return { provider: found, form };
    const able = [...parts.providers.values()].filter((one) => formOf(one) !== null).map(({ name }) => name);
    throw new InputError(
      'account',
      `there are no accounts at "${provider}"; providers with accounts: ${able.join(', ') || 'none'}`,
    );
  }

  async function existing(id: string): Promise<ProviderAccount> {
    const account = await store.account(id);
    if (account === null)
      throw new NotFoundError('account', msg('there is no such account; the list of providers shows those there are'));
    return account;
  }

  function isOurs({ provider }: ProviderAccount): boolean {
    const known = parts.providers.get(provider);
    return known !== undefined && formOf(known) === null;
  }

  async function changeable(id: string): Promise<ProviderAccount> {
    const account = await existing(id);
    if (account.origin === 'page') return account;
    throw new ConflictError(
      'account-from-settings',
      words('the account "{account}" comes from LAUREL_PROVIDER_ACCOUNTS; change it there and start again', {
        account: account.slug,
      }),
    );
  }

  /** @param change applied to the latest version, again if somebody else was faster */
  async function change(
    id: string,
    change: (latest: ProviderAccount) => Partial<ProviderAccount>,
  ): Promise<ProviderAccount> {
    for (let attempt = 0; attempt < SAVE_ATTEMPTS; attempt++) {
      const latest = await existing(id);
      const next = { ...latest, ...change(latest), updatedAt: clock.now() };
      if (await store.saveAccount(next)) return { ...next, version: latest.version + 1 };
    }
    throw new StoreError('contention', 'the account kept changing; try again');
  }

  function ask(provider: string, account: OpenAccount): Promise<AccountFacts> {
    return (known(provider).provider as Required<BadgeProvider>).checkAccount(account);
  }

  /** @param known null: it is new */
  function works(facts: AccountFacts, known: Pick<ProviderAccount, 'name' | 'providerName'> | null) {
    const message = ['works', ...facts.notes].join('; ');
    const isNamed = known !== null && known.providerName !== null;
    return {
      name: isNamed ? known.name : facts.name,
      providerName: isNamed ? facts.name : null,
      secretExpiresAt: facts.secretExpiresAt,
      lastCheck: { at: clock.now(), ok: true, message },
    };
  }

  async function check(id: string): Promise<Checked> {
    const account = await existing(id);
    try {
      const facts = await ask(account.provider, openAccount(account, secrets));
      return { account: await change(id, (latest) => works(facts, latest)), facts };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const lastCheck = { at: clock.now(), ok: false, message: error.message };
      return { account: await change(id, () => ({ lastCheck })), facts: null };
    }
  }

  /** The provider does not tell a new secret twice: it is kept on this machine before it is written to the database. */
  async function saveNewSecret(received: RescuedSecret): Promise<ProviderAccount> {
    try {
      await rescue.keep(received);
    } catch (error) {
      logger.error('a new secret could not be kept outside the database', facts(received, error));
    }
    for (let attempt = 0; ; attempt++) {
      try {
        const { sealed: sealedSecret, expiresAt: secretExpiresAt } = received;
        const lastCheck = { at: clock.now(), ok: true, message: 'has a new secret' };
        const account = await change(received.accountId, () => ({ sealedSecret, secretExpiresAt, lastCheck }));
        await forget(received);
        return account;
      } catch (error) {
        const mayHeal = error instanceof CredentialsError && error.retry === 'later';
        if (!mayHeal || attempt + 1 >= SAVE_ATTEMPTS) throw error;
        logger.warn('a new secret could not be written down yet', facts(received, error));
        await parts.sleep(FIRST_PAUSE_MS * 2 ** attempt);
      }
    }
  }

  /** Another secret may have come since, from a person, or the same one may have been sealed anew: then the provider tells. */
  async function isStillWanted({ accountId, replaces }: RescuedSecret): Promise<'yes' | 'no' | 'later'> {
    const account = await existing(accountId);
    if (account.sealedSecret === replaces) return 'yes';
    try {
      await ask(account.provider, openAccount(account, secrets));
      return 'no';
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return error.code === 'provider.unauthorised' ? 'yes' : 'later';
    }
  }

  async function forget(received: RescuedSecret): Promise<void> {
    try {
      await rescue.forget(received.accountId);
    } catch (error) {
      logger.warn(
        'a new secret that is in the database could not be removed from where it was kept',
        facts(received, error),
      );
    }
  }

  async function newSecretIsThere(account: ProviderAccount): Promise<ProviderAccount> {
    try {
      await parts.onNewSecret(account.provider);
    } catch (error) {
      logger.warn('what waits for a new secret could not be hurried; it goes on by itself', {
        account: account.id,
        error: codeOf(error),
      });
    }
    return account;
  }

  return {
    check,

    async add(providerName, entered) {
      const { form } = known(providerName);
      const entry = trimmedEntry(form, entered);
      const [problem] = entryProblems(form, entry);
      if (problem !== undefined)
        throw new InputError('account', problem.message, { details: { field: problem.field } });
      const { slug, host, externalId, secret } = entry;
      const id = parts.ids.uuid();
      const told = await ask(providerName, { id, slug, name: slug, host, externalId, secret });
      const now = clock.now();
      const account: ProviderAccount = {
        id,
        provider: providerName,
        slug,
        host,
        externalId,
        ...works(told, null),
        sealedSecret: secrets.seal(secret, boundTo(id)),
        origin: 'page',
        enabled: true,
        lastSync: null,
        version: 0,
        createdAt: now,
        updatedAt: now,
      };
      await store.saveAccount(account);
      return newSecretIsThere({ ...account, version: 1 });
    },

    async replaceSecret(id, entered, replaces) {
      const account = await changeable(id);
      const assertExpected = ({ sealedSecret }: ProviderAccount): void => {
        if (replaces !== undefined && sealedSecret !== replaces)
          throw new ConflictError(
            'account-changed',
            msg('somebody else has put another secret there; look at it again'),
          );
      };
      assertExpected(account);
      const { form } = known(account.provider);
      const secret = entered.trim();
      const problem = problemOfSecret(form, secret);
      if (problem !== null) throw new InputError('account', problem, { details: { field: 'secret' } });
      const { slug, name, host, externalId } = account;
      const told = await ask(account.provider, { id, slug, name, host, externalId, secret });
      const sealedSecret = secrets.seal(secret, boundTo(id));
      await rescue.forget(id);
      const put = (latest: ProviderAccount) => {
        assertExpected(latest);
        return { sealedSecret, ...works(told, latest) };
      };
      return newSecretIsThere(await change(id, put));
    },

    async rotate(id) {
      const account = await changeable(id);
      const { provider, form } = known(account.provider);
      if (!form.rotates || !provider.rotateSecret) {
        const message = `${provider.title} does not exchange secrets: make a new one there, and replace the ${lowerFirst(form.secret.label)} here`;
        throw new InputError('account', message);
      }
      const open = openAccount(account, secrets);
      // Proves that the database takes a new secret before the old one is given up, and keeps out whoever began at the same time.
      if (!(await store.saveAccount({ ...account, updatedAt: clock.now() })))
        throw new ConflictError(
          'account-changed',
          msg('somebody else changed the account at the same time; look at it again'),
        );
      let received: Awaited<ReturnType<Required<BadgeProvider>['rotateSecret']>>;
      try {
        received = await provider.rotateSecret(open);
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        throw await afterFailedRotation(account, error);
      }
      const sealed = secrets.seal(received.secret, boundTo(id));
      return newSecretIsThere(
        await saveNewSecret({ accountId: id, sealed, replaces: account.sealedSecret, expiresAt: received.expiresAt }),
      );
    },

    setEnabled: (id, enabled) => change(id, () => ({ enabled })),

    async rename(id, entered, was) {
      const account = await existing(id);
      if (isOurs(account))
        throw new ConflictError('own-account', msg('this account stands for Laurel itself; it keeps its name'));
      const given = entered.trim();
      const problem = nameProblem(given);
      if (problem !== null) throw new InputError('account', problem, { details: { field: 'name' } });
      return change(id, ({ name, providerName }) => {
        if (was !== undefined && was !== name)
          throw new ConflictError('stale', msg('somebody else named it in this moment; look at it again'));
        const theirs = providerName ?? name;
        return given === '' || given === theirs
          ? { name: theirs, providerName: null }
          : { name: given, providerName: theirs };
      });
    },

    async remove(id) {
      const account = await changeable(id);
      if (isOurs(account)) throw ownAccount();
      await store.removeAccount(id);
      await rescue.forget(id);
      return account;
    },

    async saveRescued() {
      const kept = await rescue.kept();
      for (const received of kept) {
        try {
          const wanted = await isStillWanted(received);
          if (wanted === 'no') await rescue.forget(received.accountId);
          if (wanted !== 'yes') continue;
          await newSecretIsThere(await saveNewSecret(received));
          logger.info('a new secret that a process could not write down was saved', { account: received.accountId });
        } catch (error) {
          if (error instanceof NotFoundError) await rescue.forget(received.accountId);
          else
            logger.error('a new secret could not be written down; it stays where it is kept', facts(received, error));
        }
      }
      return kept.length;
    },
  };

  /** An answer that is lost may have carried the only copy of the new secret: the old one tells. */
  async function afterFailedRotation(account: ProviderAccount, error: ProviderError): Promise<ProviderError> {
    const { account: now, facts: told } = await check(account.id);
    if (told !== null) return error;
    if (!error.ambiguous) {
      const lastCheck = { at: clock.now(), ok: false, message: `the secret was not exchanged: ${error.message}` };
      await change(account.id, () => ({ lastCheck }));
      return error;
    }
    const title = parts.providers.get(account.provider)?.title ?? account.provider;
    const message = `the answer of ${title} with the new secret was lost, and the old secret is not accepted (${now.lastCheck?.message}): make a new secret at ${title} and enter it here`;
    const lastCheck = { at: clock.now(), ok: false, message };
    await change(account.id, () => ({ lastCheck }));
    return new ProviderError('unauthorised', message, { cause: error });
  }
}

function ownAccount(): ConflictError {
  return new ConflictError(
    'own-account',
    msg('this account stands for Laurel itself and holds the templates that were made here; it cannot be removed'),
  );
}

function facts({ accountId }: RescuedSecret, error: unknown) {
  return { account: accountId, error: codeOf(error) };
}

function codeOf(error: unknown): string {
  return error instanceof CredentialsError ? error.code : 'unknown';
}
