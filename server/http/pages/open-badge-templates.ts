/** Badge templates that are made here, for the badges that Laurel issues itself. */

import type { Request, Response } from 'express';
import { InputError, NotFoundError } from '../../../plugin/errors.ts';
import type { BadgeTemplate } from '../../../plugin/ports/provider-store.ts';
import { badgesUsing } from '../../../plugin/providers/template-use.ts';
import { msg, words } from '../../../plugin/words.ts';
import { ACHIEVEMENT_TYPES, OPEN_BADGES, OWN_ACCOUNT, openBadgeDetails } from '../../../providers/index.ts';
import { createAudit } from '../audit/audit.ts';
import { fieldChanges } from '../audit/field-changes.ts';
import { afterSave } from '../forms/after-save.ts';
import {
  goesOnEditing,
  isChanged,
  openedText,
  openedValues,
  showEditConflict,
  type Values,
} from '../forms/edit-conflict.ts';
import { type FieldError, pathText, queryString, queryText } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { whoseIs } from '../organisations/whose.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import {
  emptyEntry,
  entryErrors,
  entryFields,
  entryOf,
  type OpenBadgeEntry,
  ownAccount,
  readEntry,
  templateOf,
} from '../providers/open-badge-form.ts';
import { sentImage } from '../providers/open-badge-images.ts';
import { get, post, type Route } from '../routes.ts';
import { badgePath, badgesCrumb } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { achievementTitle } from '../words/achievement-titles.ts';
import { safeUrl, shownStatus, shownTime } from '../words/format.ts';
import { historyPath } from './history.ts';

const HOME = '/open-badge-templates';
const crumb = { text: words('Open Badge templates'), href: HOME } as const;

export function openBadgeTemplateRoutes(services: Services): readonly Route[] {
  const { providerStore, issuerStore, openBadges, files, clock, settings } = services;
  const audit = createAudit(services);

  const find = async (req: Request): Promise<BadgeTemplate> => {
    const template = await providerStore.template(OPEN_BADGES, OWN_ACCOUNT, pathText(req, 'template'));
    if (template) return template;
    throw new NotFoundError('template', msg('there is no such template; the list of templates shows those there are'));
  };

  const showForm = (
    req: Request,
    res: Response,
    shown: {
      readonly former: BadgeTemplate | null;
      readonly entry: OpenBadgeEntry;
      /** Name of the picture; left out: that of the template. */
      readonly image?: string | null;
      readonly errors?: readonly FieldError[];
    },
  ): Promise<void> => {
    const { former, entry, errors = [], image } = shown;
    const t = translatorOf(req, res);
    const title = former ? words('Edit {thing}', { thing: former.name }) : words('New badge template');
    const frame = { title, section: 'badges', breadcrumbs: [badgesCrumb, crumb], errors } as const;
    const model = {
      entry,
      isNew: former === null,
      opened: former && openedText(req, valuesOf(former)),
      action: former ? `${pathOf(former)}/edit` : `${HOME}/new`,
      chosenImage: image === undefined ? null : (image ?? ''),
      image: image === undefined ? former && imagePath(former) : pathOfImage(image),
      types: [
        {
          label: '',
          choices: [
            { value: '', text: t('None') },
            ...ACHIEVEMENT_TYPES.map((value) => ({ value, text: achievementTitle(value, t) })),
          ],
        },
      ],
      states: [
        {
          label: '',
          choices: ['active', 'draft', 'archived'].map((value) => ({ value, text: t(shownStatus(value).word) })),
        },
      ],
      warnings: [],
      focus: null,
    };
    return renderPage(req, res, 'open-badge-template-form', frame, model, errors.length > 0 ? 422 : 200);
  };

  const showConflict = (
    req: Request,
    res: Response,
    {
      former,
      entry,
      image,
    }: { readonly former: BadgeTemplate; readonly entry: OpenBadgeEntry; readonly image: string | null },
  ): Promise<void> =>
    showEditConflict(req, res, services, {
      frame: { section: 'badges', breadcrumbs: [badgesCrumb, crumb] },
      noun: words('this template'),
      object: `open-badge-template:${former.templateId}`,
      action: `${pathOf(former)}/edit`,
      href: pathOf(former),
      fields: entryFields,
      opened: openedValues(req, entryFields),
      theirs: valuesOf(former),
      yours: { ...entry, image: image ?? '' },
    });

  /** Stores what was sent, or shows the form again. */
  const save = async (req: Request, res: Response, former: BadgeTemplate | null): Promise<void> => {
    const entry = former ? { ...readEntry(req), id: former.templateId } : readEntry(req);
    const errors = [...entryErrors(entry)];
    let image = former && openBadgeDetails(former).image;
    if (errors.length === 0) {
      try {
        image = await sentImage(req, image, files);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        errors.push({ field: 'files', message: error.said });
      }
    }
    if (errors.length > 0) return showForm(req, res, { former, entry, errors });
    if (goesOnEditing(req)) return showForm(req, res, { former, entry, image });
    if (former && isChanged(openedValues(req, entryFields), valuesOf(former), entryFields))
      return showConflict(req, res, { former, entry, image });
    const { addresses } = openBadges.issuer;
    const template = templateOf(entry, {
      ...{ former, image, version: former?.version ?? 0, now: clock.now() },
      addressOf: { image: addresses.image, page: (id) => `${settings.publicUrl}${HOME}/${encodeURIComponent(id)}` },
    });
    // Whoever saves the first template brings the account; all others find it.
    if (former === null) await providerStore.saveAccount(ownAccount(clock.now()));
    if (!(await providerStore.saveTemplate(template))) {
      if (former) return showConflict(req, res, { former: await find(req), entry, image });
      const message = msg('There is a template with this id already; choose another.');
      return showForm(req, res, { former, entry, errors: [{ field: 'id', message }] });
    }
    const action = former ? 'open-badge-template.changed' : 'open-badge-template.created';
    await audit(actorOf(res).name, action, `open-badge-template:${template.templateId}`, {
      state: template.state,
      ...fieldChanges(former && comparable(former), comparable(template)),
    });
    const to = { saved: pathOf(template), form: `${pathOf(template)}/edit`, another: `${HOME}/new` };
    res.redirect(303, afterSave(req, 'template-saved', to));
  };

  return [
    get(`${HOME}/new`, 'edit', (req, res) => {
      const asked = { id: queryText(req, 'id') ?? '', name: queryText(req, 'name') ?? '' };
      return showForm(req, res, { former: null, entry: { ...emptyEntry, ...asked } });
    }),
    post(`${HOME}/new`, 'edit', (req, res) => save(req, res, null)),
    get(`${HOME}/:template/edit`, 'edit', async (req, res) => {
      const former = await find(req);
      await showForm(req, res, { former, entry: entryOf(former) });
    }),
    post(`${HOME}/:template/edit`, 'edit', async (req, res) => save(req, res, await find(req))),
    get(`${HOME}/:template`, 'look', async (req, res) => {
      const template = await find(req);
      const { templateId } = template;
      const [counts, { items }] = await Promise.all([
        issuerStore.badgeCounts([templateId]),
        issuerStore.badges({ templateId, limit: 20 }),
      ]);
      const named = badgesUsing(template, await services.badges.list(), await providerStore.accounts());
      const people = await services.learners.findManyByIds(items.map(({ learnerId }) => learnerId));
      const details = openBadgeDetails(template);
      const frame = { title: template.name, section: 'badges', breadcrumbs: [badgesCrumb, crumb] } as const;
      await renderPage(req, res, 'open-badge-template', frame, {
        name: template.name,
        description: template.description,
        status: shownStatus(template.state),
        image: imagePath(template),
        id: templateId,
        clause: `template openbadges "${templateId}"`,
        criteria: details.criteria,
        criteriaHref: safeUrl(details.criteriaUrl),
        achievementType: details.achievementType && achievementTitle(details.achievementType, translatorOf(req, res)),
        tags: details.tags,
        alignments: details.alignments.map(({ name, url }) => ({ name, href: safeUrl(url) })),
        whose: await whoseIs(services, { kind: 'open-badge-template', id: templateId }),
        historyHref: historyPath('open-badge-template', template.templateId),
        editHref: `${pathOf(template)}/edit`,
        rulesHref: `/badges/new/form${queryString({ template: `${OPEN_BADGES}:${template.templateId}`, name: template.name })}`,
        achievementHref: new URL(openBadges.issuer.addresses.achievement(templateId)).pathname,
        isActive: template.state === 'active',
        named: named.map(({ id, name, active }) => ({
          ...{ href: badgePath(id), name: name ?? id },
          status: shownStatus(active ? 'active' : 'inactive'),
        })),
        issued: counts.get(templateId) ?? 0,
        badges: items.map(({ uuid, learnerId, issuedAt, revokedAt }) => ({
          href: `/open-badges/${uuid}`,
          learner: people.find(({ id }) => id === learnerId)?.username ?? null,
          learnerHref: `/learners/${encodeURIComponent(learnerId)}`,
          issuedAt: shownTime(issuedAt),
          status: shownStatus(revokedAt === null ? 'available' : 'revoked'),
        })),
      });
    }),
  ];
}

function pathOf({ templateId }: Pick<BadgeTemplate, 'templateId'>): string {
  return `${HOME}/${encodeURIComponent(templateId)}`;
}

function imagePath(template: BadgeTemplate): string {
  return pathOfImage(openBadgeDetails(template).image);
}

function pathOfImage(image: string | null): string {
  return image === null ? '/assets/badge.png' : `/open-badges/images/${image}`;
}

/** What the fields of the form would hold. */
function valuesOf(template: BadgeTemplate): Values {
  return { ...entryOf(template), image: openBadgeDetails(template).image ?? '' };
}

/** What of a template a person changes. */
function comparable({ name, description, state, details }: BadgeTemplate) {
  return { name, description, state, details };
}
