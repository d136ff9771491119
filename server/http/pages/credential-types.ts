/** Types of credentials: who is eligible and how the document looks. One that no configuration uses can be deleted. */

import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { ConflictError, NotFoundError } from '../../../plugin/errors.ts';
import type { CredentialConfiguration, CredentialType } from '../../../plugin/ports/credential-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { crossingReferences } from '../../organisations/references.ts';
import { crossingWords } from '../../organisations/torn-designs.ts';
import { createAudit } from '../audit/audit.ts';
import { fieldChanges } from '../audit/field-changes.ts';
import { designerOf } from '../credentials/certificate-designer.ts';
import { samplePlan, schemaOf, typeErrors } from '../credentials/credential-check.ts';
import { SAMPLES } from '../credentials/credential-samples.ts';
import type { Conflict } from '../credentials/design-conflict.ts';
import { afterSave } from '../forms/after-save.ts';
import { type FieldError, pathText, queryString, textField } from '../forms/forms.ts';
import {
  assetLists,
  type OptionsEntry,
  optionsEntry,
  readOptionsEntry,
  shownEntry,
  turned,
} from '../forms/options-entry.ts';
import { translatorOf } from '../middleware/speech.ts';
import { tornTypeErrors } from '../organisations/torn-errors.ts';
import { whoseIs } from '../organisations/whose.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { shownTime } from '../words/format.ts';
import { TYPE_PREVIEW } from './certificate-preview-paths.ts';
import { credentialsCrumb } from './credentials.ts';
import { nextTime, takeDesign } from './design-form.ts';
import { expectedOf, keptExpected } from './expected.ts';
import { historyPath } from './history.ts';

const HOME = '/credential-types';
const crumb = { text: words('Types'), href: HOME } as const;

export function credentialTypeRoutes(services: Services): readonly Route[] {
  const { credentials, extensions, clock } = services;
  const audit = createAudit(services);

  const find = async (req: Request): Promise<CredentialType> => {
    const type = await credentials.type(pathText(req, 'type'));
    if (type) return type;
    throw new NotFoundError('credential-type', msg('there is no such type; the list of types shows those there are'));
  };

  const emptyType = (): Omit<CredentialType, 'id'> => ({
    name: '',
    retrievalFunction: extensions.retrievals()[0]?.name ?? '',
    generationFunction: extensions.generations()[0]?.name ?? '',
    options: {},
    updatedAt: clock.now(),
  });

  const functionOf = (known: readonly { readonly name: string }[], name: string): string =>
    (known.find((one) => one.name === name) ?? known[0])?.name ?? '';

  const configurationsOf = async (id: string | undefined): Promise<readonly CredentialConfiguration[]> =>
    (await credentials.configurations()).filter(({ credentialTypeId }) => credentialTypeId === id);

  const usesOf = async (former: CredentialType | null, t: Translator): Promise<string> => {
    const used = await configurationsOf(former?.id);
    if (used.length === 0) return t('No configuration uses it yet.');
    return t.plural(used.length, 'One configuration uses it.', '{count} configurations use it.');
  };

  const showForm = async (
    req: Request,
    res: Response,
    former: CredentialType | null,
    type: Omit<CredentialType, 'id'>,
    entry: OptionsEntry,
    errors: readonly FieldError[] = entry.errors,
    conflict: Conflict | null = null,
  ): Promise<void> => {
    const t = translatorOf(req, res);
    const title = former ? words('Edit {name}', { name: former.name }) : words('New type');
    const frame = { title, section: 'credentials', breadcrumbs: [credentialsCrumb, crumb], errors } as const;
    const model = {
      type,
      action: former ? `${pathOf(former)}/edit` : `${HOME}/new`,
      cancelHref: former ? pathOf(former) : HOME,
      expected: conflict?.expected ?? keptExpected(req, former),
      conflict,
      comment: textField(req, 'comment'),
      versionsHref: former && `${pathOf(former)}/versions`,
      retrievals: extensions.retrievals(),
      generations: extensions.generations(),
      ...shownEntry(entry, schemaOf(extensions, type), null, errors, t),
      effective: null,
      assetLists: assetLists(await credentials.assets()),
      samples: SAMPLES,
      designer: designerOf(
        extensions,
        type,
        {
          ...{ preview: TYPE_PREVIEW, stored: former?.id ?? null, uses: await usesOf(former, t) },
        },
        t,
      ),
      warnings: [],
      focus: null,
    };
    return renderPage(req, res, 'credential-type-form', frame, model, conflict ? 409 : errors.length > 0 ? 422 : 200);
  };

  const take = async (req: Request, res: Response, former: CredentialType | null): Promise<void> => {
    const shownFunctions = {
      retrievalFunction: functionOf(extensions.retrievals(), textField(req, 'shownRetrieval')),
      generationFunction: functionOf(extensions.generations(), textField(req, 'shownGeneration')),
    };
    const type = {
      name: textField(req, 'name').trim(),
      retrievalFunction: functionOf(extensions.retrievals(), textField(req, 'retrieval')),
      generationFunction: functionOf(extensions.generations(), textField(req, 'generation')),
      updatedAt: nextTime(former, clock.now()),
    };
    const schema = schemaOf(extensions, type);
    const sent = readOptionsEntry(req, schemaOf(extensions, shownFunctions));
    const others =
      type.retrievalFunction !== shownFunctions.retrievalFunction ||
      type.generationFunction !== shownFunctions.generationFunction;
    const entry = others ? turned(sent, schema, sent.mode) : sent;
    const entered = { ...type, options: entry.options ?? {} };
    const action = textField(req, 'action');
    if (action === 'functions') return showForm(req, res, former, entered, entry);
    if (action === 'json' || action === 'form')
      return showForm(req, res, former, entered, turned(entry, schema, action));

    await takeDesign(req, res, services, {
      ...{ noun: words('this type'), former, wanted: { ...entered, id: former?.id ?? randomUUID() }, entry },
      find: () => find(req),
      schemaOf: (wanted) => schemaOf(extensions, wanted),
      errorsOf: (wanted, checked, isSample) => errorsOf(wanted, checked, isSample),
      planOf: (wanted) => samplePlan(extensions, wanted, {}),
      change: (wanted, expected) => credentials.changeType(wanted, expected),
      duplicate: { field: 'name', message: 'There is a type of this name already; choose another name.' },
      show: (wanted, shown, errors, conflict) => showForm(req, res, former, wanted, shown, errors, conflict),
      async saved(wanted) {
        const done = former ? 'credential-type.changed' : 'credential-type.created';
        await audit(actorOf(res).name, done, `credential-type:${wanted.id}`, {
          name: wanted.name,
          ...fieldChanges(former && comparable(former), comparable(wanted)),
        });
        const to = { saved: pathOf(wanted), form: `${pathOf(wanted)}/edit`, another: `${HOME}/new` };
        res.redirect(303, afterSave(req, 'credential-type-saved', to));
      },
    });
  };

  /** A sample needs neither a name nor configurations that fit. */
  const errorsOf = async (
    wanted: CredentialType,
    entry: OptionsEntry,
    isSample: boolean,
  ): Promise<readonly FieldError[]> => {
    const errors: FieldError[] = [];
    if (!isSample && (wanted.name === '' || wanted.name.length > 120))
      errors.push({ field: 'name', message: msg('Enter a name of at most 120 characters.') });
    if (entry.errors.length > 0) return errors;
    const [assets, configurations] = await Promise.all([credentials.assets(), credentials.configurations()]);
    const kinds = new Map(assets.map(({ slug, kind }) => [slug, kind]));
    const stored = { registry: extensions, kindOf: (slug: string) => kinds.get(slug) };
    const known = { ...stored, configurations: isSample ? [] : configurations };
    const torn = isSample ? [] : await tornTypeErrors(services, wanted);
    return [...errors, ...typeErrors(wanted, entry, known), ...torn];
  };

  return [
    get(`${HOME}/new`, 'edit', (req, res) => {
      const type = emptyType();
      return showForm(req, res, null, type, optionsEntry(schemaOf(extensions, type), {}));
    }),
    post(`${HOME}/new`, 'edit', (req, res) => take(req, res, null)),
    get(`${HOME}/:type/edit`, 'edit', async (req, res) => {
      const type = await find(req);
      await showForm(req, res, type, type, optionsEntry(schemaOf(extensions, type), type.options));
    }),
    post(`${HOME}/:type/edit`, 'edit', async (req, res) => take(req, res, await find(req))),
    get(`${HOME}/:type/delete`, 'edit', async (req, res) => {
      const type = await find(req);
      const frame = {
        title: words('Delete {name}', { name: type.name }),
        section: 'credentials',
        breadcrumbs: [credentialsCrumb, crumb],
      } as const;
      await renderPage(req, res, 'credential-type-delete', frame, {
        href: pathOf(type),
        expected: type.updatedAt.toISOString(),
        configurations: (await configurationsOf(type.id)).map(shownConfiguration),
      });
    }),
    post(`${HOME}/:type/delete`, 'edit', async (req, res) => {
      const { id, name } = await find(req);
      if ((await configurationsOf(id)).length > 0) throw stillUsed();
      if (!(await credentials.deleteType(id, expectedOf(req))))
        throw new ConflictError(
          'stale',
          msg('somebody has changed this type meanwhile; look at it again before you delete it'),
        );
      await audit(actorOf(res).name, 'credential-type.deleted', `credential-type:${id}`, { name });
      res.redirect(303, afterSave(req, 'credential-type-deleted', { saved: HOME }));
    }),
    get(`${HOME}/:type`, 'look', async (req, res) => {
      const type = await find(req);
      const frame = { title: type.name, section: 'credentials', breadcrumbs: [credentialsCrumb, crumb] } as const;
      await renderPage(req, res, 'credential-type', frame, {
        ...type,
        json: JSON.stringify(type.options, null, 2),
        updatedAt: shownTime(type.updatedAt),
        whose: await whoseIs(services, { kind: 'credential-type', id: type.id }),
        crossings: (await crossingReferences(services, { kind: 'credential-type', id: type.id })).map(crossingWords),
        historyHref: historyPath('credential-type', type.id),
        credentialsHref: `/credentials${queryString({ type: type.name })}`,
        editHref: `${pathOf(type)}/edit`,
        versionsHref: `${pathOf(type)}/versions`,
        deleteHref: `${pathOf(type)}/delete`,
        newHref: `/configurations/new?type=${encodeURIComponent(type.id)}`,
        configurations: (await configurationsOf(type.id)).map(shownConfiguration),
      });
    }),
  ];
}

function shownConfiguration({ id, contextKey }: CredentialConfiguration) {
  return { contextKey, href: `/configurations/${encodeURIComponent(id)}/edit` };
}

function stillUsed(): ConflictError {
  return new ConflictError('type-used', msg('this type is used; delete its configurations first'));
}

/** What of a type a person changes. */
function comparable({ name, retrievalFunction, generationFunction, options }: CredentialType) {
  return { name, retrievalFunction, generationFunction, options };
}

function pathOf({ id }: Pick<CredentialType, 'id'>): string {
  return `${HOME}/${encodeURIComponent(id)}`;
}
