/** Accredible among the stand-ins that `npm run providers:fake` starts. */

import type { StandIn } from '../stand-in.ts';
import { AccredibleStandIn, DEMO_KEY } from './server.ts';

const DEPARTMENT = 123;
const DEPARTMENT_KEY = 'demo-accredible-science-key';

/** More than one page, most of them without any design. */
const GROUPS = [
  { id: 12472, name: 'internal-da-2026', course_name: 'Data Analysis', primary_design_id: 23 },
  {
    id: 12473,
    name: 'internal-ml-2026',
    course_name: 'Machine Learning',
    department_id: DEPARTMENT,
    badge_design_id: 24,
  },
  ...Array.from({ length: 60 }, (_, at) => ({ id: 13_000 + at, department_id: DEPARTMENT })),
];

export async function startAccredible(port: number, host?: string): Promise<StandIn> {
  const accredible = new AccredibleStandIn({
    groups: GROUPS,
    credits: 100,
    keys: { [DEMO_KEY]: null, [DEPARTMENT_KEY]: DEPARTMENT },
    indexLagMs: 2_000,
  });
  await accredible.open(port, host);
  return {
    title: 'Accredible',
    url: accredible.url,
    lines: [
      `Setting for Laurel:  LAUREL_ACCREDIBLE_URL=${accredible.url}/`,
      `API key              ${DEMO_KEY}`,
      `  of one department  ${DEPARTMENT_KEY}`,
      `A group for a rule:  template accredible "${GROUPS[0]?.id}"`,
      `No credits left:     curl -X POST ${accredible.url}/stand-in/settings -H 'content-type: application/json' -d '{"credits":0}'`,
      `Let one expire:      curl -X POST ${accredible.url}/stand-in/credentials/<credential id>/expire`,
      `What it holds:       curl ${accredible.url}/stand-in/state`,
      `Everything it takes: curl ${accredible.url}/`,
    ],
    close: () => accredible.close(),
  };
}
