/** "New badge": the documented examples to start from, and the few things that each of them needs. */

import type { Request } from 'express';
import { badgeIdTrouble } from '../../../plugin/badges/badge-id.ts';
import { NotFoundError } from '../../../plugin/errors.ts';
import { type FilledWords, msg, words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { blockOf, draftOf, type Example, type ExampleChoices, examples, whyNoKey } from '../badge-form/examples.ts';
import { type FieldError, pathText, queryString, queryText } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import { badgesCrumb } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { eventTitle } from '../words/event-titles.ts';

const crumbs = [badgesCrumb];

export function badgeExampleRoutes(services: Services): readonly Route[] {
  const { environment } = services;
  return [
    get('/badges/new/start', 'edit', async (req, res) => {
      const t = translatorOf(req, res);
      const frame = { title: words('New badge'), section: 'badges', breadcrumbs: crumbs } as const;
      const rows = examples.map((one) => ({
        href: pathOf(one),
        title: t(one.title),
        about: aboutOf(one, environment.enabledEventTypes, t),
      }));
      await renderPage(req, res, 'badge-start', frame, { examples: rows });
    }),

    get('/badges/new/examples/:name', 'edit', async (req, res) => {
      const chosen = findExample(pathText(req, 'name'));
      if (!chosen)
        throw new NotFoundError(
          'example',
          msg('there is no example of this name; choose one on the page for a new badge'),
        );
      const isSent = queryText(req, 'view') !== undefined;
      const choices = isSent ? choicesOf(req, chosen, services) : suggested(chosen, services);
      const errors = isSent ? await problemsOf(chosen, choices, services) : [];
      if (isSent && errors.length === 0) {
        const view = queryText(req, 'view') === 'text' ? '/badges/new' : '/badges/new/form';
        const keys = Object.fromEntries(choices.keys.map((key, index) => [`key${index}`, key]));
        return res.redirect(
          303,
          view + queryString({ example: chosen.name, id: choices.id, name: choices.name, ...keys }),
        );
      }
      const breadcrumbs = [...crumbs, { text: words('New badge'), href: '/badges/new/start' }];
      const t = translatorOf(req, res);
      const frame = { title: t(chosen.title), section: 'badges', breadcrumbs, errors } as const;
      const model = {
        action: pathOf(chosen),
        focus: '',
        warnings: [],
        about: aboutOf(chosen, environment.enabledEventTypes, t),
        id: choices.id,
        name: choices.name,
        keys: chosen.keys.map(({ label, inFile }, index) => ({
          field: `key${index}`,
          label: t('{thing}: its key', { thing: t(label) }),
          hint: t('For example {example}; it stands in the address of the course in the LMS.', { example: inFile }),
          value: choices.keys[index] ?? '',
        })),
      };
      await renderPage(req, res, 'badge-example', frame, model, errors.length > 0 ? 422 : 200);
    }),
  ];
}

/** The example that an address asks for, filled in. @returns null where it asks for none */
export function exampleDraft(req: Request, services: Services): string | null {
  const chosen = findExample(queryText(req, 'example') ?? '');
  return chosen ? draftOf(chosen, choicesOf(req, chosen, services)) : null;
}

function choicesOf(req: Request, { keys }: Example, services: Services): ExampleChoices {
  return {
    id: queryText(req, 'id') ?? '',
    name: queryText(req, 'name') ?? '',
    provider: providerOf(services),
    keys: keys.map((_, index) => queryText(req, `key${index}`) ?? ''),
  };
}

/** The example's own name and id speak of its courses, where it has any. */
function suggested(chosen: Example, services: Services): ExampleChoices {
  const { id, name } = blockOf(chosen);
  const isGeneral = chosen.keys.length === 0;
  return {
    id: isGeneral ? id.value : '',
    name: isGeneral ? (name?.value ?? '') : '',
    provider: providerOf(services),
    keys: chosen.keys.map(() => ''),
  };
}

function providerOf({ environment: { providers } }: Services): string {
  return providers.has('openbadges') ? 'openbadges' : ([...providers][0] ?? 'openbadges');
}

async function problemsOf(
  chosen: Example,
  { id, name, keys }: ExampleChoices,
  { badges }: Services,
): Promise<readonly FieldError[]> {
  const problems: FieldError[] = [];
  if (name === '') problems.push({ field: 'name', message: msg('Enter the name that people will see.') });
  if (id === '') problems.push({ field: 'id', message: msg('Enter an id, such as demo-course.') });
  else if (badgeIdTrouble(id) !== null)
    problems.push({
      field: 'id',
      message: msg('The id takes letters from a to z, digits, "-", "_" and ".", such as demo-course.'),
    });
  else if (await badges.get(id)) problems.push({ field: 'id', message: takenId(id) });
  for (const [index, key] of chosen.keys.entries()) {
    const message = whyNoKey(keys[index] ?? '', key);
    if (message !== null) problems.push({ field: `key${index}`, message });
  }
  return problems;
}

export function takenId(id: string): FilledWords {
  return words('A badge "{id}" exists already: choose another id.', { id });
}

function findExample(name: string): Example | undefined {
  return examples.find((one) => one.name === name);
}

function pathOf({ name }: Example): string {
  return `/badges/new/examples/${name}`;
}

/** Which events it reacts to, and whether they arrive. */
function aboutOf(chosen: Example, enabled: ReadonlySet<string> | null, t: Translator): string {
  const { requirements, penalties } = blockOf(chosen);
  const types = [...requirements, ...penalties].flatMap(({ on }) => (on?.kind === 'event-trigger' ? on.type.text : []));
  const unique = [...new Set(types)];
  const titles = unique.map((type) => t(eventTitle(type))).join('; ');
  const off = enabled && unique.some((type) => !enabled.has(type));
  return off ? t('{events} (not enabled in the settings: such events do not arrive)', { events: titles }) : titles;
}
