/** The history of one thing: who changed it when, and what was there before. It comes out of the audit. */

import type { Request, Response } from 'express';
import { NotFoundError } from '../../../plugin/errors.ts';
import type { Words } from '../../../plugin/words.ts';
import { badgePath, badgesCrumb } from '../badge-links.ts';
import { shownTime } from '../format.ts';
import { pathText, queryString, queryText } from '../forms.ts';
import type { Section } from '../page.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

const PAGE_SIZE = 50;

interface Kind {
  readonly word: string;
  readonly section: Section;
  readonly crumb: { readonly text: Words; readonly href: string };
  hrefOf(id: string): string;
}

const CREDENTIALS = 'credentials';

/** By the word before the colon in the audit. */
const kinds: Readonly<Record<string, Kind>> = {
  badge: { word: 'badge', section: 'badges', crumb: badgesCrumb, hrefOf: badgePath },
  'credential-type': kindOf('type', 'Types', '/credential-types'),
  configuration: kindOf('configuration', 'Configurations', '/configurations', '/edit'),
  asset: kindOf('asset', 'Assets', '/credential-assets'),
  credential: kindOf('credential', 'Credentials', '/credentials'),
  'open-badge-template': kindOf('template', 'Open Badge templates', '/open-badge-templates'),
};

const ofAccounts: Kind = { ...kindOf('account', 'Accounts', '/accounts'), section: 'system' };
const ofLearners: Kind = { ...kindOf('learner', 'Learners', '/learners'), section: 'progress' };

function kindOf(word: string, text: string, home: string, page = ''): Kind {
  return {
    word,
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
      title: `History of the ${kind.word} ${text}`,
      section: kind.section,
      breadcrumbs: [kind.crumb, { text, href: kind.hrefOf(id) }],
    };
    await renderPage(req, res, 'history', frame, {
      what: `${kind.word} ${text}`,
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
      if (!account) throw new NotFoundError('account', 'there is no such account; the list has those there are');
      await show(req, res, 'account', ofAccounts, account.name);
    }),
    get('/history/learner/:id', 'administer', async (req, res) => {
      const learner = await learners.findById(pathText(req, 'id'));
      if (!learner)
        throw new NotFoundError('learner', 'there is no such learner; search for them at the top of the page');
      await show(req, res, 'learner', ofLearners, learner.username);
    }),
    get('/history/:kind/:id', 'look', async (req, res) => {
      const name = pathText(req, 'kind');
      const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
      if (!kind)
        throw new NotFoundError('history', 'there is no history of this kind; open it from the page of a record');
      await show(req, res, name, kind, pathText(req, 'id'));
    }),
  ];
}
