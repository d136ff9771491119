import { expect } from 'chai';
import express from 'express';
import supertest from 'supertest';
import type { Organisations } from '../../../../plugin/organisations/standing.ts';
import { createNarrow } from '../../../../server/http/organisations/narrow.ts';
import { get, mount } from '../../../../server/http/routes.ts';
import { makeSite } from '../../../support/web.ts';

describe('routes for limited accounts', () => {
  /** The limited route leaves the answer to whatever comes next. */
  async function statusFor(organisations: Organisations): Promise<number> {
    const app = express();
    const narrow = createNarrow(makeSite().services, () => [get('/badges', 'look', (_req, _res, next) => next())]);
    const everything = get('/badges', 'look', (_req, res) => void res.send('everything'));
    const guard: express.RequestHandler = (_req, res, next) => {
      res.locals.organisations = organisations;
      next();
    };
    mount(app, [everything], { look: guard }, narrow);
    return (await supertest(app).get('/badges')).status;
  }

  it('never fall through to the unlimited one', async () => {
    expect(await statusFor([])).to.equal(200);
    expect(await statusFor(['Acme'])).to.equal(404);
  });
});
