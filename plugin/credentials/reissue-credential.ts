/** Reissuing: the new document is made first, with what is known of the learner now, and only then takes the place of the
 *  former one.
 *
 *      intent in the former -> document made and put -> SWAP: one change of the former -> record of the new one, archive
 *
 *  Up to the swap the former one is in force, from the swap on the new one, which the former carries until it has a record
 *  of its own. Whoever finds an intent whose process is gone goes on with it. */

import { ConflictError, CredentialsError, NotFoundError } from '../errors.ts';
import type { Credential, Reissue } from '../ports/credential-store.ts';
import { silentTracer } from '../ports/tracer.ts';
import { msg } from '../words.ts';
import { intendReissue, successorOf, swapReissued, withoutReissue } from './credential.ts';
import { mailFor, makeDocument } from './generate-credentials.ts';
import { currentLearner, type GenerationParts, prepareGeneration } from './prepare-generation.ts';

export interface Reissuer {
  /** @returns the new credential
   *  @throws NotFoundError `not-found.credential`; CredentialError `credential.status` unless it is available;
   *    ConflictError `conflict.reissuing` while another process is at it, `conflict.stale`; what making a document
   *    throws: the former one stays as it was */
  reissue(credentialId: string, by: string): Promise<Credential>;
  /** Goes on with what other processes have left. @returns how many were finished */
  takeOverAbandoned(): Promise<number>;
}

export interface ReissuerParts extends GenerationParts {
  /** How long a silent process keeps its work. */
  readonly leaseMs?: number;
}

const BATCH = 100;

type Intended = Credential & { readonly reissue: Reissue };

export function createReissuer(parts: ReissuerParts): Reissuer {
  const { store, files, clock, logger, tracer = silentTracer, leaseMs = 60_000 } = parts;
  const newId = parts.newId ?? (() => crypto.randomUUID());

  async function reissue(credentialId: string, by: string): Promise<Credential> {
    const credential = await store.credential(credentialId);
    if (!credential) {
      throw new NotFoundError('credential', msg('there is no credential with this id; choose one from the list'));
    }
    if (credential.reissue !== null && credential.reissue.leaseUntil > clock.now()) {
      throw new ConflictError('reissuing', msg('the credential is being reissued at this moment; load it again'));
    }
    return carryOn(credential, by);
  }

  async function carryOn(credential: Credential, by: string): Promise<Credential> {
    const successor = successorOf(credential);
    if (successor !== null) return finish(credential, successor);
    const leaseUntil = new Date(clock.now().getTime() + leaseMs);
    const trace = tracer.current();
    const intended = intendReissue(credential, { by, leaseUntil, now: clock.now(), newId, ...(trace && { trace }) });
    if (!(await store.updateCredential(intended, credential.updatedAt))) throw stale();
    if (credential.reissue !== null) await files.delete(credential.reissue.fileKey);
    const swapped = await makeAndSwap(intended);
    return finish(swapped, successorOf(swapped) as Credential);
  }

  async function makeAndSwap(intended: Intended): Promise<Credential> {
    const { configurationId, username, reissue: intent } = intended;
    let archiveKey: string | null = null;
    try {
      const job = await prepareGeneration(parts, configurationId);
      const found = await currentLearner(parts, job, username);
      const learner = found?.learner ?? {
        lmsUserId: intended.lmsUserId,
        name: intended.learnerName,
        email: intended.email,
        isActive: true,
      };
      const { contextName, credentialType } = job;
      const facts = { learnerName: learner.name, contextName, verifyId: intent.verifyId };
      const made = await makeDocument(job, facts, intent.fileKey, intended.issuedAt ?? clock.now());
      archiveKey = await archive(intended);
      const { lmsUserId, name: learnerName, email } = learner;
      const swapped = swapReissued(
        intended,
        {
          ...{ credentialType, contextName, lmsUserId, learnerName, email },
          ...made,
          generatedAt: clock.now(),
          mail: mailFor(job, learner),
          formerFileKey: intended.fileKey,
        },
        archiveKey,
        clock.now(),
      );
      if (await store.updateCredential(swapped, intended.updatedAt)) return swapped;
      throw stale();
    } catch (error) {
      // what cannot be undone now is finished by whoever takes over
      await undo(intended, archiveKey).catch(() => {});
      throw error;
    }
  }

  async function archive({ id, fileKey }: Credential): Promise<string | null> {
    const document = fileKey === null ? null : await files.get(fileKey);
    if (!document) return null;
    const archiveKey = `archive/${id}/${newId()}`;
    await files.put(archiveKey, document);
    return archiveKey;
  }

  /** Withdraws the intent first: a swap whose answer was lost can then arrive no more. Where it has arrived, or somebody
   *  else went on, nothing is deleted that is referred to. */
  async function undo(intended: Intended, archiveKey: string | null): Promise<void> {
    const { id, fileKey } = intended.reissue;
    let isArchived = false;
    if (!(await store.updateCredential(withoutReissue(intended, clock.now()), intended.updatedAt))) {
      const latest = await store.credential(intended.id);
      const inForce = latest && (successorOf(latest) ?? (await store.credential(id)));
      if (inForce?.fileKey === fileKey) return;
      isArchived = latest?.fileKey === archiveKey;
    }
    await files.delete(fileKey);
    if (archiveKey !== null && !isArchived) await files.delete(archiveKey);
  }

  /** May be repeated. */
  async function finish(swapped: Credential, successor: Credential): Promise<Credential> {
    await store.createCredential(successor);
    const former = swapped.reissue?.made?.formerFileKey ?? null;
    if (former !== null) await files.delete(former);
    await store.updateCredential(withoutReissue(swapped, clock.now()), swapped.updatedAt);
    return successor;
  }

  return {
    reissue,
    async takeOverAbandoned() {
      let finished = 0;
      for (const credential of await store.abandonedReissues(clock.now(), BATCH)) {
        try {
          const { by = '', trace } = credential.reissue ?? {};
          const attributes = { 'laurel.credential.id': credential.id };
          await tracer.step({ name: 'credential reissue', parent: trace, attributes }, () => carryOn(credential, by));
          finished += 1;
        } catch (error) {
          const code = error instanceof CredentialsError ? error.code : 'bug.unexpected';
          logger.warn('a reissue that another process left could not be finished', {
            credentialId: credential.id,
            error: code,
          });
        }
      }
      return finished;
    },
  };
}

function stale(): ConflictError {
  return new ConflictError('stale', msg('somebody else changed the credential at the same time; load it again'));
}
