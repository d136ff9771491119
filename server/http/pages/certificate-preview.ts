/** What a form of a type or configuration, as it is filled in, makes of a certificate: pictures, places and doubts. Asked by
 *  the page while somebody works on it; nothing is stored. */

import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { CredentialPlan } from '../../../plugin/credentials/credential-options.ts';
import { NotFoundError } from '../../../plugin/errors.ts';
import type { CredentialType, Options } from '../../../plugin/ports/credential-store.ts';
import { msg } from '../../../plugin/words.ts';
import { configurationErrors, samplePlan, schemaOf, typeErrors } from '../credentials/credential-check.ts';
import { SAMPLES, sampleRequest } from '../credentials/credential-samples.ts';
import { errorText, type FieldError, textField } from '../forms/forms.ts';
import { atFields, type OptionsEntry, problemOf, readOptionsEntry } from '../forms/options-entry.ts';
import { previewLimit } from '../middleware/limits.ts';
import { translatorOf } from '../middleware/speech.ts';
import { post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { CONFIGURATION_PREVIEW, TYPE_PREVIEW } from './certificate-preview-paths.ts';
import { isAnswerable } from './design-form.ts';

/** The fields of a form that make the document, whatever else is in it. */
interface Draft {
  readonly type: CredentialType;
  readonly options: Options;
  readonly entry: OptionsEntry;
  readonly errors: readonly FieldError[];
}

export function certificatePreviewRoutes(services: Services): readonly Route[] {
  const { credentials, extensions, clock } = services;

  const kinds = async () => {
    const found = new Map((await credentials.assets()).map(({ slug, kind }) => [slug, kind]));
    return (slug: string) => found.get(slug);
  };

  const typeOf = async (id: string): Promise<CredentialType> => {
    const type = await credentials.type(id);
    if (type) return type;
    throw new NotFoundError('credential-type', msg('there is no such type; the list of types shows those there are'));
  };

  const typeDraft = async (req: Request): Promise<Draft> => {
    const functions = {
      retrievalFunction: textField(req, 'shownRetrieval'),
      generationFunction: textField(req, 'shownGeneration'),
    };
    const entry = readOptionsEntry(req, schemaOf(extensions, functions));
    const options = entry.options ?? {};
    const type = { id: '', name: '', ...functions, options, updatedAt: clock.now() };
    if (entry.errors.length > 0) return { type, options: {}, entry, errors: entry.errors };
    const errors = typeErrors(type, entry, { registry: extensions, kindOf: await kinds(), configurations: [] });
    return { type, options: {}, entry, errors };
  };

  const configurationDraft = async (req: Request): Promise<Draft> => {
    const type = await typeOf(textField(req, 'type'));
    const entry = readOptionsEntry(req, schemaOf(extensions, type));
    const options = entry.options ?? {};
    if (entry.errors.length > 0) return { type, options, entry, errors: entry.errors };
    const checked = { contextKey: 'course-v1:Sample+Sample+Sample', options };
    const stored = { registry: extensions, kindOf: await kinds() };
    return { type, options, entry, errors: configurationErrors(type, checked, entry, stored) };
  };

  const storedType = async (id: string): Promise<CredentialPlan> => samplePlan(extensions, await typeOf(id), {});

  const storedConfiguration = async (id: string): Promise<CredentialPlan> => {
    const configuration = await credentials.configuration(id);
    if (!configuration)
      throw new NotFoundError('configuration', msg('there is no such configuration; the list shows those that exist'));
    return samplePlan(extensions, await typeOf(configuration.credentialTypeId), configuration.options);
  };

  const send = async (req: Request, res: Response, plan: CredentialPlan): Promise<void> => {
    const sample = SAMPLES.find(({ key }) => key === textField(req, 'sample')) ?? SAMPLES[0];
    const { design } = plan.generation;
    if (!design || !sample)
      throw new NotFoundError('design', msg('this generation function has no page to place things on'));
    const t = translatorOf(req, res);
    const { document, background, notes, ...page } = await design(await sampleRequest(plan, sample, services));
    const hash = createHash('sha256').update(background).digest('hex').slice(0, 32);
    res.json({
      ...page,
      notes: notes.map(({ said, ...note }) => ({ ...note, message: t(said ?? note.message) })),
      document: base64(document),
      // the browser keeps the last one
      background: { hash, bytes: textField(req, 'background') === hash ? null : base64(background) },
    });
  };

  const answer =
    (draftOf: (req: Request) => Promise<Draft>, stored: (id: string) => Promise<CredentialPlan>): RequestHandler =>
    async (req, res) => {
      const former = textField(req, 'stored');
      if (former !== '') return send(req, res, await stored(former));
      const { type, options, entry, errors } = await draftOf(req);
      if (errors.length > 0) return refuse(req, res, errors);
      try {
        await send(req, res, samplePlan(extensions, type, options));
      } catch (error) {
        if (!isAnswerable(error) || error instanceof NotFoundError) throw error;
        refuse(req, res, atFields(entry, schemaOf(extensions, type), [problemOf(error.said)]));
      }
    };

  return [
    post(TYPE_PREVIEW, 'edit', previewLimit(), answer(typeDraft, storedType)),
    post(CONFIGURATION_PREVIEW, 'edit', previewLimit(), answer(configurationDraft, storedConfiguration)),
  ];
}

function refuse(req: Request, res: Response, problems: readonly FieldError[]): void {
  const t = translatorOf(req, res);
  res
    .status(422)
    .json({ problems: problems.map((problem) => ({ field: problem.field, message: errorText(problem, t) })) });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
