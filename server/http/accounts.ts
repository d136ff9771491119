/** Making accounts: what a name and a password must be like. */

import { randomUUID } from 'node:crypto';
import { ConflictError, InputError } from '../../plugin/errors.ts';
import type { Clock } from '../../plugin/ports/runtime.ts';
import type { AccessStore, Account, Role } from './access-store.ts';
import type { FieldError } from './forms.ts';
import { hashPassword, passwordProblem } from './passwords.ts';

export const MAX_NAME_LENGTH = 80;

export interface NewAccount {
  readonly name: string;
  readonly password: string;
  readonly role: Role;
}

/** @returns what must be put right, by form field */
export function accountErrors({ name, password }: Pick<NewAccount, 'name' | 'password'>): readonly FieldError[] {
  const errors: FieldError[] = [];
  const trimmed = name.trim();
  if (trimmed === '') errors.push({ field: 'name', message: 'Enter a name to sign in with.' });
  if (trimmed.length > MAX_NAME_LENGTH)
    errors.push({ field: 'name', message: `The name may have at most ${MAX_NAME_LENGTH} characters.` });
  if (/\p{Cc}|\p{Cf}/u.test(trimmed))
    errors.push({ field: 'name', message: 'The name holds invisible characters; type it by hand.' });
  const problem = passwordProblem(password);
  if (problem) errors.push({ field: 'password', message: problem });
  return errors;
}

/** @throws InputError `input.account`; ConflictError `conflict.duplicate` when the name is taken */
export async function createAccount(
  { access, clock }: { readonly access: AccessStore; readonly clock: Clock },
  wanted: NewAccount,
): Promise<Account> {
  const errors = accountErrors(wanted);
  if (errors.length > 0) throw new InputError('account', errors.map(({ message }) => message).join(' '));
  const account: Account = {
    id: randomUUID(),
    name: wanted.name.normalize('NFC').trim(),
    role: wanted.role,
    passwordHash: await hashPassword(wanted.password),
    lmsUsername: null,
    disabledAt: null,
    createdAt: clock.now(),
  };
  if (!(await access.createAccount(account)))
    throw new ConflictError('duplicate', 'there is an account of this name already; choose another name');
  return account;
}
