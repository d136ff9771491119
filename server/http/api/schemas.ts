/** Bodies of the API: what answers are checked against before they are sent, and what the OpenAPI document is made from. */

import { z } from 'zod';

const time = z.string().meta({ description: 'RFC 3339, UTC' });
const count = z.number().int().min(0);

/** Lists are never changed by who gets them. */
function list<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly();
}

const status = z.enum(['none', 'in-progress', 'awarded', 'revoked']);
const progress = z.number().min(0).max(1).meta({ description: 'share of fulfilled groups' });

/** Body of `GET /api/laurel/v1/badges` */
export const badgesSchema = list(
  z.strictObject({
    id: z.string(),
    name: z.string().nullable(),
    template: z.string().nullable(),
    active: z.boolean(),
    version: count,
    updatedAt: time,
    source: z.string().meta({ description: 'text of the rules' }),
  }),
);

/** Body of `GET /api/laurel/v1/learners/<username>/badges` */
export const badgeLinesSchema = list(
  z.strictObject({
    learner: z.string().meta({ description: 'username' }),
    badge: z.string(),
    status,
    progress,
    groups: z.record(z.string(), z.boolean()),
    fulfilled: list(z.string()).meta({ description: 'requirements' }),
    awardedAt: time.nullable(),
    awards: count.meta({ description: 'how many stand' }),
  }),
);

/** Body of `POST /events` when it is accepted. */
export const acceptedSchema = z.strictObject({ accepted: count });

/** One event for `POST /events`; what it holds under `data` depends on its type (docs/reference/event-types.md). */
export const cloudEventSchema = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  type: z.string().min(1),
  source: z.string().min(1),
  time: z.string().meta({ description: 'RFC 3339' }),
  datacontenttype: z
    .string()
    .optional()
    .meta({ description: 'application/json beside data, application/avro beside data_base64' }),
  data: z.record(z.string(), z.unknown()).optional(),
  data_base64: z.string().optional(),
});

/** Every failure, RFC 9457. Some have more fields, which name what is wrong. */
export const problemSchema = z.looseObject({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().meta({ description: 'what to do about it' }),
  code: z.string().meta({ description: 'stable name of the failure' }),
  requestId: z.string(),
});

/** Body of `GET /api/laurel/v1/verify/<uuid>` */
export const verificationFactsSchema = z.strictObject({
  status: z.enum(['available', 'expired', 'invalidated']),
  valid: z.boolean(),
  name: z.string().optional(),
  contextKey: z.string(),
  contextName: z.string(),
  type: z.string(),
  issuedAt: time,
  expiresAt: time.nullable(),
  invalidationReason: z.string().nullable(),
});

/** Body of `GET /api/learning_credentials/v1/metadata/<uuid>/` */
export const metadataSchema = z.strictObject({
  user_full_name: z.string(),
  created: time,
  learning_context_name: z.string(),
  status: z.enum(['available', 'invalidated']),
  invalidation_reason: z.string(),
  expires: time.nullable(),
});

/** Body of `GET /api/verify/<uuid>` */
export const verificationSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['open-badge', 'pdf']),
  verdict: z.enum(['valid', 'invalid', 'unknown']),
  checks: list(z.strictObject({ id: z.string(), result: z.enum(['pass', 'fail', 'unknown']), message: z.string() })),
  name: z.string(),
  issuer: z.string(),
  holder: z.string().nullable(),
  type: z.string().nullable(),
  contextKey: z.string().nullable(),
  awardedAt: z.string(),
  credential: z.looseObject({}).nullable().meta({ description: 'the signed document of a badge' }),
});

const clauses = list(
  z.strictObject({
    text: z.string(),
    holds: z.boolean(),
    found: list(z.strictObject({ path: z.string(), value: z.string() })),
  }),
);
const eventAt = { eventId: z.string(), at: time };

const contribution = z.strictObject({
  ...eventAt,
  badge: z.string().nullable(),
  fate: z.enum(['counts', 'surplus', 'early', 'reset', 'used', 'outside-window', 'repeated', 'over']),
  value: z.union([z.string(), z.number(), z.boolean()]).nullable(),
  discardedBy: z.strictObject({ penalty: z.string(), ...eventAt }).nullable(),
  text: z.string(),
  inLog: z.boolean(),
  clauses,
});

interface FailedPart {
  readonly text: string;
  readonly path: string | null;
  readonly value: unknown;
  readonly words: string;
  readonly alternatives: readonly FailedPart[];
}

/** The part of a condition that an event did not meet; of an `or`, each of the parts of which one would have done. */
export const failedPartSchema: z.ZodType<FailedPart, FailedPart> = z.strictObject({
  text: z.string(),
  path: z.string().nullable(),
  value: z.unknown(),
  words: z.string(),
  alternatives: z.lazy(() => list(failedPartSchema)),
});

const nearMiss = z.strictObject({
  ...eventAt,
  matches: z.boolean(),
  reason: z.enum(['other-trigger', 'before-from', 'after-until', 'condition', 'no-value']).nullable(),
  failed: failedPartSchema.nullable(),
  distance: z.number(),
  text: z.string(),
  clauses,
});

const explanation = z.strictObject({
  badge: z.string(),
  status,
  progress,
  awards: list(
    z.strictObject({
      ordinal: count,
      ...eventAt,
      revokedAt: time.nullable(),
      revokedBy: z.string().nullable(),
      penalties: list(z.string()),
      text: z.string(),
    }),
  ),
  notes: list(z.string()),
  requirements: list(
    z.strictObject({
      requirement: z.string(),
      group: z.string(),
      state: z.enum(['fulfilled', 'in-progress', 'waiting', 'reset', 'missing']),
      text: z.string(),
      description: z.string().nullable(),
      counted: count,
      needed: count,
      missing: z.number().int(),
      contributions: list(contribution),
      olderContributions: count,
      nearest: list(nearMiss),
      others: count,
    }),
  ),
  penalties: list(
    z.strictObject({ penalty: z.string(), resets: list(z.string()), events: list(z.strictObject(eventAt)) }),
  ),
});

const ruling = z.strictObject({
  version: count,
  hash: z.string().meta({ description: 'SHA-256 of the rules, hex' }),
  savedAt: time,
  savedBy: z.string(),
  active: z.boolean(),
  explanation: explanation.nullable(),
});

const provenance = z.strictObject({
  ruleVersion: count,
  recordedAt: time,
  requirements: list(
    z.strictObject({
      requirement: z.string(),
      group: z.string(),
      on: z.string(),
      where: z.string().nullable(),
      events: list(z.strictObject(eventAt)),
      more: count,
    }),
  ),
});

/** Body of `GET /api/laurel/v1/learners/<username>/badges/<badge>` */
export const whySchema = z.strictObject({
  learner: z.string().meta({ description: 'username' }),
  badge: z.strictObject({
    id: z.string(),
    name: z.string().nullable(),
    active: z.boolean(),
    version: count,
    removed: z.boolean(),
  }),
  status,
  evaluated: z.boolean(),
  progress,
  issued: list(
    z.strictObject({
      number: count,
      uuid: z.string(),
      awardedAt: time,
      eventId: z.string(),
      revokedAt: time.nullable(),
      ruleVersion: count,
      provenance: provenance.nullable(),
    }),
  ),
  decided: ruling,
  inForce: ruling.nullable(),
  looked: list(z.strictObject({ type: z.string(), events: count, more: z.boolean() })),
});

/** As long as a username of the LMS may be, and more. */
const username = z.string().trim().min(1).max(255);

/** Body for `POST /api/v2/user/retire`; the retirement pipeline sends more, which is not looked at. */
export const retireSchema = z.object({
  username: username.optional(),
  original_username: username.optional().meta({ description: 'in place of username' }),
  badges: z
    .enum(['leave', 'revoke'])
    .optional()
    .meta({ description: 'what is to happen to badges at providers; leave unless given' }),
});

/** Body of `POST /api/v2/user/retire` */
export const retirementSchema = z.strictObject({
  state: z.enum(['accepted', 'nothing-known']),
  job: z.string().nullable().meta({ description: 'id of the job that does it' }),
});

const pair = z
  .record(username, username)
  .refine((names) => Object.keys(names).length === 1)
  .meta({ description: 'one pair: the former username, the new one' });

/** Body for `POST /api/v2/replace_usernames` */
export const mappingsSchema = z.object({ username_mappings: z.array(pair).max(1_000) });

/** Body of `POST /api/v2/replace_usernames` */
export const renamedSchema = z.strictObject({
  successful_replacements: z.array(z.record(z.string(), z.string())),
  failed_replacements: z.array(z.record(z.string(), z.string())),
});
