/** The history of one thing: who changed it when, and what was there before. It comes out of the audit. */

import type { Request, Response } from 'express';
import { NotFoundError } from '../../../plugin/errors.ts';
import { type FilledWords, msg, type Words, words } from '../../../plugin/words.ts';
import { pathText, queryString, queryText } from '../forms/forms.ts';
import type { Section } from '../page.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import { badgePath, badgesCrumb } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { shownTime } from '../words/format.ts';

const PAGE_SIZE = 50;

interface Kind {
  title(name: string): FilledWords;
  readonly section: Section;
  readonly crumb: { readonly text: Words; readonly href: string };
  hrefOf(id: string): string;
}

const CREDENTIALS = 'credentials';

/** By the word before the colon in the audit. */
const kinds: Readonly<Record<string, Kind>> = {
  badge: {
    title: (name) => words('History of the badge {name}', { name }),
    section: 'badges',
    crumb: badgesCrumb,
    hrefOf: badgePath,
  },
  'credential-type': kindOf(
    (name) => words('History of the type {name}', { name }),
    words('Types'),
    '/credential-types',
  ),
  configuration: kindOf(
    (name) => words('History of the configuration {name}', { name }),
    words('Configurations'),
    '/configurations',
    '/edit',
  ),
  asset: kindOf((name) => words('History of the asset {name}', { name }), words('Assets'), '/credential-assets'),
  credential: kindOf(
    (name) => words('History of the credential {name}', { name }),
    words('Credentials'),
    '/credentials',
  ),
  'open-badge-template': kindOf(
    (name) => words('History of the template {name}', { name }),
    words('Open Badge templates'),
    '/open-badge-templates',
  ),
};

const ofAccounts: Kind = {
  ...kindOf((name) => words('History of the account {name}', { name }), words('Accounts'), '/accounts'),
  section: 'system',
};
const ofLearners: Kind = {
  ...kindOf((name) => words('History of the learner {name}', { name }), words('Learners'), '/learners'),
  section: 'progress',
};

function kindOf(title: Kind['title'], text: FilledWords, home: string, page = ''): Kind {
  return {
    title,
    section: CREDENTIALS,
    crumb: { text, href: home },
    hrefOf: (id) => `${home}/${encodeURIComponent(id)}${page}`,
  };
}

export function historyPath(kind: string, id: string): string {
  return `/history/${kind}/${encodeURIComponent(id)}`;
}

export function historyRoutes({ access, learners }: Pick<Services, 'access' | 'learners'>): readonly Route[] {
  async function show(req: Request, res: Response, name: string, kind: Kind, text: string): Promise<void> {
    const id = pathText(req, 'id');
    const after = queryText(req, 'after');
    const page = await access.audit({ object: `${name}:${id}`, after, limit: PAGE_SIZE });
    const path = historyPath(name, id);
    const frame = {
      title: kind.title(text),
      section: kind.section,
      breadcrumbs: [kind.crumb, { text, href: kind.hrefOf(id) }],
    };
    await renderPage(req, res, 'history', frame, {
      rows: page.items.map(({ at, actor, action, details }) => {
        const facts = Object.entries(details).map(([field, value]) => ({ field, value: String(value) }));
        return {
          ...{ at: shownTime(at), actor, action },
          changes: facts.flatMap(({ field, value }) => {
            const [before, now] = value.split(' → ');
            return before !== undefined && now !== undefined ? [{ field, before, now }] : [];
          }),
          facts: facts.filter(({ value }) => !value.includes(' → ')),
        };
      }),
      nextHref: page.next === null ? null : `${path}${queryString({ after: page.next })}`,
      firstHref: after === undefined ? null : path,
    });
  }

  return [
    get('/history/account/:id', 'administer', async (req, res) => {
      const account = await access.account(pathText(req, 'id'));
      if (!account) throw new NotFoundError('account', msg('there is no such account; the list has those there are'));
      await show(req, res, 'account', ofAccounts, account.name);
    }),
    get('/history/learner/:id', 'administer', async (req, res) => {
      const learner = await learners.findById(pathText(req, 'id'));
      if (!learner)
        throw new NotFoundError('learner', msg('there is no such learner; search for them at the top of the page'));
      await show(req, res, 'learner', ofLearners, learner.username);
    }),
    get('/history/:kind/:id', 'look', async (req, res) => {
      const name = pathText(req, 'kind');
      const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
      if (!kind)
        throw new NotFoundError('history', msg('there is no history of this kind; open it from the page of a record'));
      await show(req, res, name, kind, pathText(req, 'id'));
    }),
  ];
}
