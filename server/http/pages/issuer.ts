/** Who issues Laurel's own badges: name and address, where it is published, and the keys. */

import type { Request, Response } from 'express';
import { InputError, NotFoundError } from '../../../plugin/errors.ts';
import type { IssuerProfile } from '../../../plugin/ports/issuer-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import {
  type FormField,
  goesOnEditing,
  isChanged,
  openedText,
  openedValues,
  showEditConflict,
  type Values,
} from '../forms/edit-conflict.ts';
import { type FieldError, pathText, textField } from '../forms/forms.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { isAddress } from '../providers/open-badge-form.ts';
import { imageField, sentImage } from '../providers/open-badge-images.ts';
import { get, post, type Route } from '../routes.ts';
import { badgesCrumb } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { shownTime } from '../words/format.ts';

const FIELDS: readonly FormField[] = [
  { name: 'name', label: msg('Name') },
  { name: 'url', label: msg('Your site') },
  { name: 'email', label: msg('E-mail address') },
  imageField,
];

interface Entry {
  readonly name: string;
  readonly url: string;
  readonly email: string;
  /** Name of the picture; left out: that of the issuer. */
  readonly image?: string | null;
}

export function issuerRoutes(services: Services): readonly Route[] {
  const { issuerStore, openBadges, files, clock, settings } = services;
  const { issuer, keyRing } = openBadges;
  const audit = createAudit(services);

  const show = async (
    req: Request,
    res: Response,
    sent: Entry | null,
    errors: readonly FieldError[] = [],
  ): Promise<void> => {
    const [profile, keys] = await Promise.all([issuer.profile(), issuerStore.keys()]);
    const { addresses } = issuer;
    const last = keys.at(-1);
    const frame = {
      title: words('Issuer'),
      section: 'badges',
      breadcrumbs: [badgesCrumb],
      errors,
    } as const;
    await renderPage(
      req,
      res,
      'issuer',
      frame,
      {
        ...valuesOf(profile),
        ...sent,
        opened: openedText(req, valuesOf(profile)),
        chosenImage: sent?.image === undefined ? null : (sent.image ?? ''),
        image: imageField.picture?.((sent?.image === undefined ? profile.image : sent.image) ?? '') ?? null,
        issuerId: addresses.issuerId,
        isReachable: settings.publicUrl.startsWith('https:'),
        publicUrl: settings.publicUrl,
        keys: [...keys].reverse().map(({ number, publicKey, createdAt, distrustedAt }) => ({
          number,
          publicKey,
          createdAt: shownTime(createdAt),
          status:
            distrustedAt !== null
              ? { word: msg('Distrusted'), tone: 'bad' }
              : number === last?.number
                ? { word: msg('Signs'), tone: 'good' }
                : { word: msg('Trusted'), tone: 'off' },
          isTrusted: distrustedAt === null,
        })),
        warnings: [],
        focus: null,
      },
      errors.length > 0 ? 422 : 200,
    );
  };

  return [
    get('/issuer', 'look', (req, res) => show(req, res, null)),

    post('/issuer', 'administer', async (req, res) => {
      const entry = {
        name: textField(req, 'name').trim(),
        url: textField(req, 'url').trim(),
        email: textField(req, 'email').trim(),
      };
      const errors: FieldError[] = [];
      if (entry.name === '' || entry.name.length > 120)
        errors.push({ field: 'name', message: msg('Enter a name of at most 120 characters.') });
      if (!isAddress(entry.url))
        errors.push({ field: 'url', message: msg('Enter the address of your site; it begins with https://.') });
      if (entry.email !== '' && !/^[^\s@]+@[^\s@]+$/.test(entry.email))
        errors.push({ field: 'email', message: msg('Enter an e-mail address, or leave it empty.') });
      const profile = await issuer.profile();
      let { image } = profile;
      if (errors.length === 0) {
        try {
          image = await sentImage(req, image, files);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          errors.push({ field: 'files', message: error.said });
        }
      }
      if (errors.length > 0) return show(req, res, entry, errors);
      if (goesOnEditing(req)) return show(req, res, { ...entry, image });
      const saved = { ...entry, email: entry.email || null, image, version: profile.version, updatedAt: clock.now() };
      if (isChanged(openedValues(req, FIELDS), valuesOf(profile), FIELDS) || !(await issuerStore.saveProfile(saved))) {
        return showEditConflict(req, res, services, {
          frame: { section: 'badges', breadcrumbs: [badgesCrumb] },
          ...{ noun: words('the issuer'), object: 'issuer', action: '/issuer', href: '/issuer', fields: FIELDS },
          opened: openedValues(req, FIELDS),
          theirs: valuesOf(await issuer.profile()),
          yours: { ...entry, image: image ?? '' },
        });
      }
      await audit(actorOf(res).name, 'issuer.changed', 'issuer', { name: entry.name, url: entry.url });
      res.redirect(303, '/issuer?done=issuer-saved');
    }),

    post('/issuer/keys/rotate', 'administer', async (_req, res) => {
      const number = await keyRing.rotate();
      await audit(actorOf(res).name, 'issuer-key.rotated', `issuer-key:${number}`);
      res.redirect(303, '/issuer?done=key-rotated');
    }),

    post('/issuer/keys/:number/distrust', 'administer', async (req, res) => {
      const number = Number(pathText(req, 'number'));
      if (textField(req, 'sure') !== 'yes') {
        const message = words('Tick the box beside key {number} to say that you mean it.', { number });
        return show(req, res, null, [{ field: `sure-${number}`, message }]);
      }
      if (!(await issuerStore.distrustKey(number, clock.now())))
        throw new NotFoundError(
          'issuer-key',
          msg('there is no such key that is still trusted; the page of the issuer shows them'),
        );
      await audit(actorOf(res).name, 'issuer-key.distrusted', `issuer-key:${number}`);
      res.redirect(303, '/issuer?done=key-distrusted');
    }),
  ];
}

/** What the fields of the form hold. */
function valuesOf({ name, url, email, image }: IssuerProfile): Values {
  return { name, url, email: email ?? '', image: image ?? '' };
}
