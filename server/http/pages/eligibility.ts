/** How one learner stands towards the credential of a configuration: what is required, what is there, what is missing. */

import { loadConfiguration, reasonOf } from '../../../plugin/credentials/eligibility.ts';
import { takenBack } from '../../../plugin/credentials/place.ts';
import { isRecord } from '../../../plugin/extensions/options.ts';
import type { CourseDecision, RetrievedLearner } from '../../../plugin/extensions/retrieval-function.ts';
import { words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { pathText, queryText } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { shownStatus } from '../words/format.ts';
import { credentialPath, credentialsCrumb } from './credentials.ts';

const configurationsCrumb = { text: words('Configurations'), href: '/configurations' } as const;

export function eligibilityPath(configurationId: string): string {
  return `/configurations/${encodeURIComponent(configurationId)}/eligibility`;
}

export function eligibilityRoutes({ credentials, eligibility }: Services): readonly Route[] {
  return [
    get('/configurations/:id/eligibility', 'look', async (req, res) => {
      const { configuration, type } = await loadConfiguration(credentials, pathText(req, 'id'));
      const t = translatorOf(req, res);
      const username = queryText(req, 'username')?.trim();
      const frame = {
        title: words('Who is eligible in {context}', { context: configuration.contextKey }),
        section: 'credentials',
        breadcrumbs: [credentialsCrumb, configurationsCrumb],
      } as const;
      await renderPage(req, res, 'eligibility', frame, {
        contextKey: configuration.contextKey,
        type: type.name,
        action: eligibilityPath(configuration.id),
        username: username ?? '',
        asked: username !== undefined,
        found: username === undefined ? null : await find(configuration.id, username, t),
        warnings: [],
      });
    }),
  ];

  async function find(configurationId: string, username: string, t: Translator) {
    for await (const found of eligibility(configurationId, { username })) {
      const taken = await takenBack(credentials, { configurationId, username: found.learner.username });
      return { ...shown(found, t), takenBackHref: taken && credentialPath(taken.last.id) };
    }
    return null;
  }
}

function shown(found: RetrievedLearner, t: Translator) {
  const { learner, eligible, courses } = found;
  return {
    name: learner.name,
    status: shownStatus(eligible ? 'eligible' : 'not-eligible'),
    reason: reasonOf(found),
    courses: courses.map((course) => ({
      key: course.courseKey,
      status: shownStatus(course.eligible ? 'eligible' : 'not-eligible'),
      reason: course.reason ?? course.problem,
      figures: figuresOf(course, t),
    })),
  };
}

/** What is required and what is there, by name. */
function figuresOf({ facts, required }: CourseDecision, t: Translator) {
  const has = flat(facts, t);
  const needs = flat(required, t);
  return [...new Set([...needs.keys(), ...has.keys()])].map((name) => ({
    name,
    has: has.get(name) ?? null,
    needs: needs.get(name) ?? null,
  }));
}

/** `completion` in per cent as well, so that people compare like with like. */
function flat(figures: Readonly<Record<string, unknown>>, t: Translator): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(figures)) {
    if (typeof value === 'number') found.set(name, perCent(value * 100, t));
    if (!isRecord(value)) continue;
    for (const [key, share] of Object.entries(value)) found.set(`${name}: ${key}`, perCent(Number(share), t));
  }
  return found;
}

function perCent(value: number, t: Translator): string {
  return `${t.number(Number(value.toFixed(2)))} %`;
}
