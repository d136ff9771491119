/** A process of Laurel as `laurel consume` or `laurel serve` makes it, with the harness's provider, less patience, and where
 *  asked a place at which it dies. The rest is by the usual settings. */

import { StoreError } from '../../plugin/errors.ts';
import { waitForSignal } from '../../server/cli/signals.ts';
import { compose, type Laurel, type Role } from '../../server/compose.ts';
import { readSettings } from '../../server/config.ts';
import { consequenceOf } from '../../server/error-map.ts';
import { createLogger } from '../../server/logger.ts';
import { armCrash, type CrashPointName } from './crash-points.ts';
import { deskClient } from './desk-client.ts';
import { LEASE_MS } from './patience.ts';

const ROLES: Readonly<Record<string, readonly Role[]>> = {
  consume: ['consumer', 'dispatcher'],
  dispatch: ['dispatcher'],
  schedule: ['scheduler'],
  serve: ['web', 'consumer', 'dispatcher', 'scheduler'],
};

const [role = '', crash = ''] = process.argv.slice(2);
const asked = waitForSignal(process);
const settings = readSettings(process.env);
const desk = process.env.LAUREL_TEST_DESK;
const [point, nth] = crash.split(':');
if (point) armCrash(point as CrashPointName, Number(nth));
const laurel = await start();
process.stdout.write(`ready ${laurel.services.settings.publicUrl}\n`);
await asked;
await laurel.stop();

/** Ends as `laurel` does where the database is away at the start: a supervisor tries again. */
async function start(): Promise<Laurel> {
  try {
    return await composeWorker();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(consequenceOf(error).exitCode);
  }
}

function composeWorker(): Promise<Laurel> {
  return compose(settings, {
    logger: createLogger(settings.logLevel, process.stdout),
    roles: ROLES[role] as readonly Role[],
    providers: new Map(desk ? [['memory', deskClient('memory', desk)]] : []),
    patience: {
      policy: { baseMs: 200, capMs: 2_000, leaseMs: LEASE_MS },
      breakerPolicy: { failures: 5, firstMs: 300, capMs: 2_000 },
      leaseMs: LEASE_MS,
    },
  });
}
