/** What a person reads when the server has started: where it is, how to get in, what is still missing. */

import { resolve } from 'node:path';
import type { Laurel } from '../compose.ts';

/** @returns several lines, ready to print */
export async function startBanner(laurel: Laurel): Promise<string> {
  const { settings } = laurel;
  const lines = [
    `Laurel ${laurel.services.settings.version} is running`,
    `  pages   ${laurel.services.settings.publicUrl}`,
    `  state   ${stateIn(settings)}`,
  ];
  const signIn = await laurel.firstSignIn();
  if (signIn !== null) lines.push('', 'No administrator exists yet. Create one within a day at', `  ${signIn}`);
  const missing = notConfigured(laurel);
  if (missing.length > 0) lines.push('', 'Not configured:', ...missing.map((line) => `  ${line}`));
  return lines.join('\n');
}

/** Where everything is kept; never an address with a password in it. */
export function stateIn({ mongodbUri, dataDir }: Laurel['settings']): string {
  return mongodbUri === null ? `embedded store in ${resolve(dataDir)}` : 'MongoDB';
}

/** One line per thing an operator may want to set; never a value. */
function notConfigured({ settings }: Pick<Laurel, 'settings'>): readonly string[] {
  const lines: string[] = [];
  const add = (missing: boolean, line: string): void => {
    if (missing) lines.push(line);
  };
  add(!settings.badgesEnabled, 'LAUREL_BADGES_ENABLED is false: no event is processed');
  add(settings.amqpUrl === null, 'AMQP_URL: events do not come through RabbitMQ, and awards are not announced there');
  add(settings.ingestToken === null, 'LAUREL_INGEST_TOKEN: POST /events and `laurel events send` are shut');
  add(settings.publicUrl === null, 'LAUREL_PUBLIC_URL: links point to this machine');
  add(settings.mongodbUri === null, 'MONGODB_URI: one process on one machine, on the embedded store');
  add(
    settings.secretKey === null,
    'LAUREL_SECRET_KEY: the key is the file secret.key in the data directory; back it up, and set it when several processes run',
  );
  return lines;
}
