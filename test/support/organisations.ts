/** The seeded site as part of a consortium. */

import { belongingKinds, type Thing } from '../../plugin/ports/belongings.ts';
import { OWN_ACCOUNT } from '../../providers/index.ts';
import type { Site } from './web.ts';

/** Everything that has been made, and can be somebody's, becomes the organisation's. */
export async function belongTo(organisation: string, { services }: Site): Promise<void> {
  const { badges, credentials, providerStore, belongings } = services;
  const templates = (await providerStore.templates({ limit: 1_000 })).items;
  const ids: Readonly<Record<Thing['kind'], readonly string[]>> = {
    badge: (await badges.list()).map(({ id }) => id),
    'credential-type': (await credentials.types()).map(({ id }) => id),
    asset: (await credentials.assets()).map(({ slug }) => slug),
    'provider-account': (await providerStore.accounts()).flatMap(({ id }) => (id === OWN_ACCOUNT ? [] : id)),
    'open-badge-template': templates.flatMap(({ accountId, templateId }) =>
      accountId === OWN_ACCOUNT ? templateId : [],
    ),
  };
  for (const kind of belongingKinds) for (const id of ids[kind]) await belongings.claim({ kind, id, organisation });
}

/** What tells of the things of the seeded site, and of the people who have them. */
export const FOREIGN_WORDS: readonly string[] = [
  ...['Demo course completion', 'Data track', 'Mentor of the year', 'Certificate of achievement', 'A4, lying'],
  ...['Faculty of Arts', 'UNIVERSITY', 'Ada Lovelace', 'ada@example.com', 'Barbara Liskov', 'barbara', 'Demonstration'],
];

/** Every thing as a text of its own. */
export async function whatThereIs({ services }: Site): Promise<readonly string[]> {
  const { badges, credentials, progress, providerStore, issuerStore, learners, jobStore, belongings, files } = services;
  const many = { limit: 1_000 };
  const things = {
    badges: await badges.list(),
    types: await credentials.types(),
    assets: await credentials.assets(),
    configurations: await credentials.configurations(),
    schedules: await credentials.schedules(),
    runs: await credentials.runs(many),
    credentials: (await credentials.credentials(many)).items,
    progress: (await progress.list(many)).items,
    accounts: await providerStore.accounts(),
    templates: (await providerStore.templates(many)).items,
    issued: (await issuerStore.badges(many)).items,
    learners: (await learners.list(many)).items,
    jobs: (await jobStore.list(many)).items,
    files: files.keys(),
    belongings: await belongings.all(),
  };
  return Object.entries(things).flatMap(([kind, all]) => all.map((one) => `${kind} ${JSON.stringify(one)}`));
}
