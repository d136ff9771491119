/** What a new badge begins with, where no example was chosen. */

import type { Request } from 'express';
import { quote } from '../../../dsl/index.ts';
import { queryText } from '../forms/forms.ts';
import type { Services } from '../services.ts';

/** Stands for a course that only its author knows. */
export const SOME_COURSE = 'course-v1:Organisation+Course+Run';

/** For the template that the address asks for: `?template=<provider>:<what a rule writes>&name=<its name>`. */
export function starterText(req: Request, { environment }: Pick<Services, 'environment'>): string {
  const [provider, id] = wanted(queryText(req, 'template') ?? '');
  const isKnown = id !== '' && environment.providers.has(provider);
  const name = (isKnown ? queryText(req, 'name') : undefined) ?? 'My badge';
  const clause = isKnown ? `${provider} ${quote(id)}` : `${usualProvider(environment.providers)} "my-badge"`;
  return `badge "${idFor(name)}" {
  name     ${quote(name)}
  template ${clause}
  active   false

  requirement passed in group A {
    description "Passes the course."
    on    org.openedx.learning.course.passing.status.updated.v1
    where is_passing = true
      and course.course_key = "${SOME_COURSE}"
  }
}
`;
}

function wanted(template: string): readonly [string, string] {
  const place = template.indexOf(':');
  return place < 0 ? ['', ''] : [template.slice(0, place), template.slice(place + 1)];
}

function usualProvider(providers: ReadonlySet<string>): string {
  return providers.has('openbadges') ? 'openbadges' : ([...providers][0] ?? 'openbadges');
}

/** The name in small letters, digits and hyphens. */
function idFor(name: string): string {
  const id = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .replaceAll(' ', '-')
    .slice(0, 60)
    .replace(/-$/, '');
  return /^[a-z]/.test(id) ? id : 'my-badge';
}
