/** What the OpenAPI document says of each route of the API. A new route is not done before it stands here. */

import { z } from 'zod';
import type { Access } from '../routes.ts';
import { configuredSchema, eligibilitySchema } from './eligibility.ts';
import {
  acceptedSchema,
  badgeLinesSchema,
  badgesSchema,
  cloudEventSchema,
  failedPartSchema,
  mappingsSchema,
  metadataSchema,
  problemSchema,
  renamedSchema,
  retirementSchema,
  retireSchema,
  verificationFactsSchema,
  verificationSchema,
  whySchema,
} from './schemas.ts';

export interface Operation {
  /** Name of the operation in generated clients. */
  readonly id: string;
  readonly tag: 'Badges' | 'Learners' | 'Credentials' | 'Verification' | 'Events' | 'About';
  readonly summary: string;
  readonly access: Access;
  /** What the parts of the path are. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, { readonly doc: string; readonly required: boolean }>>;
  /** By content type, a schema's name or an array of it. */
  readonly body?: Readonly<Record<string, object>>;
  /** Takes an `Idempotency-Key`. */
  readonly once?: true;
  readonly success: { readonly status: number; readonly doc: string; readonly schema: z.ZodType };
  /** Status to what it means here; what every guarded or limited route answers is added. */
  readonly failures: Readonly<Record<number, string>>;
}

/** The schemas by their names in the document. */
export const namedSchemas = {
  Problem: problemSchema,
  Badges: badgesSchema,
  BadgeLines: badgeLinesSchema,
  Why: whySchema,
  FailedPart: failedPartSchema,
  Verification: verificationSchema,
  VerificationFacts: verificationFactsSchema,
  Metadata: metadataSchema,
  Configured: configuredSchema,
  Eligibility: eligibilitySchema,
  CloudEvent: cloudEventSchema,
  Accepted: acceptedSchema,
  Retire: retireSchema,
  Retirement: retirementSchema,
  UsernameMappings: mappingsSchema,
  ReplacedUsernames: renamedSchema,
  OpenApi: z.looseObject({ openapi: z.string() }),
} as const;

export function schemaReference(name: keyof typeof namedSchemas): object {
  return { $ref: `#/components/schemas/${name}` };
}

const KEY = 'key of a course, CCX or learning path, e.g. `course-v1:org+course+run`';
const VERIFY_ID = 'the id that stands on the credential';
const UNKNOWN_ID = 'there is nothing with this id; also where it is malformed';
const NO_LEARNER = 'no event has told of a learner with this username';
const RESTRICTED = 'the token is of a restricted application of the LMS';
const NOT_YOURS = `the learner is another, and the token not of staff; or ${RESTRICTED}`;
const ONE_EVENT = schemaReference('CloudEvent');
const MANY_EVENTS = { type: 'array', items: ONE_EVENT };

/** By method and path as the route table has them. */
export const operations: Readonly<Record<string, Operation>> = {
  'get /api/openapi.json': {
    id: 'getOpenApi',
    tag: 'About',
    summary: 'This document',
    access: 'public',
    success: { status: 200, doc: 'OpenAPI 3.1', schema: namedSchemas.OpenApi },
    failures: {},
  },
  'post /events': {
    id: 'sendEvents',
    tag: 'Events',
    summary: 'Take events of the LMS: the whole list or none of it',
    access: 'token events:write',
    once: true,
    body: {
      'application/cloudevents+json': ONE_EVENT,
      'application/cloudevents-batch+json': MANY_EVENTS,
      'application/json': { anyOf: [ONE_EVENT, MANY_EVENTS] },
    },
    success: { status: 202, doc: 'every event is processed and its effect durable', schema: acceptedSchema },
    failures: {
      400: 'not JSON, damaged compression, or a malformed event; `detail` names the place',
      403: 'the door is shut: no LAUREL_INGEST_TOKEN is set',
      413: 'larger than LAUREL_MAX_BODY_BYTES',
      415: 'another content type',
      422: 'an unknown event type, or an event without a learner where one is needed',
    },
  },
  'get /api/laurel/v1/badges': {
    id: 'listBadges',
    tag: 'Badges',
    summary: 'Every badge with its rules',
    access: 'token badges:read',
    success: { status: 200, doc: 'the badges, by id', schema: badgesSchema },
    failures: {},
  },
  'get /api/laurel/v1/learners/:username/badges': {
    id: 'listLearnerBadges',
    tag: 'Badges',
    summary: "One learner's badges",
    access: 'learner or token badges:read',
    path: { username: 'username in the LMS' },
    success: { status: 200, doc: 'an object for every badge in force or with progress', schema: badgeLinesSchema },
    failures: { 403: NOT_YOURS, 404: NO_LEARNER },
  },
  'get /api/laurel/v1/learners/:username/badges/:badge': {
    id: 'explainLearnerBadge',
    tag: 'Badges',
    summary: 'Why a learner has a badge, or has it not',
    access: 'token badges:read',
    path: { username: 'username in the LMS', badge: 'id of the badge' },
    success: { status: 200, doc: 'the explanation', schema: whySchema },
    failures: { 404: `${NO_LEARNER}, or there never was the badge` },
  },
  'post /api/v2/user/retire': {
    id: 'retireLearner',
    tag: 'Learners',
    summary: 'Forget a learner; repeating it changes nothing more',
    access: 'token learners:retire',
    once: true,
    body: { 'application/json': schemaReference('Retire') },
    success: { status: 202, doc: 'on record; a job removes what is kept', schema: retirementSchema },
    failures: { 400: 'not such a body' },
  },
  'post /api/v2/replace_usernames': {
    id: 'replaceUsernames',
    tag: 'Learners',
    summary: 'Put new usernames in place of former ones; an unknown one is a success',
    access: 'token learners:retire',
    once: true,
    body: { 'application/json': schemaReference('UsernameMappings') },
    success: {
      status: 200,
      doc: 'which were replaced; failed: another learner has the new one',
      schema: renamedSchema,
    },
    failures: { 400: 'not such a body' },
  },
  'get /api/verify/:uuid': {
    id: 'verify',
    tag: 'Verification',
    summary: 'Verify a badge or a PDF credential, check by check',
    access: 'public',
    path: { uuid: VERIFY_ID },
    success: { status: 200, doc: 'each check and the verdict', schema: verificationSchema },
    failures: { 404: UNKNOWN_ID },
  },
  'get /api/laurel/v1/verify/:uuid': {
    id: 'verifyPdf',
    tag: 'Verification',
    summary: 'Facts of a PDF credential',
    access: 'public',
    path: { uuid: VERIFY_ID },
    success: { status: 200, doc: 'what the credential says', schema: verificationFactsSchema },
    failures: { 404: UNKNOWN_ID },
  },
  'get /api/learning_credentials/v1/metadata/:uuid': {
    id: 'getMetadata',
    tag: 'Verification',
    summary: 'Facts of a PDF credential in the fields of learning-credentials',
    access: 'public',
    path: { uuid: VERIFY_ID },
    success: { status: 200, doc: 'what the credential says', schema: metadataSchema },
    failures: { 404: UNKNOWN_ID },
  },
  'get /api/learning_credentials/v1/configured/:key': {
    id: 'getConfigured',
    tag: 'Credentials',
    summary: 'How many credentials a course or learning path gives',
    access: 'learner or token credentials:read',
    path: { key: KEY },
    success: { status: 200, doc: 'the number', schema: configuredSchema },
    failures: { 400: 'the key is none', 403: RESTRICTED },
  },
  'get /api/learning_credentials/v1/eligibility/:key': {
    id: 'getEligibility',
    tag: 'Credentials',
    summary: 'How one learner stands towards each credential of a course or learning path',
    access: 'learner or token credentials:read',
    path: { key: KEY },
    query: {
      username: {
        doc: 'the learner; may be left out by who asks about herself with a token of the LMS',
        required: false,
      },
      retrieval_func: { doc: 'leaves the credentials of other retrieval functions out', required: false },
    },
    success: { status: 200, doc: 'an entry for each credential', schema: eligibilitySchema },
    failures: { 400: 'the key is none, or no username is given', 403: NOT_YOURS, 502: 'the LMS did not cooperate' },
  },
};
