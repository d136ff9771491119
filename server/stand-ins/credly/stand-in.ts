/** Credly among the stand-ins that `npm run providers:fake` starts. */

import type { StandIn } from '../stand-in.ts';
import { addExamples, EXAMPLE_ORGANIZATION, OTHER_ORGANIZATION } from './example.ts';
import { CredlyStandIn } from './server.ts';

export async function startCredly(port: number, host?: string): Promise<StandIn> {
  const credly = new CredlyStandIn();
  addExamples(credly);
  await credly.open(port, host);
  return {
    title: 'Credly',
    url: credly.url,
    lines: [
      `Settings for Laurel:  LAUREL_CREDLY_URL=${credly.url}/v1/  LAUREL_INTERNAL_HOSTS=${new URL(credly.url).host}`,
      ...[EXAMPLE_ORGANIZATION, OTHER_ORGANIZATION].flatMap(({ name, id, token }) => [
        `${name}`,
        `  organization id    ${id}`,
        `  token              ${token}`,
        `  send notices to    curl -X POST ${credly.url}/stand-in/organizations/${id}/webhook -H 'content-type: application/json' -d '{"url":"<webhook address of the account>"}'`,
      ]),
      `Accept as the learner:  curl -X POST ${credly.url}/stand-in/badges/<badge id>/accept`,
      `Archive a template:     curl -X POST ${credly.url}/stand-in/templates/${[...credly.templates.keys()][0]}/archive`,
      `What it holds:          curl ${credly.url}/stand-in/state`,
      `Everything it takes:    curl ${credly.url}/`,
    ],
    close: () => credly.close(),
  };
}
