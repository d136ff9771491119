/** What people do with credentials that were made: reissue or invalidate one, or settle all that match. */

import { MAX_REASON } from '../../../plugin/credentials/invalidate-credential.ts';
import {
  CREDENTIAL_ACTIONS,
  type CredentialAction,
  type CredentialChoice,
  matchingCredentials,
  SETTLE_CREDENTIALS,
  settleCredentialsParameters,
} from '../../../plugin/credentials/settle-credentials.ts';
import { InputError } from '../../../plugin/errors.ts';
import { createAudit } from '../audit.ts';
import { counted, shownNumber, shownStatus } from '../format.ts';
import { incompleteForm, pathText, queryChoice, queryString, queryText, textField } from '../forms.ts';
import { actorOf } from '../identity.ts';
import { renderPage } from '../page.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { CREDENTIAL_STATUSES, credentialPath, credentialsCrumb, findCredential } from './credentials.ts';
import { jobPath } from './jobs.ts';

export const ACTIONS = Object.keys(CREDENTIAL_ACTIONS) as readonly CredentialAction[];

const actionWords: Readonly<Record<CredentialAction, { readonly title: string; readonly consequence: string }>> = {
  invalidate: {
    title: 'Invalidate credentials',
    consequence:
      'They are invalid for good. Their documents go to the archive, where nobody can download them; whoever verifies one is told the reason. This cannot be undone.',
  },
  reissue: {
    title: 'Reissue credentials',
    consequence:
      'Each gets a new document with what is known of the learner now; the date of the award stays. When it is made, it takes the place of the former one, which becomes invalid, and the learner is told by mail.',
  },
  retry: {
    title: 'Retry failed credentials',
    consequence: 'Each is made again for whoever still is eligible. Those that are available already are left alone.',
  },
};

export function credentialLifeRoutes(services: Services): readonly Route[] {
  const { credentials, credentialLife, jobs, clock } = services;
  const audit = createAudit(services);

  return [
    get('/credentials/settle', 'publish', async (req, res) => {
      const action = queryChoice(req, 'action', ACTIONS) ?? 'reissue';
      const choice: CredentialChoice = {
        contextKey: queryText(req, 'context'),
        credentialType: queryText(req, 'type'),
        status: queryChoice(req, 'status', CREDENTIAL_STATUSES),
        search: queryText(req, 'search'),
      };
      const { count, counts, sample } = await matchingCredentials(credentials, action, choice);
      const fields = fieldsOf(choice);
      const frame = {
        title: actionWords[action].title,
        section: 'credentials',
        breadcrumbs: [credentialsCrumb],
      } as const;
      await renderPage(req, res, 'credentials-settle', frame, {
        action,
        consequence: actionWords[action].consequence,
        needsReason: action === 'invalidate',
        total: counted(count, 'credential'),
        none: count === 0,
        counts: counts.map((one) => ({ status: shownStatus(one.status), count: shownNumber(one.count) })),
        sample: sample.map(shown),
        fields: Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
        cancelHref: `/credentials${queryString(fields)}`,
        longestReason: MAX_REASON,
      });
    }),

    post('/credentials/settle', 'publish', async (req, res) => {
      const field = (name: string): string | undefined => textField(req, name).trim() || undefined;
      const action = ACTIONS.find((one) => one === field('action'));
      if (!action) throw incompleteForm();
      const choice: CredentialChoice = {
        contextKey: field('context'),
        credentialType: field('type'),
        status: CREDENTIAL_STATUSES.find((status) => status === field('status')),
        search: field('search'),
      };
      const reason = readReason(action, field('reason') ?? '');
      const actor = actorOf(res).name;
      const job = await jobs.request({
        kind: SETTLE_CREDENTIALS,
        title: actionWords[action].title,
        parameters: settleCredentialsParameters(action, choice, { reason, createdBefore: clock.now() }),
        requestedBy: actor,
        reason: reason || null,
      });
      // what was searched for may be a name
      const { search, ...rest } = fieldsOf(choice);
      const details = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
      await audit(actor, `credentials.${action}`, `job:${job.id}`, { ...details, searched: search !== undefined });
      res.redirect(303, jobPath(job.id));
    }),

    get('/credentials/:id/reissue', 'publish', async (req, res) => {
      const credential = await findCredential(services, pathText(req, 'id'));
      await renderPage(req, res, 'credential-reissue', frameOf(credential, 'Reissue'), {
        ...shown(credential),
        possible: credential.status === 'available',
        consequence: actionWords.reissue.consequence,
      });
    }),

    post('/credentials/:id/reissue', 'publish', async (req, res) => {
      const { id } = await findCredential(services, pathText(req, 'id'));
      const actor = actorOf(res).name;
      const successor = await credentialLife.reissue(id, actor);
      await audit(actor, 'credential.reissued', `credential:${id}`, { as: successor.id });
      res.redirect(303, `${credentialPath(successor.id)}?done=credential-reissued`);
    }),

    get('/credentials/:id/invalidate', 'publish', async (req, res) => {
      const credential = await findCredential(services, pathText(req, 'id'));
      await renderPage(req, res, 'credential-invalidate', frameOf(credential, 'Invalidate'), {
        ...shown(credential),
        possible: credential.status !== 'invalidated',
        reason: '',
        longestReason: MAX_REASON,
      });
    }),

    post('/credentials/:id/invalidate', 'publish', async (req, res) => {
      const credential = await findCredential(services, pathText(req, 'id'));
      const reason = textField(req, 'reason');
      try {
        await credentialLife.invalidate(credential.id, reason);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        const frame = { ...frameOf(credential, 'Invalidate'), errors: [{ field: 'reason', message: error.message }] };
        const model = { ...shown(credential), possible: true, reason, longestReason: MAX_REASON };
        return renderPage(req, res, 'credential-invalidate', frame, model, 422);
      }
      await audit(actorOf(res).name, 'credential.invalidated', `credential:${credential.id}`);
      res.redirect(303, `${credentialPath(credential.id)}?done=credential-invalidated`);
    }),
  ];
}

type Shown = Awaited<ReturnType<typeof findCredential>>;

function frameOf(credential: Shown, title: string) {
  return {
    title,
    section: 'credentials' as const,
    breadcrumbs: [credentialsCrumb, { text: credential.contextName, href: credentialPath(credential.id) }],
  };
}

function shown(credential: Shown) {
  return {
    href: credentialPath(credential.id),
    contextName: credential.contextName,
    learnerName: credential.learnerName,
    username: credential.username,
    status: shownStatus(credential.status),
  };
}

function fieldsOf({ contextKey, credentialType, status, search }: CredentialChoice) {
  return { context: contextKey, type: credentialType, status, search };
}

/** @throws InputError `input.invalidation-reason` */
function readReason(action: CredentialAction, reason: string): string {
  if (action === 'invalidate' && (reason === '' || reason.length > MAX_REASON))
    throw new InputError('invalidation-reason', `the reason must have 1 to ${MAX_REASON} characters`);
  return reason.slice(0, MAX_REASON);
}
