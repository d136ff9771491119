/** All pages by their names, and the way to one of them without a search through menus. */

import { words } from '../../../plugin/words.ts';
import { queryText } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import { openPages, pageMeant, pagesFound, sections } from '../site-map.ts';

const LONGEST_SEARCH = 100;

export function siteMapRoutes(): readonly Route[] {
  return [
    get('/pages', 'look', async (req, res) => {
      const t = translatorOf(req, res);
      const search = (queryText(req, 'search') ?? '').slice(0, LONGEST_SEARCH).trim();
      const found = pagesFound(openPages(res), search, t);
      const meant = pageMeant(found, search, t);
      if (meant) return res.redirect(303, meant.href);
      const groups = Object.entries(sections).map(([section, name]) => ({
        section,
        name: t(name),
        pages: found.filter((one) => one.section === section).map(({ name: page, href }) => ({ name: t(page), href })),
      }));
      await renderPage(
        req,
        res,
        'pages',
        { title: words('Find a page'), section: null },
        { search, groups: groups.filter(({ pages }) => pages.length > 0) },
      );
    }),
  ];
}
