/** What records of each kind can be chosen by and put in order by. The adapters build the indexes for it. */

import { openEffects } from '../badges/effect-order.ts';
import { credentialWords } from '../credentials/search-words.ts';
import { courseOf } from '../events/course-of.ts';
import { subjectOf } from '../events/event-outcome.ts';
import type { Credential, CredentialRun } from './credential-store.ts';
import type { DeadLetterSummary } from './dead-letters.ts';
import type { EventEntry } from './event-log.ts';
import type { Job } from './job-store.ts';
import type { Learner } from './learner-store.ts';
import type { Progress } from './progress-store.ts';
import type { RecordShape } from './records.ts';

export const eventShape: RecordShape<EventEntry> = {
  id: ['id'],
  fields: {
    id: ({ event }) => event.id,
    type: ({ event }) => event.type,
    username: ({ event }) => event.user?.username ?? null,
    outcome: ({ outcome }) => outcome.kind,
    subject: subjectOf,
    course: ({ event }) => courseOf(event.payload),
    receivedAt: ({ receivedAt }) => receivedAt,
  },
};

export const deadLetterShape: RecordShape<DeadLetterSummary> = {
  id: ['id'],
  fields: {
    id: ({ id }) => id,
    state: ({ state }) => state,
    reason: ({ reason }) => reason.code,
    type: ({ eventType }) => eventType,
    eventId: ({ eventId }) => eventId,
    diedAt: ({ diedAt }) => diedAt,
  },
};

export const learnerShape: RecordShape<Learner> = {
  id: ['id'],
  fields: {
    id: ({ id }) => id,
    username: ({ username }) => username,
    lmsUserId: ({ lmsUserId }) => lmsUserId,
    isActive: ({ isActive }) => isActive,
    searchUsername: ({ username }) => username.toLowerCase(),
    searchEmail: ({ email }) => email.toLowerCase(),
  },
};

export const progressShape: RecordShape<Progress> = {
  id: ['learnerId', 'badgeId'],
  fields: {
    learnerId: ({ learnerId }) => learnerId,
    badgeId: ({ badgeId }) => badgeId,
    status: ({ outcome }) => outcome.status,
    updatedAt: ({ updatedAt }) => updatedAt,
    effects: ({ effects }) => effects.flatMap(({ state }) => (state === 'pending' || state === 'failed' ? state : [])),
  },
  parts: {
    openEffects: (progress) =>
      openEffects(progress).map(({ state, kind, lane, error }) => ({ state, kind, lane, error })),
    issued: ({ issued }) =>
      issued.map(({ number, template, externalState, revokedAt }) => ({
        ...{ number, externalState, revokedAt },
        ...{ provider: template?.provider ?? null, template: template?.id ?? null },
      })),
  },
};

export const credentialShape: RecordShape<Credential> = {
  id: ['id'],
  fields: {
    id: ({ id }) => id,
    verifyId: ({ verifyId }) => verifyId,
    status: ({ status }) => status,
    type: ({ credentialType }) => credentialType,
    context: ({ contextKey }) => contextKey,
    username: ({ username }) => username,
    createdAt: ({ createdAt }) => createdAt,
    mail: ({ mail }) => mail?.state ?? null,
    words: credentialWords,
  },
};

export const runShape: RecordShape<CredentialRun> = {
  id: ['id'],
  fields: {
    id: ({ id }) => id,
    configuration: ({ configurationId }) => configurationId,
    trigger: ({ trigger }) => trigger,
    state: ({ state }) => state,
    startedAt: ({ startedAt }) => startedAt,
  },
};

export const jobShape: RecordShape<Job> = {
  id: ['id'],
  fields: {
    id: ({ id }) => id,
    kind: ({ kind }) => kind,
    state: ({ state }) => state,
    requestedBy: ({ requestedBy }) => requestedBy,
    createdAt: ({ createdAt }) => createdAt,
  },
};
