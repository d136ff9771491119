/** What a person or the settings give for an account, and whether it can be used. Pure. */

import type { AccountForm, BadgeProvider } from '../ports/badge-provider.ts';
import { type FilledWords, type Words, words } from '../words.ts';

export interface AccountEntry {
  /** Stands before the slash in a rule; cannot be changed later. */
  readonly slug: string;
  /** Name of one of the provider's hosts. */
  readonly host: string;
  /** null: the provider's form does not ask for it. */
  readonly externalId: string | null;
  readonly secret: string;
}

export interface EntryProblem {
  readonly field: keyof AccountEntry;
  readonly message: Words;
}

const LONGEST_SLUG = 40;
const LONGEST_NAME = 100;
const LONGEST_SECRET = 4_096;

/** Without what surrounds a pasted text. */
export function trimmedEntry(form: AccountForm, { slug, host, externalId, secret }: AccountEntry): AccountEntry {
  return {
    slug: slug.trim(),
    host: host.trim() === '' ? (form.hosts[0]?.name ?? '') : host.trim(),
    externalId: form.externalId === null ? null : (externalId ?? '').trim(),
    secret: secret.trim(),
  };
}

/** @returns nothing where the entry can be used; messages never hold the secret */
export function entryProblems(form: AccountForm, entry: AccountEntry): readonly EntryProblem[] {
  const { slug, host, externalId, secret } = entry;
  const problems: EntryProblem[] = [];
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug) || slug.length > LONGEST_SLUG) {
    const message = words(
      'Write a short name of small letters, digits and hyphens, at most {most} characters, like "science".',
      { most: LONGEST_SLUG },
    );
    problems.push({ field: 'slug', message });
  }
  if (!form.hosts.some(({ name }) => name === host)) {
    problems.push({
      field: 'host',
      message: words('Choose one of {choices}.', { choices: form.hosts.map(({ name }) => name).join(', ') }),
    });
  }
  if (form.externalId !== null && !form.externalId.pattern.test(externalId ?? '')) {
    problems.push({
      field: 'externalId',
      message: words('This is no {value}. {help}', {
        value: later(lowerFirst(form.externalId.label)),
        help: later(form.externalId.help),
      }),
    });
  }
  const secretProblem = problemOfSecret(form, secret);
  if (secretProblem !== null) problems.push({ field: 'secret', message: secretProblem });
  return problems;
}

/** @returns what is wrong with a name that somebody gives an account; null: nothing */
export function nameProblem(name: string): FilledWords | null {
  return [...name].length > LONGEST_NAME || /\p{Cc}|\p{Surrogate}/u.test(name)
    ? words('Write a name of at most {most} characters, on one line.', { most: LONGEST_NAME })
    : null;
}

/** @returns what is wrong with it; null: it may be asked for at the provider */
export function problemOfSecret({ secret: { label, help } }: AccountForm, secret: string): FilledWords | null {
  if (secret === '')
    return words('Enter the {secret}. {help}', { secret: later(lowerFirst(label)), help: later(help) });
  if (secret.length > LONGEST_SECRET || /[^\x21-\x7e]/.test(secret))
    return words('The {secret} has blanks or other characters that do not belong to it; copy it again.', {
      secret: later(lowerFirst(label)),
    });
  return null;
}

/** The provider's own word, to be looked up. */
function later(text: string): FilledWords {
  return { text, values: {} };
}

/** The words of the provider for its accounts, with a capital where a sentence begins: "API key" stays as it is. */
export function lowerFirst(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}

/** @returns the form of a provider that has accounts; null: it has none */
export function formOf(provider: BadgeProvider | undefined): AccountForm | null {
  return provider?.checkAccount ? provider.capabilities.accounts : null;
}
