/** Credly in the demo: the stand-in, with an account there, its templates, and notices that come back. */

import { setTimeout as sleep } from 'node:timers/promises';
import { invariant } from '../../plugin/errors.ts';
import { isOpen } from '../../plugin/ports/job-store.ts';
import { accountsToSync, requestSync } from '../../plugin/providers/template-sync/request.ts';
import type { Laurel } from '../compose.ts';
import { addExamples, EXAMPLE_ORGANIZATION } from '../stand-ins/credly/example.ts';
import { CredlyStandIn } from '../stand-ins/credly/server.ts';

export interface DemoCredly {
  readonly standIn: CredlyStandIn;
  /** For `readSettings`. */
  readonly settings: Readonly<Record<string, string>>;
}

export async function startDemoCredly(): Promise<DemoCredly> {
  const standIn = new CredlyStandIn();
  addExamples(standIn);
  await standIn.open();
  const { id, token } = EXAMPLE_ORGANIZATION;
  return {
    standIn,
    settings: {
      LAUREL_CREDLY_URL: `${standIn.url}/v1/`,
      LAUREL_INTERNAL_HOSTS: new URL(standIn.url).host,
      LAUREL_PROVIDER_ACCOUNTS: `credly/university=${id}:${token}`,
    },
  };
}

/** Brings the templates over, and has notices sent. */
export async function connectDemoCredly({ services, carryOut }: Laurel, { standIn }: DemoCredly): Promise<void> {
  const { providerStore, providers, jobs, jobStore, notices, settings } = services;
  const accounts = accountsToSync(await providerStore.accounts(), providers, null);
  const [account] = accounts;
  invariant(account, 'the account of the demo is set up at start');
  const { id } = await requestSync(jobs, accounts, 'demo');
  // The server's own runner may have been faster to take it.
  while ((await carryOut(id)) === null && isOpen((await jobStore.get(id))?.state ?? 'done')) await sleep(10);
  const organization = standIn.organizations.get(EXAMPLE_ORGANIZATION.id);
  invariant(organization, 'the stand-in knows its example organization');
  organization.webhookUrl = settings.publicUrl + notices.pathOf(account);
}

/** What to try. */
export function credlyAccount({ standIn }: DemoCredly): readonly string[] {
  const [badge] = standIn.badges.values();
  return [
    `Credly, played by a stand-in: ${standIn.badges.size} badges issued there; what it holds: ${standIn.url}/stand-in/state`,
    ...(badge ? [`  accept one as its learner: curl -X POST ${standIn.url}/stand-in/badges/${badge.id}/accept`] : []),
    `  archive its template: curl -X POST ${standIn.url}/stand-in/templates/${badge?.templateId ?? '<id>'}/archive`,
  ];
}
