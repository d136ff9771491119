/** Retirement of learners: who was retired, the job that removes what is stored, and where the rest of Laurel asks. */

import { createHmac, randomUUID } from 'node:crypto';
import type { JobKind } from '../../plugin/jobs/job-runner.ts';
import type { Jobs } from '../../plugin/jobs/request-job.ts';
import type { BadgeProvider } from '../../plugin/ports/badge-provider.ts';
import type { DeadLetter, DeadMessage } from '../../plugin/ports/dead-letters.ts';
import type { Clock, Logger } from '../../plugin/ports/runtime.ts';
import type { SealedRecords, SecretBox } from '../../plugin/ports/secret-box.ts';
import { findHashKeys, type HashKeysParts, keepHashKeys, sealedHashKeys } from '../../plugin/privacy/hash-keys.ts';
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
  readonly sealed: readonly SealedRecords[];
}

function hashKeysParts(
  parts: Pick<RetirementSetupParts, 'stores' | 'secretKey' | 'formerSecretKeys' | 'secrets'>,
): HashKeysParts {
  const own = [parts.secretKey, ...parts.formerSecretKeys].map((secretKey) => ({
    id: deriveKey(secretKey, 'retired learners: name of the key').slice(0, 12),
    key: deriveKey(secretKey, 'retired learners'),
  }));
  return { store: parts.stores.hashKeys, secrets: parts.secrets, own };
}

/** One hash of a text under each key. */
function hashes(keys: readonly string[]): (text: string) => readonly string[] {
  const bytes = keys.map((key) => Buffer.from(key, 'hex'));
  return (text) => bytes.map((key) => createHmac('sha256', key).update(text).digest('base64url'));
}

/** @throws StoreError */
export async function composeRetiredPeople(
  parts: Pick<RetirementSetupParts, 'stores' | 'secretKey' | 'formerSecretKeys' | 'secrets' | 'clock'> & {
    /** Whether this process may write; a command that only looks does not. */
    readonly keepsKeys: boolean;
    readonly logger: Logger;
  },
): Promise<RetiredPeople> {
  const { stores, clock, keepsKeys, logger } = parts;
  const keys = hashKeysParts(parts);
  if (keepsKeys) await keepHashKeys(keys);
  const { former, lost } = await findHashKeys(keys);
  if (lost > 0)
    logger.warn(
      'learners who were retired under a former secret key are not recognised: add it to LAUREL_FORMER_SECRET_KEYS and run `laurel secrets rotate`',
      { keys: lost },
    );
  const own = keys.own.map(({ key }) => key);
  return createRetiredPeople({
    ...{ store: stores.retirements, clock },
    hashesOf: hashes([...own, ...former]),
    newHashesOf: hashes(own),
  });
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
    sealed: [sealedRetirements(stores.retirements, secrets), sealedHashKeys(hashKeysParts(parts))],
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
