/** The addresses of learning-credentials under which it tells what a course or path gives, and how one learner stands.
 *  Field names and statuses as there; `reason` and `problem` are ours. Source: learning-credentials api/v1/views.py */

import { z } from 'zod';
import { contextKind } from '../../../plugin/credentials/context-key.ts';
import { reasonOf } from '../../../plugin/credentials/eligibility.ts';
import { takenBack } from '../../../plugin/credentials/place.ts';
import { isRecord } from '../../../plugin/extensions/options.ts';
import type { Facts, RetrievedLearner } from '../../../plugin/extensions/retrieval-function.ts';
import type { CredentialConfiguration, CredentialType } from '../../../plugin/ports/credential-store.ts';
import { pathText, queryText } from '../forms/forms.ts';
import { RequestError } from '../middleware/request-error.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { answer } from './answer.ts';
import { learnerAskedFor } from './caller.ts';

const figures = {
  /** In per cent, categories in lower case. */
  current_grades: z.record(z.string(), z.number()).optional(),
  required_grades: z.record(z.string(), z.number()).optional(),
  /** From 0 to 1. */
  current_completion: z.number().optional(),
  required_completion: z.number().optional(),
};

const step = z.strictObject({
  is_eligible: z.boolean(),
  ...figures,
  reason: z.string().optional(),
  problem: z.string().optional(),
});

/** Body of `GET /api/learning_credentials/v1/configured/<key>/` */
export const configuredSchema = z.strictObject({
  has_credentials: z.boolean(),
  credential_count: z.number().int(),
});

/** Body of `GET /api/learning_credentials/v1/eligibility/<key>/`; what is not known is left out. */
export const eligibilitySchema = z.strictObject({
  context_key: z.string(),
  credentials: z.array(
    z.strictObject({
      credential_type_id: z.string(),
      name: z.string(),
      is_generation_enabled: z.boolean(),
      is_eligible: z.boolean(),
      existing_credential: z.string().optional(),
      ...figures,
      /** Of a learning path, by course key. */
      steps: z.record(z.string(), step).optional(),
      reason: z.string().optional(),
      problem: z.string().optional(),
    }),
  ),
});

type Entry = z.infer<typeof eligibilitySchema>['credentials'][number];
type Step = z.infer<typeof step>;

/** Said of whoever is eligible and gets none all the same. */
const TAKEN_BACK = 'the credential was taken back, and no new one is made until that is allowed';

export function eligibilityRoutes({ credentials, eligibility }: Services): readonly Route[] {
  async function existing(configurationId: string, username: string): Promise<string | null> {
    const live = await credentials.liveCredential(configurationId, username);
    return live === null || live.status === 'error' ? null : live.id;
  }

  async function entry(
    { id, contextKey }: CredentialConfiguration,
    type: CredentialType,
    username: string,
    enabled: boolean,
  ): Promise<Entry> {
    let found: RetrievedLearner | null = null;
    for await (const learner of eligibility(id, { username })) found = learner;
    const credential = await existing(id, username);
    const taken =
      found?.eligible && credential === null ? await takenBack(credentials, { configurationId: id, username }) : null;
    return {
      credential_type_id: type.id,
      name: type.name,
      is_generation_enabled: enabled,
      ...(credential === null ? {} : { existing_credential: credential }),
      ...(found === null ? { is_eligible: false, reason: 'not enrolled' } : standing(contextKey, found)),
      ...(taken && { reason: TAKEN_BACK }),
    };
  }

  return [
    get('/api/learning_credentials/v1/configured/:key', 'learner or token credentials:read', async (req, res) => {
      const contextKey = readKey(pathText(req, 'key'));
      const count = (await credentials.configurations()).filter((one) => one.contextKey === contextKey).length;
      answer(res, configuredSchema, { has_credentials: count > 0, credential_count: count });
    }),

    get('/api/learning_credentials/v1/eligibility/:key', 'learner or token credentials:read', async (req, res) => {
      const contextKey = readKey(pathText(req, 'key'));
      const username = learnerAskedFor(res, queryText(req, 'username'));
      const retrieval = queryText(req, 'retrieval_func');
      const [configurations, types, schedules] = await Promise.all([
        credentials.configurations(),
        credentials.types(),
        credentials.schedules(),
      ]);
      const entries: Entry[] = [];
      for (const configuration of configurations) {
        const type = types.find(({ id }) => id === configuration.credentialTypeId);
        if (configuration.contextKey !== contextKey || !type) continue;
        if (retrieval !== undefined && !isNamed(type.retrievalFunction, retrieval)) continue;
        const enabled = schedules.some((one) => one.configurationId === configuration.id && one.enabled);
        entries.push(await entry(configuration, type, username, enabled));
      }
      answer(res, eligibilitySchema, { context_key: contextKey, credentials: entries });
    }),
  ];
}

function readKey(key: string): string {
  if (contextKind(key) !== null) return key;
  throw new RequestError(
    400,
    'context-key',
    'the context key is not one of course-v1:org+course+run, ccx-v1:org+course+run+ccx@1 or path-v1:org+number+run+group',
  );
}

/** The reference's functions by the names of ours. */
const UPSTREAM_NAMES: Readonly<Record<string, string>> = {
  'course-completions': 'learning_credentials.processors.retrieve_course_completions',
  'subsection-grades': 'learning_credentials.processors.retrieve_subsection_grades',
  'completions-and-grades': 'learning_credentials.processors.retrieve_completions_and_grades',
};

function isNamed(name: string, wanted: string): boolean {
  return wanted === name || wanted === UPSTREAM_NAMES[name];
}

function standing(
  contextKey: string,
  found: RetrievedLearner,
): Omit<Entry, 'credential_type_id' | 'name' | 'is_generation_enabled'> {
  const said = found.problem === null ? { reason: reasonOf(found) } : { problem: found.problem };
  const [only] = found.courses;
  if (only !== undefined && contextKind(contextKey) !== 'path')
    return { is_eligible: found.eligible, ...figuresOf(only.facts, only.required), ...present(said) };
  const steps = found.courses.map((course): readonly [string, Step] => [
    course.courseKey,
    {
      is_eligible: course.eligible,
      ...figuresOf(course.facts, course.required),
      ...present({ reason: course.reason, problem: course.problem }),
    },
  ]);
  return { is_eligible: found.eligible, ...present(said), steps: Object.fromEntries(steps) };
}

function figuresOf(current: Facts, required: Facts): object {
  return present({
    current_grades: current.grades,
    required_grades: required.grades,
    current_completion: current.completion,
    required_completion: required.completion,
  });
}

/** As there: what is null or empty is left out. */
function present(fields: Readonly<Record<string, unknown>>): Record<string, never> {
  const isThere = (value: unknown) =>
    value !== null && value !== undefined && !(isRecord(value) && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isThere(value))) as Record<string, never>;
}
