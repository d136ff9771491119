/** What credential stores are given in tests, and how a test sees them refuse. */

import { CredentialsError } from '../../plugin/errors.ts';
import type {
  Asset,
  Credential,
  CredentialConfiguration,
  CredentialMail,
  CredentialRun,
  CredentialType,
  Schedule,
} from '../../plugin/ports/credential-store.ts';

export const T0 = new Date('2026-03-01T10:00:00.000Z');
export const later = (ms: number) => new Date(T0.getTime() + ms);

export function anAsset(facts: Partial<Asset> = {}): Asset {
  return {
    slug: 'certificate',
    description: 'A4 landscape',
    kind: 'pdf-template',
    fileName: 'certificate.pdf',
    contentType: 'application/pdf',
    sizeBytes: 10,
    sha256: 'a'.repeat(64),
    updatedAt: T0,
    ...facts,
  };
}

export function aType(facts: Partial<CredentialType> = {}): CredentialType {
  return {
    id: 'type-1',
    name: 'Course certificate',
    retrievalFunction: 'course-completions',
    generationFunction: 'pdf',
    options: { template: 'certificate', required_grades: { 'Mid.term $1': 0.5 }, text_elements: { date: false } },
    updatedAt: T0,
    ...facts,
  };
}

export function aConfiguration(facts: Partial<CredentialConfiguration> = {}): CredentialConfiguration {
  return {
    id: 'configuration-1',
    credentialTypeId: 'type-1',
    contextKey: 'course-v1:OpenedX+DemoX+Demo_Course',
    options: {},
    updatedAt: T0,
    ...facts,
  };
}

export function aRun(facts: Partial<CredentialRun> = {}): CredentialRun {
  return {
    id: 'run-1',
    configurationId: 'configuration-1',
    trigger: 'manual',
    dueAt: T0,
    state: 'running',
    fence: 1,
    leaseUntil: later(60_000),
    startedAt: T0,
    finishedAt: null,
    counts: { seen: 0, eligible: 0, generated: 0, skipped: 0, failed: 0 },
    error: null,
    checkpoint: null,
    ...facts,
  };
}

export function anIssuedCredential(facts: Partial<Credential> = {}): Credential {
  return {
    id: 'd7e1a1b0-0000-4000-8000-000000000001',
    verifyId: 'd7e1a1b0-0000-4000-8000-00000000000a',
    configurationId: 'configuration-1',
    credentialType: 'Course certificate',
    contextKey: 'course-v1:OpenedX+DemoX+Demo_Course',
    contextName: 'Demonstration Course',
    username: 'ada',
    lmsUserId: 11,
    learnerName: 'Ada Lovelace',
    email: 'ada@example.com',
    status: 'available',
    reason: null,
    fileKey: 'credential/1/secret',
    sizeBytes: 3,
    sha256: 'b'.repeat(64),
    runId: 'run-1',
    attempts: 1,
    issuedAt: T0,
    generatedAt: T0,
    expiresAt: null,
    reissueOf: null,
    reissuedAs: null,
    reissue: null,
    holdsPlace: facts.status !== 'invalidated',
    mail: null,
    createdAt: T0,
    updatedAt: T0,
    ...facts,
  };
}

export function aMail(facts: Partial<CredentialMail> = {}): CredentialMail {
  return { state: 'pending', messageId: null, attempts: 0, dueAt: T0, sentAt: null, lastError: null, ...facts };
}

export const aSchedule = (facts: Partial<Schedule> = {}): Schedule => ({
  configurationId: 'configuration-1',
  enabled: true,
  rule: { kind: 'crontab', expression: '0 6 * * mon', timeZone: 'Europe/Kyiv' },
  oneOff: false,
  startAt: null,
  expiresAt: null,
  overlap: 'skip',
  catchUp: 'one',
  deadlineMs: null,
  nextDueAt: T0,
  waiting: [],
  lastRunAt: null,
  lastSkipped: null,
  totalRuns: 0,
  updatedAt: T0,
  ...facts,
});

export async function rejection(promise: Promise<unknown>): Promise<CredentialsError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof CredentialsError) return error;
    throw error;
  }
  throw new Error('expected a rejection');
}
