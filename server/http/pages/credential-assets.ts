/** Files that documents are made from: brought, looked at, replaced and, when nothing uses them, deleted. */

import { basename } from 'node:path';
import type { Request, Response } from 'express';
import { assetUse } from '../../../plugin/credentials/asset-use.ts';
import {
  type AssetUpload,
  assetKey,
  changeAsset,
  keepUpload,
  MAX_ASSET_BYTES,
} from '../../../plugin/credentials/assets.ts';
import { ConflictError, InputError, NotFoundError } from '../../../plugin/errors.ts';
import type { AssetPage } from '../../../plugin/extensions/page-design.ts';
import type { Asset } from '../../../plugin/ports/credential-store.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { createAudit } from '../audit/audit.ts';
import { pictureScripts } from '../credentials/certificate-designer.ts';
import { afterSave } from '../forms/after-save.ts';
import {
  type FormField,
  isChanged,
  openedText,
  openedValues,
  showEditConflict,
  type Values,
} from '../forms/edit-conflict.ts';
import { type FieldError, pathText, textField } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { whoseIs } from '../organisations/whose.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { shownSize, shownTime } from '../words/format.ts';
import { credentialsCrumb } from './credentials.ts';
import { expectedOf } from './expected.ts';

const HOME = '/credential-assets';
const crumb = { text: words('Assets'), href: HOME } as const;

export const ASSET_KINDS: Readonly<Record<Asset['kind'], string>> = {
  'pdf-template': msg('PDF template'),
  font: msg('Font (TrueType)'),
  image: msg('Image (PNG or JPEG)'),
};

export function credentialAssetRoutes(services: Services): readonly Route[] {
  const { credentials, files, extensions, clock } = services;
  const audit = createAudit(services);

  const find = async (req: Request): Promise<Asset> => {
    const asset = await credentials.asset(pathText(req, 'asset'));
    if (asset) return asset;
    throw new NotFoundError('asset', msg('there is no such asset; the list of assets shows those there are'));
  };

  const load = async (req: Request) => {
    const asset = await find(req);
    const file = await files.get(assetKey(asset));
    if (file) return { asset, bytes: file.bytes };
    throw new NotFoundError('asset', msg('the file of this asset is gone; upload it again on the page of the asset'));
  };

  /** What of it can be looked at page by page, and what is to be known of it; nothing, where the file is gone or can no longer
   *  be used. */
  const factsOf = async (asset: Asset): Promise<AssetFacts> => {
    const generations = extensions.generations();
    const paged = generations.find(({ assetPages }) => assetPages);
    const noted = generations.find(({ assetNotes }) => assetNotes);
    const file = asset.kind === 'pdf-template' && (paged || noted) ? await files.get(assetKey(asset)) : null;
    if (!file) return { pages: [], notes: [] };
    const loaded = { asset, bytes: file.bytes };
    try {
      const [pages = [], notes = []] = await Promise.all([paged?.assetPages?.(loaded), noted?.assetNotes?.(loaded)]);
      return { pages, notes };
    } catch (error) {
      if (error instanceof InputError)
        return { pages: [], notes: [words('It can no longer be used: {reason}.', { reason: error.said })] };
      throw error;
    }
  };

  const usesOf = async (slug: string) => {
    const [types, configurations] = await Promise.all([credentials.types(), credentials.configurations()]);
    return assetUse(slug, extensions, { types, configurations });
  };

  const showForm = (
    req: Request,
    res: Response,
    former: Asset | null,
    entry: { readonly slug: string; readonly description: string; readonly kind: string },
    errors: readonly FieldError[] = [],
  ): Promise<void> => {
    const t = translatorOf(req, res);
    const title = former ? words('Replace {name}', { name: former.slug }) : words('New asset');
    const frame = { title, section: 'credentials', breadcrumbs: [credentialsCrumb, crumb], errors } as const;
    const model = {
      entry,
      isNew: former === null,
      kind: former && t(ASSET_KINDS[former.kind]),
      opened: former && openedText(req, valuesOf(former)),
      action: former ? `${pathOf(former)}/replace` : `${HOME}/new`,
      cancelHref: former ? pathOf(former) : HOME,
      limit: shownSize(MAX_ASSET_BYTES),
      kinds: [{ label: '', choices: Object.entries(ASSET_KINDS).map(([value, text]) => ({ value, text: t(text) })) }],
      warnings: [],
      focus: null,
    };
    return renderPage(req, res, 'credential-asset-form', frame, model, errors.length > 0 ? 422 : 200);
  };

  /** The file that was sent, or one that this slug has had lately. @returns null: neither */
  const sentFile = async (req: Request, slug: string): Promise<Pick<AssetUpload, 'fileName' | 'bytes'> | null> => {
    const [file] = Array.isArray(req.files) ? req.files : [];
    if (file && file.size > 0)
      return { fileName: basename(file.originalname).slice(0, 200), bytes: file.buffer as Uint8Array };
    const named = readFileValue(textField(req, FILE.name));
    const kept = named && (await files.get(assetKey({ slug, sha256: named.sha256 })));
    return named && kept ? { fileName: named.fileName, bytes: kept.bytes } : null;
  };

  /** The file that was sent is kept beside the one in force, so that either can be chosen. */
  const showConflict = async (req: Request, res: Response, former: Asset, upload: AssetUpload): Promise<void> => {
    const yours = await keepUpload(upload, { files, generations: extensions.generations(), now: clock.now() });
    await showEditConflict(req, res, services, {
      frame: { section: 'credentials', breadcrumbs: [credentialsCrumb, crumb] },
      ...{ noun: words('this asset'), object: `asset:${former.slug}` },
      ...{ action: `${pathOf(former)}/replace`, href: pathOf(former), fields: FIELDS },
      ...{ opened: openedValues(req, FIELDS), theirs: valuesOf(former), yours: valuesOf(yours), goesOn: false },
    });
  };

  const save = async (req: Request, res: Response, former: Asset | null): Promise<void> => {
    const entry = {
      slug: former?.slug ?? textField(req, 'slug').trim(),
      description: textField(req, 'description').trim(),
      kind: former?.kind ?? textField(req, 'kind'),
    };
    const kind = Object.keys(ASSET_KINDS).find((known): known is Asset['kind'] => known === entry.kind);
    const file = await sentFile(req, entry.slug);
    const errors: FieldError[] = [];
    if (kind === undefined) errors.push({ field: 'kind', message: msg('Choose what the file is.') });
    if (entry.description.length > 500)
      errors.push({ field: 'description', message: msg('Enter a description of at most 500 characters.') });
    if (file === null) errors.push({ field: 'files', message: msg('Choose a file.') });
    if (kind === undefined || file === null || errors.length > 0) return showForm(req, res, former, entry, errors);

    const upload = { ...entry, ...file, kind };
    try {
      if (former && isChanged(openedValues(req, FIELDS), valuesOf(former), FIELDS))
        return await showConflict(req, res, former, upload);
      const parts = { store: credentials, files, generations: extensions.generations(), now: clock.now() };
      const result = await changeAsset(upload, former, parts);
      if (result === 'duplicate')
        errors.push({
          field: 'slug',
          message: msg('There is an asset of this slug already; replace that one, or choose another.'),
        });
      if (result === 'stale') return await showConflict(req, res, await find(req), upload);
    } catch (error) {
      if (!(error instanceof InputError) || error.code === 'input.form-incomplete') throw error;
      errors.push({ field: error.code === 'input.asset-slug' ? 'slug' : 'files', message: error.said, isError: true });
    }
    if (errors.length > 0) return showForm(req, res, former, entry, errors);
    const action = former ? 'asset.replaced' : 'asset.created';
    await audit(actorOf(res).name, action, `asset:${entry.slug}`, { kind, fileName: upload.fileName });
    res.redirect(303, afterSave(req, 'asset-saved', { saved: pathOf(entry), another: `${HOME}/new` }));
  };

  return [
    get(`${HOME}/new`, 'edit', (req, res) =>
      showForm(req, res, null, { slug: '', description: '', kind: 'pdf-template' }),
    ),
    post(`${HOME}/new`, 'edit', (req, res) => save(req, res, null)),
    get(`${HOME}/:asset/replace`, 'edit', async (req, res) => {
      const asset = await find(req);
      await showForm(req, res, asset, asset);
    }),
    post(`${HOME}/:asset/replace`, 'edit', async (req, res) => save(req, res, await find(req))),
    get(`${HOME}/:asset/file`, 'look', async (req, res) => {
      const { asset, bytes } = await load(req);
      const name = asset.fileName.replace(/[^\w.-]+/g, '_');
      res
        .set('Content-Disposition', `inline; filename="${name}"`)
        .type(contentTypeOf(asset, bytes))
        .send(Buffer.from(bytes));
    }),
    get(`${HOME}/:asset/sample`, 'look', async (req, res) => {
      const loaded = await load(req);
      const generation = extensions.generations().find(({ assetSample }) => assetSample);
      const sample = await generation?.assetSample?.(loaded);
      if (!sample) throw new NotFoundError('sample', msg('no generation function here makes samples of assets'));
      res.set('Content-Disposition', `inline; filename="${sample.fileName}"`);
      res.type(sample.contentType).send(Buffer.from(sample.bytes));
    }),
    get(`${HOME}/:asset/delete`, 'edit', async (req, res) => {
      const asset = await find(req);
      const uses = await usesOf(asset.slug);
      const frame = {
        title: words('Delete {name}', { name: asset.slug }),
        section: 'credentials',
        breadcrumbs: [credentialsCrumb, crumb],
      } as const;
      await renderPage(req, res, 'credential-asset-delete', frame, {
        href: pathOf(asset),
        expected: asset.updatedAt.toISOString(),
        ...shownUses(uses),
      });
    }),
    post(`${HOME}/:asset/delete`, 'edit', async (req, res) => {
      const asset = await find(req);
      const { types, configurations } = await usesOf(asset.slug);
      if (types.length + configurations.length > 0) throw stillUsed();
      if (!(await credentials.deleteAsset(asset.slug, expectedOf(req))))
        throw new ConflictError(
          'stale',
          msg('somebody has replaced this asset meanwhile; look at it again before you delete it'),
        );
      await files.delete(assetKey(asset));
      await audit(actorOf(res).name, 'asset.deleted', `asset:${asset.slug}`, { kind: asset.kind });
      res.redirect(303, afterSave(req, 'asset-deleted', { saved: HOME }));
    }),
    get(`${HOME}/:asset`, 'look', async (req, res) => {
      const asset = await find(req);
      const t = translatorOf(req, res);
      const frame = { title: asset.slug, section: 'credentials', breadcrumbs: [credentialsCrumb, crumb] } as const;
      const { pages, notes } = await factsOf(asset);
      await renderPage(req, res, 'credential-asset', frame, {
        ...asset,
        kind: t(ASSET_KINDS[asset.kind]),
        size: shownSize(asset.sizeBytes),
        updatedAt: shownTime(asset.updatedAt),
        href: pathOf(asset),
        whose: await whoseIs(services, { kind: 'asset', id: asset.slug }),
        notes,
        pages: pages.map((page, index) => pageInWords(page, index, t)),
        scripts: pictureScripts(),
        picture: asset.kind === 'image' ? `${pathOf(asset)}/file` : null,
        ...shownUses(await usesOf(asset.slug)),
      });
    }),
  ];
}

const FILE: FormField = {
  name: 'file',
  label: msg('File'),
  word(value, t) {
    const file = readFileValue(value);
    return file === null ? '' : `${file.fileName}, ${t.shown(shownSize(file.sizeBytes))}`;
  },
};

const FIELDS: readonly FormField[] = [{ name: 'description', label: msg('Description') }, FILE];

/** What two people may have changed at once. */
function valuesOf({ description, sha256, sizeBytes, fileName }: Asset): Values {
  return { description, [FILE.name]: `${sha256} ${sizeBytes} ${fileName}` };
}

function readFileValue(value: string) {
  const [, sha256 = '', size = '', fileName = ''] = /^([0-9a-f]{64}) (\d{1,12}) (.{1,200})$/.exec(value) ?? [];
  return sha256 === '' ? null : { sha256, sizeBytes: Number(size), fileName: basename(fileName) };
}

interface AssetFacts {
  readonly pages: readonly AssetPage[];
  readonly notes: readonly Words[];
}

function stillUsed(): ConflictError {
  return new ConflictError('asset-used', msg('this asset is used; take it out of the types and configurations first'));
}

function shownUses({ types, configurations }: ReturnType<typeof assetUse>) {
  return {
    types: types.map(({ id, name }) => ({ name, href: `/credential-types/${encodeURIComponent(id)}` })),
    configurations: configurations.map(({ id, contextKey }) => ({
      contextKey,
      href: `/configurations/${encodeURIComponent(id)}/edit`,
    })),
  };
}

function pathOf({ slug }: Pick<Asset, 'slug'>): string {
  return `${HOME}/${encodeURIComponent(slug)}`;
}

function pageInWords({ widthPt, heightPt }: AssetPage, index: number, t: Translator): string {
  const size = (factor: number) =>
    `${t.number(Math.round(widthPt * factor))} × ${t.number(Math.round(heightPt * factor))}`;
  const values = { number: index + 1, mm: size(25.4 / 72), pt: size(1) };
  const page =
    widthPt === heightPt
      ? t('Page {number}: {mm} mm ({pt} pt), square.', values)
      : widthPt > heightPt
        ? t('Page {number}: {mm} mm ({pt} pt), landscape.', values)
        : t('Page {number}: {mm} mm ({pt} pt), portrait.', values);
  return index === 0 ? `${page} ${t('Documents are written on it.')}` : page;
}

/** Images are stored without a kind: what was checked is one of two. */
function contentTypeOf({ kind, contentType }: Asset, bytes: Uint8Array): string {
  if (kind !== 'image') return contentType;
  return bytes[0] === 0x89 ? 'image/png' : 'image/jpeg';
}
