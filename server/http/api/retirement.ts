/** The calls with which an Open edX site forgets and renames its users: paths and bodies as its retirement pipeline and its
 *  username replacement send them. Source: edx-platform scripts/user_retirement, openedx/credentials api/v2/views.py */

import type { z } from 'zod';
import { createAudit } from '../audit/audit.ts';
import { RequestError } from '../middleware/request-error.ts';
import { post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { answer } from './answer.ts';
import { callerName } from './caller.ts';
import { answerOnce } from './idempotency.ts';
import { jsonBody } from './json-body.ts';
import { mappingsSchema, renamedSchema, retirementSchema, retireSchema } from './schemas.ts';

const MAX_BYTES = 256 * 1024;

export function retirementApiRoutes(services: Services): readonly Route[] {
  const { retirements, learners } = services;
  const audit = createAudit(services);
  const parseBody = jsonBody({ maxBytes: MAX_BYTES });
  const once = answerOnce(services);

  return [
    post('/api/v2/user/retire', 'token learners:retire', parseBody, once, async (req, res) => {
      const { username, original_username, badges } = read(
        retireSchema,
        req.body,
        'send {"username": "..."}, and as "badges" either "leave" or "revoke" where badges at providers are to be taken back',
      );
      const known = username ?? original_username;
      if (known === undefined)
        throw new RequestError(400, 'username', 'the body must name the learner, as in {"username": "ada"}');
      const job = await retirements.request({ username: known, badgesThere: badges ?? 'leave', by: callerName(res) });
      if (job) await audit(callerName(res), 'learner.retired', `job:${job.id}`, { badges: badges ?? 'leave' });
      answer(res.status(202), retirementSchema, { state: job ? 'accepted' : 'nothing-known', job: job?.id ?? null });
    }),

    post('/api/v2/replace_usernames', 'token learners:retire', parseBody, once, async (req, res) => {
      const { username_mappings: mappings } = read(
        mappingsSchema,
        req.body,
        'send {"username_mappings": [{"old": "new"}]}, one pair of usernames in each object',
      );
      const replaced: z.infer<typeof renamedSchema> = { successful_replacements: [], failed_replacements: [] };
      for (const mapping of mappings) {
        for (const [former, next] of Object.entries(mapping)) {
          const { outcome } = await retirements.rename(former, next, callerName(res));
          replaced[outcome === 'taken' ? 'failed_replacements' : 'successful_replacements'].push({ [former]: next });
          const learner = outcome === 'renamed' ? await learners.findByUsername(next) : null;
          if (outcome === 'renamed')
            await audit(callerName(res), 'learner.renamed', `learner:${learner?.id ?? 'unknown'}`);
        }
      }
      answer(res, renamedSchema, replaced);
    }),
  ];
}

/** @throws RequestError 400 `request.body` */
function read<Schema extends z.ZodType>(schema: Schema, body: unknown, advice: string): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new RequestError(400, 'body', `the body is not what this address takes; ${advice}`);
  return parsed.data;
}
