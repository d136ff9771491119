/** Configurations: a type in one course or path, with options of its own. */

import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { contextKind } from '../../../plugin/credentials/context-key.ts';
import { ConflictError, NotFoundError } from '../../../plugin/errors.ts';
import { mergeOptions } from '../../../plugin/extensions/options.ts';
import type { CredentialConfiguration, CredentialType } from '../../../plugin/ports/credential-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import { configurationCrossings, crossingWords } from '../../organisations/torn-designs.ts';
import { createAudit } from '../audit/audit.ts';
import { fieldChanges } from '../audit/field-changes.ts';
import { designerOf } from '../credentials/certificate-designer.ts';
import { configurationErrors, samplePlan, schemaOf } from '../credentials/credential-check.ts';
import { SAMPLES } from '../credentials/credential-samples.ts';
import type { Conflict } from '../credentials/design-conflict.ts';
import { createKnownCourses } from '../credentials/known-courses.ts';
import { afterSave } from '../forms/after-save.ts';
import { type FieldError, pathText, queryText, textField } from '../forms/forms.ts';
import {
  assetLists,
  type OptionsEntry,
  optionsEntry,
  readOptionsEntry,
  shownEntry,
  turned,
} from '../forms/options-entry.ts';
import { confirmationError, typedConfirmation } from '../forms/typed-confirmation.ts';
import { translatorOf } from '../middleware/speech.ts';
import { tornConfigurationErrors } from '../organisations/torn-errors.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { CONFIGURATION_PREVIEW } from './certificate-preview-paths.ts';
import { credentialsCrumb } from './credentials.ts';
import { nextTime, takeDesign } from './design-form.ts';
import { expectedOf, keptExpected } from './expected.ts';

const HOME = '/configurations';
const crumb = { text: words('Configurations'), href: HOME } as const;

interface Entered {
  readonly type: CredentialType;
  readonly contextKey: string;
  readonly entry: OptionsEntry;
}

export function configurationFormRoutes(services: Services): readonly Route[] {
  const { credentials, extensions, clock } = services;
  const audit = createAudit(services);
  const courses = createKnownCourses(services.events);

  const find = async (req: Request): Promise<CredentialConfiguration> => {
    const configuration = await credentials.configuration(pathText(req, 'id'));
    if (configuration) return configuration;
    throw new NotFoundError('configuration', msg('there is no such configuration; the list shows those that exist'));
  };

  const typeOf = async (id: string): Promise<CredentialType> => {
    const type = await credentials.type(id);
    if (type) return type;
    throw new NotFoundError('credential-type', msg('there is no such type; the list of types shows those there are'));
  };

  const showForm = async (
    req: Request,
    res: Response,
    former: CredentialConfiguration | null,
    { type, contextKey, entry }: Entered,
    errors: readonly FieldError[] = entry.errors,
    conflict: Conflict | null = null,
  ): Promise<void> => {
    const t = translatorOf(req, res);
    const title = former ? words('Edit configuration') : words('New configuration');
    const frame = { title, section: 'credentials', breadcrumbs: [credentialsCrumb, crumb], errors } as const;
    const merged = entry.options && mergeOptions(type.options, entry.options);
    const model = {
      type: { id: type.id, name: type.name },
      contextKey,
      isNew: former === null,
      crossings: former === null ? [] : (await configurationCrossings(services, former)).map(crossingWords),
      courses: former === null ? await courses() : [],
      action: former ? `${pathOf(former)}/edit` : `${HOME}/new`,
      deleteHref: former && `${pathOf(former)}/delete`,
      cancelHref: HOME,
      expected: conflict?.expected ?? keptExpected(req, former),
      conflict,
      comment: textField(req, 'comment'),
      versionsHref: former && `${pathOf(former)}/versions`,
      ...shownEntry(entry, schemaOf(extensions, type), type.options, errors, t),
      assetLists: assetLists(await credentials.assets()),
      effective: merged && JSON.stringify(merged, null, 2),
      samples: SAMPLES,
      designer: designerOf(
        extensions,
        type,
        {
          ...{
            preview: CONFIGURATION_PREVIEW,
            stored: former?.id ?? null,
            uses: t('Documents made from now on follow it.'),
          },
        },
        t,
      ),
      warnings: [],
      focus: null,
    };
    return renderPage(req, res, 'configuration-form', frame, model, conflict ? 409 : errors.length > 0 ? 422 : 200);
  };

  const take = async (req: Request, res: Response, former: CredentialConfiguration | null): Promise<void> => {
    // Type and context stay what they are: credentials were given for them.
    const type = await typeOf(former?.credentialTypeId ?? textField(req, 'type'));
    const contextKey = former?.contextKey ?? textField(req, 'contextKey').trim();
    const schema = schemaOf(extensions, type);
    const entry = readOptionsEntry(req, schema);
    const entered = { type, contextKey, entry };
    const action = textField(req, 'action');
    if (action === 'json' || action === 'form')
      return showForm(req, res, former, { ...entered, entry: turned(entry, schema, action) });

    const wanted = {
      ...{ id: former?.id ?? randomUUID(), credentialTypeId: type.id, contextKey, options: entry.options ?? {} },
      updatedAt: nextTime(former, clock.now()),
    };
    await takeDesign(req, res, services, {
      ...{ noun: words('this configuration'), former, wanted, entry },
      find: () => find(req),
      schemaOf: () => schema,
      errorsOf: (checked, shown, isSample) => errorsOf(type, checked, shown, isSample),
      planOf: ({ options }) => samplePlan(extensions, type, options),
      change: (configuration, expected) => credentials.changeConfiguration(configuration, expected),
      duplicate: { field: 'contextKey', message: taken },
      show: (_wanted, shown, errors, conflict) =>
        showForm(req, res, former, { ...entered, entry: shown }, errors, conflict),
      async saved({ id, options }) {
        const done = former ? 'configuration.changed' : 'configuration.created';
        await audit(actorOf(res).name, done, `configuration:${id}`, {
          contextKey,
          type: type.name,
          ...fieldChanges(former && { options: former.options }, { options }),
        });
        const another = `${HOME}/new?type=${encodeURIComponent(type.id)}`;
        const to = { saved: HOME, form: `${pathOf({ id })}/edit`, another };
        res.redirect(303, afterSave(req, 'configuration-saved', to));
      },
    });
  };

  /** A sample needs no course. */
  const errorsOf = async (
    type: CredentialType,
    wanted: CredentialConfiguration,
    entry: OptionsEntry,
    isSample: boolean,
  ): Promise<readonly FieldError[]> => {
    const { contextKey, options } = wanted;
    const hasContext = contextKind(contextKey) !== null;
    const errors = isSample || hasContext ? [] : [{ field: 'contextKey', message: wrongContext }];
    if (entry.errors.length > 0) return errors;
    const kinds = new Map((await credentials.assets()).map(({ slug, kind }) => [slug, kind]));
    const checked = { contextKey: hasContext ? contextKey : 'course-v1:Sample+Sample+Sample', options };
    const stored = { registry: extensions, kindOf: (slug: string) => kinds.get(slug) };
    const torn = isSample || !hasContext ? [] : await tornConfigurationErrors(services, wanted);
    return [...errors, ...configurationErrors(type, checked, entry, stored), ...torn];
  };

  /** Credentials that were given with it, whatever became of them. */
  const givenBy = ({ id }: CredentialConfiguration): Promise<number> =>
    credentials.countCredentials({ configurationId: id });

  const askToDelete = async (
    req: Request,
    res: Response,
    configuration: CredentialConfiguration,
    errors: readonly FieldError[] = [],
  ): Promise<void> => {
    const { id, contextKey, updatedAt } = configuration;
    const [given, schedule, runs] = await Promise.all([
      givenBy(configuration),
      credentials.schedule(id),
      credentials.runs({ configurationId: id, limit: 1 }),
    ]);
    const frame = {
      title: words('Delete configuration'),
      section: 'credentials',
      breadcrumbs: [credentialsCrumb, crumb],
      errors,
    } as const;
    const model = {
      contextKey,
      action: `${HOME}/${encodeURIComponent(id)}/delete`,
      expected: errors.length > 0 ? textField(req, 'expected') : updatedAt.toISOString(),
      credentials: given,
      typed: typedConfirmation(given),
      scheduled: schedule !== null,
      running: runs[0]?.state === 'running',
    };
    await renderPage(req, res, 'configuration-delete', frame, model, errors.length > 0 ? 422 : 200);
  };

  return [
    get(`${HOME}/new`, 'edit', async (req, res) => {
      const id = queryText(req, 'type');
      if (id !== undefined) {
        const type = await typeOf(id);
        const entry = optionsEntry(schemaOf(extensions, type), {});
        return showForm(req, res, null, { type, contextKey: '', entry });
      }
      const frame = {
        title: words('New configuration'),
        section: 'credentials',
        breadcrumbs: [credentialsCrumb, crumb],
      } as const;
      const types = await credentials.types();
      await renderPage(req, res, 'configuration-new', frame, {
        types: types.map((type) => ({ name: type.name, href: `${HOME}/new?type=${encodeURIComponent(type.id)}` })),
      });
    }),
    post(`${HOME}/new`, 'edit', (req, res) => take(req, res, null)),
    get(`${HOME}/:id/edit`, 'edit', async (req, res) => {
      const former = await find(req);
      const type = await typeOf(former.credentialTypeId);
      const entry = optionsEntry(schemaOf(extensions, type), former.options);
      await showForm(req, res, former, { type, contextKey: former.contextKey, entry });
    }),
    post(`${HOME}/:id/edit`, 'edit', async (req, res) => take(req, res, await find(req))),
    get(`${HOME}/:id/delete`, 'edit', async (req, res) => askToDelete(req, res, await find(req))),
    post(`${HOME}/:id/delete`, 'edit', async (req, res) => {
      const configuration = await find(req);
      const { id, contextKey } = configuration;
      const unsure = confirmationError(req, await givenBy(configuration));
      if (unsure) return askToDelete(req, res, configuration, [unsure]);
      if (!(await credentials.deleteConfiguration(id, expectedOf(req))))
        throw new ConflictError(
          'stale',
          msg('somebody has changed this configuration meanwhile; look at it again before you delete it'),
        );
      await audit(actorOf(res).name, 'configuration.deleted', `configuration:${id}`, { contextKey });
      res.redirect(303, afterSave(req, 'configuration-deleted', { saved: HOME }));
    }),
  ];
}

const wrongContext = msg(
  'Enter the key of a course or path: course-v1:org+course+run, ccx-v1:org+course+run+ccx@1 or path-v1:org+number+run+group. It stands in the address of the course.',
);
const taken = msg('This course or path has a configuration of this type already; edit that one instead.');

function pathOf({ id }: Pick<CredentialConfiguration, 'id'>): string {
  return `${HOME}/${encodeURIComponent(id)}`;
}
