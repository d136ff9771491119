/** Who issues Laurel's own badges: name and address, where it is published, and the keys. */

import type { Request, Response } from 'express';
import { InputError, NotFoundError } from '../../../plugin/errors.ts';
import type { IssuerProfile } from '../../../plugin/ports/issuer-store.ts';
import { createAudit } from '../audit.ts';
import { shownTime } from '../format.ts';
import { type FieldError, pathText, textField, wholeNumberField } from '../forms.ts';
import { actorOf } from '../identity.ts';
import { isAddress } from '../open-badge-form.ts';
import { saveImage } from '../open-badge-images.ts';
import { renderPage } from '../page.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

type Entry = Pick<IssuerProfile, 'name' | 'url'> & { readonly email: string };

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
      title: 'Issuer',
      section: 'badges',
      breadcrumbs: [{ text: 'Badges', href: '/badges' }],
      errors,
    } as const;
    await renderPage(
      req,
      res,
      'issuer',
      frame,
      {
        ...{ name: profile.name, url: profile.url, email: profile.email ?? '', ...sent },
        version: profile.version,
        image: profile.image && `/open-badges/images/${profile.image}`,
        issuerId: addresses.issuerId,
        isReachable: settings.publicUrl.startsWith('https:'),
        publicUrl: settings.publicUrl,
        keys: [...keys].reverse().map(({ number, publicKey, createdAt, distrustedAt }) => ({
          number,
          publicKey,
          createdAt: shownTime(createdAt),
          status:
            distrustedAt !== null
              ? { word: 'Distrusted', tone: 'bad' }
              : number === last?.number
                ? { word: 'Signs', tone: 'good' }
                : { word: 'Trusted', tone: 'off' },
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
        errors.push({ field: 'name', message: 'Enter a name of at most 120 characters.' });
      if (!isAddress(entry.url))
        errors.push({ field: 'url', message: 'Enter the address of your site; it begins with https://.' });
      if (entry.email !== '' && !/^[^\s@]+@[^\s@]+$/.test(entry.email))
        errors.push({ field: 'email', message: 'Enter an e-mail address, or leave it empty.' });
      const version = wholeNumberField(req, 'version');
      let { image } = await issuer.profile();
      const [file] = Array.isArray(req.files) ? req.files : [];
      if (file && file.size > 0 && errors.length === 0) {
        try {
          image = await saveImage(file.buffer, files);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          errors.push({ field: 'files', message: error.message });
        }
      }
      if (errors.length > 0) return show(req, res, entry, errors);
      const saved = { ...entry, email: entry.email || null, image, version, updatedAt: clock.now() };
      if (!(await issuerStore.saveProfile(saved))) {
        const message =
          'Somebody else has saved the issuer since you opened the page. Load it again, and enter your changes once more.';
        return show(req, res, entry, [{ field: 'name', message }]);
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
        const message = `Tick the box beside key ${number} to say that you mean it.`;
        return show(req, res, null, [{ field: `sure-${number}`, message }]);
      }
      if (!(await issuerStore.distrustKey(number, clock.now())))
        throw new NotFoundError(
          'issuer-key',
          'there is no such key that is still trusted; the page of the issuer shows them',
        );
      await audit(actorOf(res).name, 'issuer-key.distrusted', `issuer-key:${number}`);
      res.redirect(303, '/issuer?done=key-distrusted');
    }),
  ];
}
