/** The errors the domain throws. The class says who must act; `code` is stable and documented in docs/reference/errors.md.
 *  What happens next (HTTP status, message settlement, exit code) is decided in one place: server/error-map.ts. */

import { english, type Words } from './words.ts';

export interface ErrorFacts {
  /** Safe to log and to show: no names, e-mail addresses, keys or tokens. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
  readonly cause?: unknown;
}

export abstract class CredentialsError extends Error {
  readonly code: string;
  /** The message, for whoever reads it in another language. */
  readonly said: Words;
  /** `later`: the same call may succeed when the world has changed. */
  readonly retry: 'never' | 'later';
  readonly details: Readonly<Record<string, string | number | boolean | null>>;

  protected constructor(code: string, said: Words, retry: 'never' | 'later', facts: ErrorFacts) {
    super(english(said), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.code = code;
    this.said = said;
    this.retry = retry;
    this.details = facts.details ?? {};
  }
}

/** Somebody gave us something unusable: a form, a file, an option. */
export class InputError extends CredentialsError {
  constructor(reason: string, message: Words, facts: ErrorFacts = {}) {
    super(`input.${reason}`, message, 'never', facts);
  }
}

export class NotFoundError extends CredentialsError {
  constructor(reason: string, message: Words, facts: ErrorFacts = {}) {
    super(`not-found.${reason}`, message, 'never', facts);
  }
}

/** Somebody else changed it first, or it exists already. */
export class ConflictError extends CredentialsError {
  constructor(reason: string, message: Words, facts: ErrorFacts = {}) {
    super(`conflict.${reason}`, message, 'never', facts);
  }
}

/** An event that can never be processed: malformed, of an unknown type, without a learner. */
export class EventError extends CredentialsError {
  constructor(reason: string, message: Words, facts: ErrorFacts = {}) {
    super(`event.${reason}`, message, 'never', facts);
  }
}

/** A badge provider or the LMS refused, failed or did not answer. `unauthorised`: it is the account's secret that it refuses, so everything
 *  goes on once a person has given a new one. `unpublished`: it made the badge but keeps it back, e.g. because the account has no credits
 *  left; it goes on once a person has bought some. `taken-over`: nothing was sent, because the caller's time for it was over before it could
 *  be; whoever took over goes on. */
export class ProviderError extends CredentialsError {
  /** How long the provider asked us to wait; null where it did not say. */
  readonly retryAfterMs: number | null;
  /** True when the call may have taken effect although it failed (a timeout after sending, a dropped connection):
   *  ask the provider before repeating it. */
  readonly ambiguous: boolean;
  constructor(
    reason: 'refused' | 'unavailable' | 'unauthorised' | 'unpublished' | 'unexpected-reply' | 'taken-over',
    message: Words,
    facts: ErrorFacts & { readonly retryAfterMs?: number; readonly ambiguous?: boolean } = {},
  ) {
    const isFinal = reason === 'refused' || reason === 'unexpected-reply';
    super(`provider.${reason}`, message, isFinal ? 'never' : 'later', facts);
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.ambiguous = facts.ambiguous ?? false;
  }
}

/** The database, the file store or the broker cannot be reached or answered nonsense. */
export class StoreError extends CredentialsError {
  constructor(reason: string, message: Words, facts: ErrorFacts = {}) {
    super(`store.${reason}`, message, 'later', facts);
  }
}

/** Making one learner's credential failed. */
export class CredentialError extends CredentialsError {
  constructor(reason: string, message: Words, facts: ErrorFacts = {}) {
    super(`credential.${reason}`, message, 'never', facts);
  }
}

/** A mail was not taken over by the mail server: `refused` for good, `deferred` for now, `unavailable`: the server did not get so far as to say. */
export class MailError extends CredentialsError {
  constructor(reason: 'refused' | 'deferred' | 'unavailable', message: Words, facts: ErrorFacts = {}) {
    super(`mail.${reason}`, message, reason === 'refused' ? 'never' : 'later', facts);
  }
}

/** The settings do not allow a start. `problems` lists every one. */
export class ConfigurationError extends CredentialsError {
  readonly problems: readonly string[];
  constructor(problems: readonly string[], facts: ErrorFacts = {}) {
    super(
      'config.invalid',
      `the configuration has problems:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
      'never',
      facts,
    );
    this.problems = problems;
  }
}

/** Our own mistake. */
export class InvariantError extends CredentialsError {
  constructor(message: Words, facts: ErrorFacts = {}) {
    super('bug.invariant', message, 'never', facts);
  }
}

/** @throws InvariantError unless `condition` holds; `message` says what we believed. */
export function invariant(condition: unknown, message: Words): asserts condition {
  if (!condition) throw new InvariantError(message);
}
