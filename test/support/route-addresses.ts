/** An address for every route, of things that the seed makes; and all there is, to see whether something changed. */

import type { Account, ApiToken } from '../../server/http/people/access-store.ts';
import { READING_SCOPES } from '../../server/http/people/scopes.ts';
import { storedTemplate } from './credly-world.ts';
import { anAccount } from './provider-accounts.ts';
import { aCredential, LETTERS, OWN_BADGE, OWN_IMAGE, seed } from './seed.ts';
import type { Site } from './web.ts';

const OTHER_ACCOUNT: Account = {
  ...{ id: 'account-other', name: 'Grace', role: 'operator', passwordHash: null, lmsUsername: 'grace' },
  ...{ disabledAt: null, createdAt: new Date('2026-11-01T08:00:00Z') },
};

const TOKEN: ApiToken = {
  ...{ id: 'token-1', tokenHash: 'a-hash', label: 'course site', scopes: READING_SCOPES, createdBy: 'cli' },
  ...{ createdAt: new Date('2026-01-01T00:00:00Z'), expiresAt: null, lastUsedAt: null, revokedAt: null },
};

export async function seedAll(site: Site): Promise<void> {
  await seed(site);
  await site.services.access.createAccount(OTHER_ACCOUNT);
  await site.services.access.createApiToken(TOKEN);
  await site.services.providerStore.saveAccount(anAccount('university'));
  await site.services.providerStore.saveTemplate(storedTemplate({ accountId: 'id-university' }));
}

/** @param learnerId of ada */
export function routeAddress(path: string, learnerId: string): string {
  const isCredential = /^\/(credentials|mails|download)/.test(path);
  return path
    .replace('/history/account/:id', `/history/account/${OTHER_ACCOUNT.id}`)
    .replace('/history/learner/:id', `/history/learner/${learnerId}`)
    .replace('/accounts/:id', `/accounts/${OTHER_ACCOUNT.id}`)
    .replace('/tokens/:id', `/tokens/${TOKEN.id}`)
    .replace('/badges/:badge', '/badges/demo-course')
    .replace('/badges/:id', '/badges/demo-course')
    .replace('/learners/:id', `/learners/${learnerId}`)
    .replace('/configurations/:id', '/configurations/configuration-1')
    .replace(':asset', 'certificate')
    .replace(':kind', 'badge')
    .replace(':type', 'type-1')
    .replace('/runs/:id', '/runs/run-1')
    .replace('/jobs/:id', '/jobs/job-failed')
    .replace('/templates/sync/:id', '/templates/sync/job-preview')
    .replace('/comparisons/:id', '/comparisons/job-compared')
    .replace('/events/:id', '/events/event-ada-demo')
    .replace('/dead-letters/:id', `/dead-letters/${LETTERS.malformed}`)
    .replace('/templates/:provider/:account/:template', '/templates/credly/university/t1')
    .replace(':id', isCredential ? aCredential({ username: 'ada', order: 0 }).id : 'none')
    .replace('/examples/:name', '/examples/04-one-course')
    .replace('/:secret', '/secret')
    .replace(':provider', 'hall')
    .replace(':slug', 'science')
    .replace(':version', '1')
    .replace(':effect', 'award%3A1')
    .replace(':username', 'ada')
    .replace('/open-badges/:uuid', `/open-badges/${OWN_BADGE}`)
    .replace('/achievements/:template', '/achievements/course-completer')
    .replace(':template', 'course-completer')
    .replace(':list', '1')
    .replace(':number', '1')
    .replace(':image', OWN_IMAGE)
    .replace(':uuid', aCredential({ username: 'ada', order: 0 }).verifyId)
    .replace(':token', 'no-such-token');
}

export async function everything({ services }: Site): Promise<unknown> {
  const { badges, progress, learners, credentials, access, deadLetters, jobStore, providerStore } = services;
  return {
    revision: await badges.revision(),
    progress: await progress.list({ limit: 1000 }),
    learners: await learners.list({ limit: 1000 }),
    credentials: await credentials.credentials({ limit: 1000 }),
    runs: await credentials.runs({ limit: 1000 }),
    letters: await deadLetters.letters({ limit: 1000 }),
    jobs: await jobStore.list({ limit: 1000 }),
    providerAccounts: await providerStore.accounts(),
    accounts: await access.accounts(),
    tokens: await access.apiTokens(),
    keys: await services.issuerStore.keys(),
    profile: await services.issuerStore.profile(),
    templates: await services.providerStore.templates({ limit: 1000 }),
    audit: await access.audit({ limit: 1000 }),
  };
}
