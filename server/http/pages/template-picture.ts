/** Serves pictures of templates to people who run the site, and to learners; where one cannot be had, the picture for none. */

import { readFile } from 'node:fs/promises';
import type { Request, Response } from 'express';
import { projectPath } from '../../paths.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { MY_PATH } from '../sso/paths.ts';
import { templateAt } from './templates.ts';

const PARTS = ':provider/:account/:template/picture';
/** The address has a mark of the picture's own in it. */
const KEPT = 'private, max-age=604800, immutable';
const KEPT_SHORTLY = 'private, max-age=300';

export function templatePictureRoutes({ providerStore, templateImages }: Services): readonly Route[] {
  const serve = async (req: Request, res: Response): Promise<void> => {
    const { template } = await templateAt(req, providerStore);
    const image = template.imageUrl ? await templateImages.find(template.imageUrl) : null;
    // Whatever a browser may take it for, nothing in it runs.
    res.set('Content-Security-Policy', "default-src 'none'; sandbox");
    if (image !== null) res.set('Cache-Control', KEPT).type(image.contentType).send(Buffer.from(image.bytes));
    else
      res
        .set('Cache-Control', KEPT_SHORTLY)
        .type('image/svg+xml')
        .send(await noPicture());
  };
  return [get(`/templates/${PARTS}`, 'look', serve), get(`${MY_PATH}/templates/${PARTS}`, 'learner', serve)];
}

function noPicture(): Promise<Buffer> {
  return readFile(projectPath('views', 'assets', 'no-picture.svg'));
}
