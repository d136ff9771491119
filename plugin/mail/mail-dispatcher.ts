/** Sends the mails that wait in credentials. An attempt is recorded before it is made, its result after it, each by a
 *  conditional update, so any process may go on where another one died.
 *
 *  A process that dies between the server's answer and its record sends the mail again, with the same message id: at least
 *  once on the wire, and once in the mailbox of whoever removes repetitions. */

import { laterThan } from '../credentials/credential.ts';
import { type BreakerPolicy, type BreakerState, CircuitBreaker } from '../effects/circuit-breaker.ts';
import { defaultRetryPolicy, type RetryPolicy, retryDelayMs } from '../effects/retry-policy.ts';
import { createWorkLoop } from '../effects/work-loop.ts';
import { ConflictError, CredentialsError, NotFoundError, StoreError } from '../errors.ts';
import type { Credential, CredentialMail, CredentialStore } from '../ports/credential-store.ts';
import type { Mailer, OutgoingMail } from '../ports/mailer.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import { type StepNotes, silentTracer, type Tracer } from '../ports/tracer.ts';

/** What a learner is told about a credential. */
export type WriteMail = (credential: Credential) => Promise<Pick<OutgoingMail, 'subject' | 'text' | 'html'>>;

export interface MailDispatcherParts {
  readonly store: Pick<CredentialStore, 'credential' | 'updateCredential' | 'dueMails'>;
  /** null: there is no mail server; mails are kept. */
  readonly mailer: Mailer | null;
  readonly write: WriteMail;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tracer?: Tracer;
  readonly policy?: RetryPolicy;
  readonly breakerPolicy?: BreakerPolicy;
  readonly concurrency?: number;
  /** How often to look for mails that nobody has announced. */
  readonly pollMs?: number;
}

export interface MailDispatcher {
  /** Sends everything that is due now. @returns the number of attempts made @throws StoreError */
  runDue(): Promise<number>;
  start(): void;
  /** Resolves when the attempts under way are finished and recorded. */
  stop(): Promise<void>;
  nudge(): void;
  /** Puts a failed or given-up mail back, and hurries a pending one.
   *  @throws NotFoundError `not-found.mail`; ConflictError `conflict.mail-finished` */
  retry(credentialId: string): Promise<void>;
  /** @throws NotFoundError `not-found.mail`; ConflictError `conflict.mail-finished` */
  giveUp(credentialId: string): Promise<void>;
  /** How the mail server is seen from this process. */
  state(): BreakerState;
}

interface Attempt extends Pick<OutgoingMail, 'messageId'>, Pick<Mailer, 'send'> {
  /** The end of the lease. */
  readonly dueAt: Date;
  readonly notes: StepNotes;
}

const BATCH = 50;
const SAVE_ATTEMPTS = 10;

export function createMailDispatcher(parts: MailDispatcherParts): MailDispatcher {
  const { store, mailer, clock, logger, tracer = silentTracer } = parts;
  const { policy = defaultRetryPolicy, concurrency = 2, pollMs = 2_000 } = parts;
  const breaker = new CircuitBreaker(parts.breakerPolicy);
  let stopping = false;

  const loop = createWorkLoop(async () => {
    try {
      await runDue();
    } catch (error) {
      logger.warn('due mails could not be read; the next look is soon', { error: codeOf(error) });
    }
  }, pollMs);

  async function runDue(): Promise<number> {
    if (mailer === null) return 0;
    let attempts = 0;
    for (;;) {
      if (breaker.state(clock.now()).state === 'open') return attempts;
      const due = [...(await store.dueMails(clock.now(), BATCH))];
      const isFull = due.length === BATCH;
      let made = 0;
      const worker = async (): Promise<void> => {
        for (let next = due.shift(); next !== undefined && !stopping; next = due.shift()) {
          const attempt = await sendOne(next, mailer);
          made += attempt;
        }
      };
      await Promise.all(Array.from({ length: concurrency }, worker));
      attempts += made;
      if (!isFull || made === 0 || stopping) return attempts;
    }
  }

  /** @returns the number of attempts made */
  async function sendOne(found: Credential, { domain, send }: Mailer): Promise<number> {
    const now = clock.now();
    if (found.mail === null || !breaker.admits(now)) return 0;
    const messageId = found.mail.messageId ?? `${found.id}@${domain}`;
    const dueAt = new Date(now.getTime() + policy.leaseMs);
    const claimed = withMail(found, { ...found.mail, messageId, attempts: found.mail.attempts + 1, dueAt }, now);
    let isOurs = false;
    try {
      isOurs = await store.updateCredential(claimed, found.updatedAt);
    } finally {
      if (!isOurs) breaker.withdrawn();
    }
    if (!isOurs) return 0;
    const attributes = { 'laurel.credential.id': found.id, 'laurel.attempt': found.mail.attempts + 1 };
    return tracer.step({ name: 'send mail', parent: found.mail.trace, attributes }, (notes) =>
      attempt(claimed, { messageId, dueAt, send, notes }),
    );
  }

  /** @returns the number of attempts made */
  async function attempt(claimed: Credential, { messageId, dueAt, send, notes }: Attempt): Promise<number> {
    let result: Partial<CredentialMail>;
    try {
      const written = await parts.write(claimed);
      // A process that stood still for longer than its lease is not alone any more: whoever took over may be sending.
      if (dueAt <= clock.now()) {
        breaker.withdrawn();
        return 0;
      }
      await send({ to: claimed.email, messageId, ...written });
      breaker.answered();
      result = { state: 'sent', dueAt: null, sentAt: clock.now(), lastError: null };
    } catch (error) {
      notes.add({ 'error.type': codeOf(error) });
      result = afterFailure(claimed, error);
    }
    await recordResult(claimed, result);
    return 1;
  }

  function afterFailure({ id, mail }: Credential, error: unknown): Partial<CredentialMail> {
    const attempts = mail?.attempts ?? 1;
    const known = error instanceof CredentialsError;
    logger.warn('a mail was not sent', { credentialId: id, attempts, error: codeOf(error) });
    if (known && error.code === 'mail.unavailable') breaker.failed(clock.now());
    else breaker.answered();
    const lastError = known
      ? { code: error.code, message: error.message }
      : {
          code: 'bug.unexpected',
          message: 'writing or sending it failed unexpectedly; the log of that time has the code',
        };
    if (!known || error.retry === 'never') return { state: 'failed', dueAt: null, lastError };
    const delayMs = retryDelayMs(attempts, null, policy, Math.random());
    return { dueAt: new Date(clock.now().getTime() + delayMs), lastError };
  }

  /** The credential may change while the mail is under way: the result goes into whatever is the latest. */
  async function recordResult(claimed: Credential, result: Partial<CredentialMail>): Promise<void> {
    try {
      await change(claimed.id, claimed, (mail) => {
        // given up or superseded meanwhile: only that it went out is still worth telling
        return mail.state === 'pending' || result.state === 'sent' ? { ...mail, ...result } : mail;
      });
    } catch (error) {
      logger.error('the result of a mail could not be recorded', { credentialId: claimed.id, error: codeOf(error) });
    }
  }

  async function change(
    id: string,
    known: Credential | null,
    next: (mail: CredentialMail) => CredentialMail,
  ): Promise<void> {
    let latest = known ?? (await store.credential(id));
    for (let attempt = 0; attempt < SAVE_ATTEMPTS; attempt++) {
      if (!latest?.mail)
        throw new NotFoundError('mail', 'there is no such mail; the list of mails shows those there are');
      const mail = next(latest.mail);
      if (mail === latest.mail) return;
      if (await store.updateCredential(withMail(latest, mail, clock.now()), latest.updatedAt)) return;
      latest = await store.credential(id);
    }
    throw new StoreError('contention', 'the credential kept changing while its mail was to be recorded');
  }

  return {
    runDue,
    start() {
      stopping = false;
      if (mailer !== null) loop.start();
    },
    async stop() {
      stopping = true;
      await loop.stop();
    },
    nudge: () => loop.nudge(),
    async retry(credentialId) {
      await change(credentialId, null, (mail) => {
        if (mail.state === 'sent' || mail.state === 'superseded') throw finished(mail);
        return { ...mail, state: 'pending', dueAt: clock.now() };
      });
      loop.nudge();
    },
    giveUp: (credentialId) =>
      change(credentialId, null, (mail) => {
        if (mail.state !== 'pending' && mail.state !== 'failed') throw finished(mail);
        return { ...mail, state: 'given-up', dueAt: null };
      }),
    state: () => breaker.state(clock.now()),
  };
}

function withMail(credential: Credential, mail: CredentialMail, now: Date): Credential {
  return { ...credential, mail, updatedAt: laterThan(credential, now) };
}

function finished({ state }: CredentialMail): ConflictError {
  const why = { sent: 'was sent', superseded: 'is about a credential that is invalidated' } as const;
  const said = state === 'sent' || state === 'superseded' ? why[state] : 'was given up';
  return new ConflictError('mail-finished', `the mail ${said}; there is nothing left to do`);
}

function codeOf(error: unknown): string {
  if (error instanceof CredentialsError) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
