/** Retirement of learners: who was retired, the job that removes what is stored, and where the rest of Laurel asks. */

import { createHmac, randomUUID } from 'node:crypto';
import type { JobKind } from '../../plugin/jobs/job-runner.ts';
import type { Jobs } from '../../plugin/jobs/request-job.ts';
import type { BadgeProvider } from '../../plugin/ports/badge-provider.ts';
import type { DeadLetter, DeadMessage } from '../../plugin/ports/dead-letters.ts';
import type { Clock } from '../../plugin/ports/runtime.ts';
import type { SealedRecords, SecretBox } from '../../plugin/ports/secret-box.ts';
import { createRename } from '../../plugin/privacy/rename-job.ts';
import { sealedRetirements } from '../../plugin/privacy/reseal-retirements.ts';
import { createRetire } from '../../plugin/privacy/retire-job.ts';
import { createRetiredPeople, type RetiredPeople } from '../../plugin/privacy/retired-people.ts';
import { createRetirements, type Retirements } from '../../plugin/privacy/retirements.ts';
import { eventFromDeadLetter } from '../amqp/dead-message.ts';
import type { Settings } from '../config.ts';
import { MongoLearnerTraces } from '../mongo/learner-traces.ts';
import { deriveKey } from '../secret-key.ts';
import type { Stores } from './stores.ts';

export interface RetirementSetupParts {
  readonly stores: Stores;
  readonly secretKey: string;
  readonly formerSecretKeys: Settings['formerSecretKeys'];
  readonly secrets: SecretBox;
  readonly clock: Clock;
  readonly jobs: Pick<Jobs, 'request' | 'resume'>;
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  /** In place of the usual patience with what is under way. */
  readonly settleMs?: number | undefined;
}

export interface ComposedRetirement {
  readonly kinds: readonly JobKind[];
  readonly retirements: Retirements;
  readonly sealed: SealedRecords;
}

/** @param keys the present one first: one hash of a text under each */
function retirementHashes(keys: readonly string[]): (text: string) => readonly string[] {
  const derived = keys.map((key) => Buffer.from(deriveKey(key, 'retired learners'), 'hex'));
  return (text) => derived.map((key) => createHmac('sha256', key).update(text).digest('base64url'));
}

export function composeRetiredPeople(
  parts: Pick<RetirementSetupParts, 'stores' | 'secretKey' | 'formerSecretKeys' | 'clock'>,
): RetiredPeople {
  const hashesOf = retirementHashes([parts.secretKey, ...parts.formerSecretKeys]);
  return createRetiredPeople({ store: parts.stores.retirements, clock: parts.clock, hashesOf });
}

export function composeRetirement(
  parts: RetirementSetupParts & { readonly people: RetiredPeople },
): ComposedRetirement {
  const { stores, secrets, clock, jobs, providers, people, settleMs } = parts;
  const { connection } = stores.database;
  const traces = new MongoLearnerTraces(connection, { files: stores.files, decode: eventFromDeadLetter });
  const common = {
    ...{ store: stores.retirements, traces, people, secrets, clock },
    ...(settleMs !== undefined && { settleMs }),
  };
  return {
    kinds: [createRetire({ ...common, progress: stores.progress, providers }), createRename({ traces, secrets })],
    retirements: createRetirements({ ...common, jobs, jobStore: stores.jobs, newId: randomUUID }),
    sealed: sealedRetirements(stores.retirements, secrets),
  };
}

/** Whether a dead message can be told to be about a retired learner: then it need not be kept. */
export async function isAboutRetired(message: DeadMessage, people: RetiredPeople): Promise<boolean> {
  try {
    const { user } = eventFromDeadLetter(message as DeadLetter);
    return user !== null && (await people.has(user));
  } catch {
    return false;
  }
}
