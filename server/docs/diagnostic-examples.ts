/** For every diagnostic a text that provokes it, and the same text mended. The manual shows both with what the checker
 *  says; a test sees to it that each wrong text gets exactly its diagnostic, and each right one none. */

import type { Code, Environment } from '../../dsl/index.ts';
import type { BookCode } from '../../plugin/badges/book-diagnostics.ts';
import type { KnownOfTemplate } from '../../plugin/badges/template-warnings.ts';
import { ruleEnvironment } from '../../plugin/events/environment.ts';
import type { BadgeTemplate, ProviderAccount } from '../../plugin/ports/provider-store.ts';
import { standingOf } from '../../plugin/providers/template-holders.ts';

export interface DiagnosticExample {
  readonly wrong: string;
  readonly right: string;
  /** Instead of the text, where it is too long to be shown. */
  readonly inWords?: string;
}

const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';
const THREAD = 'org.openedx.learning.forum.thread.created.v1';
const CERTIFICATE = 'org.openedx.learning.certificate.created.v1';

/** What the examples are checked against: one of the event types they use is not enabled. */
export const exampleEnvironment: Environment = ruleEnvironment({
  enabledEventTypes: [PASSING, THREAD],
  providers: ['memory', 'credly', 'accredible', 'openbadges'],
});

function block(id: string, ...lines: readonly string[]): string {
  return [`badge "${id}" {`, ...lines.map((line) => `  ${line}`), '}'].join('\n');
}

function badge(...lines: readonly string[]): string {
  return block('demo', ...lines);
}

function requirement(...clauses: readonly string[]): string {
  return badge('requirement demo {', ...clauses.map((clause) => `  ${clause}`), '}');
}

function where(condition: string, type = PASSING): string {
  return requirement(`on ${type}`, `where ${condition}`);
}

const PLAIN = `requirement demo { on ${PASSING} }`;
const waitingFor = (id: string): string => `requirement first { on badge "${id}" awarded }`;
const nested = (depth: number): string => `${'('.repeat(depth)}is_passing${')'.repeat(depth)}`;
const longList = (length: number): string =>
  `course.course_key in [${Array.from({ length }, (_, i) => `"c${i}"`).join(', ')}]`;
const alternatives = (count: number): string =>
  Array.from({ length: count }, (_, i) => `course.course_key = "course-v1:OpenedX+Course${i}+2026"`).join(' or ');

export const diagnosticExamples: Readonly<Record<Code, DiagnosticExample>> = {
  'syntax.character': { wrong: where('is_passing = true;'), right: where('is_passing = true') },
  'syntax.string': {
    wrong: badge('name "Demo', PLAIN),
    right: badge('name "Demo"', PLAIN),
  },
  'syntax.number': {
    wrong: requirement(`on ${PASSING}`, 'count 05'),
    right: requirement(`on ${PASSING}`, 'count 5'),
  },
  'syntax.operator': {
    wrong: where('is_passing == true'),
    right: where('is_passing = true'),
  },
  'syntax.unexpected': {
    wrong: requirement(`on ${PASSING}`, 'were is_passing'),
    right: requirement(`on ${PASSING}`, 'where is_passing'),
  },
  'clause.repeated': {
    wrong: badge('name "Demo"', 'name "The demo"', PLAIN),
    right: badge('name "The demo"', PLAIN),
  },
  'clause.missing': {
    wrong: requirement('where is_passing'),
    right: where('is_passing'),
  },
  'limit.file': {
    wrong: `${badge(PLAIN)}\n#${'-'.repeat(1024 * 1024)}`,
    right: badge(PLAIN),
    inWords: 'A file of more than 1 MiB.',
  },
  'limit.expression': {
    wrong: where(alternatives(200)),
    right: where(longList(200)),
    inWords: 'Two hundred courses joined by `or`; `course.course_key in ["...", "..."]` says the same.',
  },
  'limit.nesting': {
    wrong: where(nested(65)),
    right: where('is_passing'),
    inWords: 'An expression with 65 parentheses inside each other.',
  },
  'limit.list': {
    wrong: where(longList(1_001)),
    right: where(longList(1_000)),
    inWords: 'A list of 1,001 short values.',
  },
  'limit.diagnostics': {
    wrong: badge(PLAIN, ...Array.from({ length: 101 }, (_, i) => `requirement r${i} { on ${PASSING} count 0 }`)),
    right: badge(PLAIN),
    inWords: 'A file with 101 mistakes.',
  },
  'badge.duplicate': {
    wrong: [badge(PLAIN), badge(PLAIN)].join('\n\n'),
    right: [badge(PLAIN), block('another', PLAIN)].join('\n\n'),
  },
  'badge.no-requirements': { wrong: badge('name "Demo"'), right: badge('name "Demo"', PLAIN) },
  'badge.unknown': {
    wrong: [block('first-steps', PLAIN), badge(waitingFor('first-step'))].join('\n\n'),
    right: [block('first-steps', PLAIN), badge(waitingFor('first-steps'))].join('\n\n'),
  },
  'badge.unknown-provider': {
    wrong: badge('template credley "9f3c1d0e-0d4b-4a8e-9a51-3f0c7a1b2c3d"', PLAIN),
    right: badge('template credly "9f3c1d0e-0d4b-4a8e-9a51-3f0c7a1b2c3d"', PLAIN),
  },
  'badge.cycle': {
    wrong: [block('hen', waitingFor('egg')), block('egg', waitingFor('hen'))].join('\n\n'),
    right: [block('hen', PLAIN), block('egg', waitingFor('hen'))].join('\n\n'),
  },
  'requirement.duplicate': {
    wrong: badge(PLAIN, PLAIN.replace(PASSING, THREAD)),
    right: badge(PLAIN, PLAIN.replace(PASSING, THREAD).replace('demo', 'forum')),
  },
  'requirement.group': {
    wrong: badge(PLAIN.replace('demo', 'demo in group a')),
    right: badge(PLAIN.replace('demo', 'demo in group A')),
  },
  'requirement.group-taken': {
    wrong: badge(PLAIN.replace('demo', 'A'), PLAIN.replace('demo', 'forum in group A').replace(PASSING, THREAD)),
    right: badge(PLAIN, PLAIN.replace('demo', 'forum in group A').replace(PASSING, THREAD)),
  },
  'requirement.unknown': {
    wrong: badge(PLAIN, `penalty failed { on ${PASSING} where is_passing = false resets dmeo }`),
    right: badge(PLAIN, `penalty failed { on ${PASSING} where is_passing = false resets demo }`),
  },
  'requirement.cycle': {
    wrong: badge(`requirement one { on ${PASSING} after two }`, `requirement two { on ${THREAD} after one }`),
    right: badge(`requirement one { on ${PASSING} }`, `requirement two { on ${THREAD} after one }`),
  },
  'requirement.redundant': {
    wrong: badge(
      `requirement any in group A { on ${PASSING} where is_passing }`,
      `requirement demo in group A { on ${PASSING} where is_passing and course.course_key.org = "OpenedX" }`,
    ),
    right: badge(`requirement any in group A { on ${PASSING} where is_passing }`),
  },
  'trigger.no-payload': {
    wrong: [
      block('first-steps', PLAIN),
      badge('requirement again { on badge "first-steps" awarded where is_passing }'),
    ].join('\n\n'),
    right: [block('first-steps', PLAIN), badge('requirement again { on badge "first-steps" awarded }')].join('\n\n'),
  },
  'trigger.revoked': {
    wrong: [block('first-steps', PLAIN), badge('requirement lost { on badge "first-steps" revoked }')].join('\n\n'),
    right: [
      block('first-steps', PLAIN),
      badge(waitingFor('first-steps'), 'penalty lost { on badge "first-steps" revoked resets first }'),
    ].join('\n\n'),
  },
  'type.unknown-event': {
    wrong: requirement('on org.openedx.learning.course.passed.v1'),
    right: requirement(`on ${PASSING}`),
  },
  'type.not-enabled': { wrong: requirement(`on ${CERTIFICATE}`), right: requirement(`on ${PASSING}`) },
  'type.no-learner': {
    wrong: requirement('on org.openedx.content_authoring.xblock.published.v1'),
    right: requirement(`on ${THREAD}`),
  },
  'type.unknown-path': {
    wrong: where('course.key = "course-v1:OpenedX+DemoX+Demo_Course"'),
    right: where('course.course_key = "course-v1:OpenedX+DemoX+Demo_Course"'),
  },
  'type.clash': { wrong: where('is_passing = "yes"'), right: where('is_passing = true') },
  'value.date': {
    wrong: requirement(`on ${PASSING}`, 'from 2026-02-30'),
    right: requirement(`on ${PASSING}`, 'from 2026-02-28'),
  },
  'value.interval': {
    wrong: requirement(`on ${PASSING}`, 'from 2026-09-01', 'until 2026-03-01'),
    right: requirement(`on ${PASSING}`, 'from 2026-03-01', 'until 2026-09-01'),
  },
  'value.empty-list': {
    wrong: where('course.course_key in []'),
    right: where('course.course_key in ["course-v1:OpenedX+DemoX+Demo_Course"]'),
  },
  'value.number': {
    wrong: requirement(`on ${PASSING}`, 'count 0'),
    right: requirement(`on ${PASSING}`, 'count 1'),
  },
  'condition.never': {
    wrong: where('course.course_key.course = "STAT101" and course.course_key.course = "PROG101"'),
    right: where('course.course_key.course in ["STAT101", "PROG101"]'),
  },
  'condition.always': { wrong: where('is_passing or not is_passing'), right: where('is_passing') },
  'text.mixed-script': {
    // The first letter is Cyrillic.
    wrong: badge('name "\u0421ourse completed"', PLAIN),
    right: badge('name "Course completed"', PLAIN),
  },
  'text.invisible': {
    wrong: where('course.course_key = "course-v1:OpenedX+DemoX\u200b+Demo_Course"'),
    right: where('course.course_key = "course-v1:OpenedX+DemoX+Demo_Course"'),
  },
};

const TEST = [
  'test "passing is enough" {',
  '  badge "demo"',
  `  event ${PASSING} { is_passing = true }`,
  '  expect awarded',
  '}',
].join('\n');

/** The same for what comes to light only when a badge is saved, here as a new version of badge "demo". */
export const bookExamples: Readonly<Record<BookCode, DiagnosticExample>> = {
  'book.no-badge': { wrong: '# Nothing but a comment.', right: badge(PLAIN) },
  'book.one-badge': {
    wrong: [badge(PLAIN), block('another', PLAIN)].join('\n\n'),
    right: badge(PLAIN),
  },
  'book.renamed': { wrong: block('another', PLAIN), right: badge(PLAIN) },
  'book.id': {
    wrong: badge(PLAIN).replace('"demo"', '"Demo!"'),
    right: badge(PLAIN),
  },
  'book.length': {
    // Each requirement on a line of its own, as it is printed, takes more room than here.
    wrong: `badge "demo"{${Array.from({ length: 13_000 }, (_, i) => `requirement r${i}{on ${PASSING}}`).join('')}}`,
    right: badge(PLAIN),
    inWords: 'A badge whose canonical form has more than 1 MiB.',
  },
  'book.template': {
    wrong: badge('template openbadges "of-another-school"', PLAIN),
    right: badge('template openbadges "welcome"', PLAIN),
  },
  'book.organisation': {
    wrong: badge('template openbadges "welcome-of-arts"', PLAIN),
    right: badge('template openbadges "welcome"', PLAIN),
  },
  'book.template-unknown': {
    wrong: badge('template credly "data-analysis-2"', PLAIN),
    right: badge('template credly "data-analysis"', PLAIN),
  },
  'book.template-unusable': {
    wrong: badge('template credly "data-analysis-old"', PLAIN),
    right: badge('template credly "data-analysis"', PLAIN),
  },
  'test.failed': {
    wrong: `${where('is_passing = false')}\n\n${TEST}`,
    right: `${where('is_passing = true')}\n\n${TEST}`,
  },
};

/** Of the templates at Credly that the examples name. */
export function knownOfCredly(templateId: string): KnownOfTemplate {
  const states: Readonly<Record<string, BadgeTemplate['state']>> = {
    'data-analysis': 'active',
    'data-analysis-old': 'retired',
  };
  const state = states[templateId];
  const account: ProviderAccount = {
    ...{ id: 'university', provider: 'credly', slug: 'university', name: 'University', providerName: null },
    ...{
      host: 'production',
      externalId: null,
      sealedSecret: null,
      secretExpiresAt: null,
      origin: 'page',
      enabled: true,
    },
    ...{ lastCheck: null, lastSync: null, version: 1, createdAt: LOOKED_AT, updatedAt: LOOKED_AT },
  };
  const template = (known: BadgeTemplate['state']): BadgeTemplate => ({
    ...{
      provider: 'credly',
      accountId: account.id,
      templateId,
      name: 'Data analysis',
      description: '',
      imageUrl: null,
    },
    ...{ state: known, dashboardUrl: null, details: {}, version: 1, updatedAt: LOOKED_AT, syncedAt: LOOKED_AT },
  });
  const held = state === undefined ? [] : [{ account, template: template(state) }];
  return { title: 'Credly', createsTemplates: false, hasAccount: true, standing: standingOf(held) };
}

const LOOKED_AT = new Date('2026-11-01T08:00:00Z');
