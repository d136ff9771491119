/** Two organizations to try things out with. Their ids and tokens are always the same, so that guides can name them. */

import type { Template } from './records.ts';
import type { CredlyStandIn } from './server.ts';

export const EXAMPLE_ORGANIZATION = {
  id: '6f0c0f6e-0000-4000-8000-000000000001',
  name: 'Example University',
  token: 'example-university-token',
} as const;

export const OTHER_ORGANIZATION = {
  id: '6f0c0f6e-0000-4000-8000-000000000002',
  name: 'Example College',
  token: 'example-college-token',
} as const;

const TEMPLATES: readonly (Pick<Template, 'id' | 'name' | 'description'> & Partial<Template>)[] = [
  {
    id: '43aaea02-0000-4000-8000-000000000001',
    name: 'Open edX Demonstration Course',
    description: 'Has finished the demonstration course and passed it.',
  },
  {
    id: '43aaea02-0000-4000-8000-000000000002',
    name: 'Data Analysis',
    description: 'Knows how to look at data, and what not to conclude from them.',
  },
  {
    id: '43aaea02-0000-4000-8000-000000000003',
    name: 'Data Engineering',
    description: 'Moves data without losing any.',
  },
  {
    id: '43aaea02-0000-4000-8000-000000000004',
    name: 'Statistics 2019',
    description: 'Was given until 2019.',
    state: 'archived',
  },
  {
    id: '43aaea02-0000-4000-8000-000000000005',
    name: 'Machine Learning',
    description: 'Is still being written.',
    state: 'draft',
  },
];

export function addExamples(credly: CredlyStandIn): void {
  for (const { id, name, token } of [EXAMPLE_ORGANIZATION, OTHER_ORGANIZATION]) {
    credly.addOrganization({ id, name });
    credly.addToken(id, { token, description: 'Laurel' });
  }
  for (const template of TEMPLATES) credly.addTemplate(EXAMPLE_ORGANIZATION.id, template);
  credly.addTemplate(OTHER_ORGANIZATION.id, {
    id: '43aaea02-0000-4000-8000-000000000011',
    name: 'Welding',
    description: 'Joins what was apart.',
  });
}
