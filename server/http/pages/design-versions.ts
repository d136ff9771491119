/** Versions of credential types and configurations: listed, two compared, and a former one restored. */

import type { Request, Response } from 'express';
import {
  changesBetween,
  changeWithHistory,
  type Design,
  historyOf,
  snapshotOf,
} from '../../../plugin/credentials/design-history.ts';
import { NotFoundError } from '../../../plugin/errors.ts';
import type {
  ChangeResult,
  CredentialConfiguration,
  CredentialType,
  DesignVersion,
} from '../../../plugin/ports/credential-store.ts';
import { type FilledWords, msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { configurationErrors, schemaOf, typeErrors } from '../credentials/credential-check.ts';
import { type FieldError, pathText, queryText, textField } from '../forms/forms.ts';
import { optionsEntry } from '../forms/options-entry.ts';
import { tornConfigurationErrors, tornTypeErrors } from '../organisations/torn-errors.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { shownTime } from '../words/format.ts';
import { credentialsCrumb } from './credentials.ts';
import { expectedOf } from './expected.ts';

const MAX_COMMENT = 200;

/** What the form says of a change. A longer one is cut: it is no reason to lose what was entered. */
export function commentOf(req: Request): string {
  return textField(req, 'comment').trim().slice(0, MAX_COMMENT);
}

/** What the two kinds of objects differ in. */
interface Kind<Object extends Design> {
  readonly home: string;
  /** What its id is called in addresses. */
  readonly param: string;
  readonly crumb: FilledWords;
  readonly auditAs: string;
  /** Where its own page is. */
  readonly shownAt: string;
  find(id: string): Promise<Object | null>;
  nameOf(object: Object): string;
  /** What stands against putting it in force. */
  check(object: Object): Promise<readonly FieldError[]>;
  change(object: Object, expected: Date | null): Promise<ChangeResult>;
}

export function designVersionRoutes(services: Services): readonly Route[] {
  const { credentials, extensions } = services;
  const stored = async () => {
    const kinds = new Map((await credentials.assets()).map(({ slug, kind }) => [slug, kind]));
    return { registry: extensions, kindOf: (slug: string) => kinds.get(slug) };
  };
  const types: Kind<CredentialType> = {
    ...{ home: '/credential-types', param: 'type', crumb: words('Types'), auditAs: 'credential-type', shownAt: '' },
    find: (id) => credentials.type(id),
    nameOf: ({ name }) => name,
    check: async (type) => {
      const entry = optionsEntry(schemaOf(extensions, type), type.options, 'json');
      const known = { ...(await stored()), configurations: await credentials.configurations() };
      return [...typeErrors(type, entry, known), ...(await tornTypeErrors(services, type))];
    },
    change: (type, expected) => credentials.changeType(type, expected),
  };
  const configurations: Kind<CredentialConfiguration> = {
    ...{
      home: '/configurations',
      param: 'id',
      crumb: words('Configurations'),
      auditAs: 'configuration',
      shownAt: '/edit',
    },
    find: (id) => credentials.configuration(id),
    nameOf: ({ contextKey }) => contextKey,
    check: async (configuration) => {
      const type = await credentials.type(configuration.credentialTypeId);
      if (!type) return [{ field: 'options', message: msg('The type of this configuration is gone.') }];
      const entry = optionsEntry(schemaOf(extensions, type), configuration.options, 'json');
      return [
        ...configurationErrors(type, configuration, entry, await stored()),
        ...(await tornConfigurationErrors(services, configuration)),
      ];
    },
    change: (configuration, expected) => credentials.changeConfiguration(configuration, expected),
  };
  return [...routesOf(types, services), ...routesOf(configurations, services)];
}

function routesOf<Object extends Design>(kind: Kind<Object>, services: Services): readonly Route[] {
  const { credentials, clock } = services;
  const audit = createAudit(services);

  const find = async (req: Request) => {
    const object = await kind.find(pathText(req, kind.param));
    if (!object) throw new NotFoundError(kind.auditAs, msg('there is no such thing; the list shows those there are'));
    const href = `${kind.home}/${encodeURIComponent(object.id)}`;
    return { object, href, history: await historyOf(credentials, object) };
  };

  const frameOf = (object: Object, href: string, title: FilledWords, errors: readonly FieldError[] = []) => ({
    ...({ title, section: 'credentials', errors, failed: errors.length > 0 } as const),
    breadcrumbs: [
      credentialsCrumb,
      { text: kind.crumb, href: kind.home },
      { text: kind.nameOf(object), href: `${href}${kind.shownAt}` },
    ],
  });

  const showRestore = async (
    req: Request,
    res: Response,
    { object, href, history }: Awaited<ReturnType<typeof find>>,
    version: DesignVersion,
    errors: readonly FieldError[] = [],
    status = 200,
  ): Promise<void> => {
    const title = words('Restore version {number}', { number: version.number });
    await renderPage(
      req,
      res,
      'design-restore',
      frameOf(object, href, title, errors),
      {
        ...{ href, version: shownVersion(version), inForce: shownVersion(history[0]) },
        changes: changesBetween(snapshotOf(object), version.snapshot),
        expected: object.updatedAt.toISOString(),
        ...{ comment: textField(req, 'comment'), focus: null, warnings: [] },
      },
      status,
    );
  };

  return [
    get(`${kind.home}/:${kind.param}/versions`, 'look', async (req, res) => {
      const { object, href, history } = await find(req);
      await renderPage(req, res, 'design-versions', frameOf(object, href, words('Versions')), {
        ...{ href, name: kind.nameOf(object), versions: history.map(shownVersion) },
      });
    }),
    get(`${kind.home}/:${kind.param}/compare`, 'look', async (req, res) => {
      const { object, href, history } = await find(req);
      const [latest, before = latest] = history;
      const from = versionOf(history, queryText(req, 'from') ?? String(before.number));
      const to = versionOf(history, queryText(req, 'to') ?? String(latest.number));
      await renderPage(req, res, 'design-compare', frameOf(object, href, words('Compare versions')), {
        ...{ href, from: shownVersion(from), to: shownVersion(to) },
        changes: changesBetween(from.snapshot, to.snapshot),
      });
    }),
    get(`${kind.home}/:${kind.param}/versions/:version/restore`, 'edit', async (req, res) => {
      const found = await find(req);
      await showRestore(req, res, found, versionOf(found.history, pathText(req, 'version')));
    }),
    post(`${kind.home}/:${kind.param}/versions/:version/restore`, 'edit', async (req, res) => {
      const found = await find(req);
      const { object, href } = found;
      const version = versionOf(found.history, pathText(req, 'version'));
      const updatedAt = new Date(Math.max(clock.now().getTime(), object.updatedAt.getTime() + 1));
      const wanted = { ...object, ...version.snapshot, id: object.id, updatedAt };
      const errors = await kind.check(wanted);
      if (errors.length > 0) {
        const said = errors.map((error) => ({ ...error, field: 'restore' }));
        return showRestore(req, res, found, version, said, 422);
      }
      const { name } = actorOf(res);
      const comment = commentOf(req) || `Version ${version.number} restored`;
      const result = await changeWithHistory(
        credentials,
        { former: object, wanted, expected: expectedOf(req) },
        { by: name, comment },
        kind.change,
      );
      if (result !== 'saved') {
        const message =
          result === 'stale'
            ? msg('Nothing was restored: somebody has saved meanwhile. Look again at what would change.')
            : msg('Nothing was restored: something else has this name by now. Rename that one first.');
        return showRestore(req, res, await find(req), version, [{ field: 'restore', message }], 409);
      }
      await audit(name, `${kind.auditAs}.restored`, `${kind.auditAs}:${object.id}`, { version: version.number });
      res.redirect(303, `${href}/versions?done=version-restored`);
    }),
  ];
}

function versionOf(history: readonly DesignVersion[], number: string): DesignVersion {
  const version = history.find((one) => String(one.number) === number);
  if (version) return version;
  throw new NotFoundError('version', msg('there is no such version; the list of versions shows those there are'));
}

function shownVersion({ number, at, by, comment }: DesignVersion) {
  return { number, at: shownTime(at), by, comment };
}
