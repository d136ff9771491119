/** Making and changing accounts: what a name and a password must be like, and what is written down. */

import { randomUUID } from 'node:crypto';
import { ConflictError, InputError, NotFoundError } from '../../../plugin/errors.ts';
import { isLimited, type Organisations } from '../../../plugin/organisations/standing.ts';
import type { Clock } from '../../../plugin/ports/runtime.ts';
import { english, msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import type { FieldError } from '../forms/forms.ts';
import type { Services } from '../services.ts';
import {
  type AccessStore,
  type Account,
  type AccountChange,
  type ExpectedAccount,
  type KnownAccount,
  limitText,
  type Role,
} from './access-store.ts';
import { hashPassword, passwordProblem } from './passwords.ts';
import { createInvitation, signInLink } from './tokens.ts';

const MAX_NAME_LENGTH = 80;

export interface NewAccount {
  readonly name: string;
  /** null: who gets the invitation chooses it. */
  readonly password: string | null;
  readonly role: Role;
  /** Those it is limited to; left out: everything is open to it. */
  readonly organisations?: Organisations;
}

/** @returns what must be put right, by form field */
export function accountErrors({ name, password }: Pick<NewAccount, 'name' | 'password'>): readonly FieldError[] {
  const errors: FieldError[] = [];
  const trimmed = name.trim();
  if (trimmed === '') errors.push({ field: 'name', message: msg('Enter a name to sign in with.') });
  if (trimmed.length > MAX_NAME_LENGTH)
    errors.push({
      field: 'name',
      message: words('The name may have at most {limit} characters.', { limit: MAX_NAME_LENGTH }),
    });
  if (/\p{Cc}|\p{Cf}/u.test(trimmed))
    errors.push({ field: 'name', message: msg('The name holds invisible characters; type it by hand.') });
  const problem = password === null ? null : passwordProblem(password);
  if (problem) errors.push({ field: 'password', message: problem });
  return errors;
}

/** @throws InputError `input.account`; ConflictError `conflict.duplicate` when the name is taken */
export async function createAccount(
  { access, clock }: { readonly access: AccessStore; readonly clock: Clock },
  wanted: NewAccount,
): Promise<KnownAccount> {
  const errors = accountErrors(wanted);
  if (errors.length > 0) throw new InputError('account', errors.map(({ message }) => english(message)).join(' '));
  const account: Account = {
    id: randomUUID(),
    name: wanted.name.normalize('NFC').trim(),
    role: wanted.role,
    passwordHash: wanted.password === null ? null : await hashPassword(wanted.password),
    lmsUsername: null,
    disabledAt: null,
    createdAt: clock.now(),
    ...(isLimited(wanted.organisations ?? []) && { organisations: wanted.organisations }),
  };
  if (!(await access.createAccount(account)))
    throw new ConflictError('duplicate', msg('there is an account of this name already; choose another name'));
  return { ...account, generation: 0 };
}

export interface Invitation {
  /** Shown once: it is not kept. */
  readonly link: string;
  readonly expiresAt: Date;
}

/** Changes of accounts, each audited. All of them throw NotFoundError `not-found.account` for an id that is none. */
export interface AccountDesk {
  /** @throws as `createAccount` */
  create(wanted: NewAccount, actor: string): Promise<KnownAccount>;
  find(id: string): Promise<KnownAccount>;
  /** A link with which the holder chooses a password; earlier ones work no more. @throws ConflictError `conflict.account-disabled` */
  invite(id: string, actor: string): Promise<Invitation>;
  /** @param from the role it had when somebody decided
   *  @throws ConflictError `conflict.last-administrator`; `conflict.stale` when it has another role by now */
  changeRole(id: string, role: Role, actor: string, from: Role): Promise<void>;
  /** Limits it to these organisations; none: opens everything to it.
   *  @param from those it was limited to when somebody decided
   *  @throws ConflictError `conflict.last-administrator`; `conflict.stale` when they are others by now */
  limit(id: string, organisations: Organisations, actor: string, from: Organisations): Promise<void>;
  /** @param username in the LMS; '': nobody there
   *  @param from whom it let in when somebody decided
   *  @throws ConflictError `conflict.stale` when it lets in another one by now; `conflict.lms-username`, `conflict.no-password`, `conflict.lms-username-form` */
  link(id: string, username: string, actor: string, from: string): Promise<void>;
  /** Ends its sessions too. @throws ConflictError `conflict.last-administrator` */
  disable(id: string, actor: string): Promise<void>;
  enable(id: string, actor: string): Promise<void>;
  /** @returns the account as it is afterwards: what goes on all the same takes its number */
  endSessions(id: string, actor: string): Promise<KnownAccount>;
  /** Ends all sessions too. @param password without problems */
  setPassword(id: string, password: string, actor: string): Promise<KnownAccount>;
}

export function createAccountDesk(
  services: Pick<Services, 'access' | 'accountSessions' | 'clock' | 'settings'>,
): AccountDesk {
  const { access, accountSessions, clock } = services;
  const audit = createAudit(services);

  async function find(id: string): Promise<KnownAccount> {
    return (await access.account(id)) ?? notThere();
  }

  async function change(id: string, wanted: AccountChange, expected?: ExpectedAccount): Promise<void> {
    const outcome = await access.changeAccount(id, wanted, clock.now(), expected);
    if (outcome === 'unknown') notThere();
    if (outcome === 'stale') changedMeanwhile();
    if (outcome === 'last-administrator')
      throw new ConflictError(
        'last-administrator',
        msg('this is the last administrator who can sign in; make another account an administrator first'),
      );
  }

  return {
    async create(wanted, actor) {
      const account = await createAccount(services, wanted);
      const { id, role, organisations } = account;
      const limit = organisations && { organisations: limitText(organisations) };
      await audit(actor, 'account.created', `account:${id}`, { role, invited: wanted.password === null, ...limit });
      return account;
    },
    find,
    async invite(id, actor) {
      if ((await find(id)).disabledAt !== null)
        throw new ConflictError('account-disabled', msg('the account is disabled; enable it first'));
      const { token, expiresAt } = await createInvitation(services, id);
      await audit(actor, 'account.invited', `account:${id}`, { until: expiresAt.toISOString() });
      return { link: signInLink(services.settings.publicUrl, token), expiresAt };
    },
    async changeRole(id, role, actor, from) {
      if ((await find(id)).role === role) return;
      await change(id, { role }, { role: from });
      await audit(actor, 'account.role-changed', `account:${id}`, { from, to: role });
    },
    async limit(id, organisations, actor, from) {
      if (limitText((await find(id)).organisations) === limitText(organisations)) return;
      await change(id, { organisations }, { organisations: from });
      const details = { from: limitText(from), to: limitText(organisations) };
      await audit(actor, 'account.limited', `account:${id}`, details);
    },
    async link(id, username, actor, from) {
      const wanted = username.trim() === '' ? null : username.trim();
      if (wanted !== null && !/^[^\s\p{Cc}\p{Cf}]{1,150}$/u.test(wanted))
        throw new ConflictError(
          'lms-username-form',
          msg('this is no username of an LMS: it has up to 150 characters, and no spaces among them'),
        );
      if ((await find(id)).lmsUsername === wanted) return;
      const outcome = await access.linkAccount(id, wanted, from || null);
      if (outcome === 'unknown') notThere();
      if (outcome === 'stale') changedMeanwhile();
      if (outcome === 'taken')
        throw new ConflictError(
          'lms-username',
          msg('another account is linked with this user of the LMS; unlink that first'),
        );
      if (outcome === 'no-password')
        throw new ConflictError(
          'no-password',
          msg(
            'the account has no password, and nobody could sign in with it any more; have one chosen first, or disable the account',
          ),
        );
      // Whom it is linked with stands in the account: the audit names nobody.
      await audit(actor, wanted === null ? 'account.unlinked' : 'account.linked', `account:${id}`);
    },
    async disable(id, actor) {
      if ((await find(id)).disabledAt !== null) return;
      await change(id, { disabledAt: clock.now() });
      await audit(actor, 'account.disabled', `account:${id}`);
      await accountSessions.forgetEnded(await find(id));
    },
    async enable(id, actor) {
      if ((await find(id)).disabledAt === null) return;
      await change(id, { disabledAt: null });
      await audit(actor, 'account.enabled', `account:${id}`);
    },
    async endSessions(id, actor) {
      const account = (await access.endSessions(id)) ?? notThere();
      await audit(actor, 'account.sessions-ended', `account:${id}`);
      await accountSessions.forgetEnded(account);
      return account;
    },
    async setPassword(id, password, actor) {
      const account = (await access.setPassword(id, await hashPassword(password))) ?? notThere();
      await audit(actor, 'account.password-changed', `account:${id}`);
      await accountSessions.forgetEnded(account);
      return account;
    },
  };
}

function changedMeanwhile(): never {
  throw new ConflictError('stale', msg('somebody else has changed this account meanwhile; look at it again'));
}

function notThere(): never {
  throw new NotFoundError('account', msg('there is no such account; the list of accounts shows those there are'));
}
