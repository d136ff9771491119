/** The stand-in LMS on the command line: `npm run lms:fake -- --learners 5000`. */

import { parseArgs } from 'node:util';
import { BIG_COURSE, BIG_PATH, bigCampus } from './campus.ts';
import { SIGN_IN_CLIENT } from './sign-in.ts';
import { CLIENT, startStandInLms } from './stand-in-lms.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8081' },
    host: { type: 'string', default: '127.0.0.1' },
    learners: { type: 'string', default: '1000' },
    'per-minute': { type: 'string' },
    without: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
});

const SWITCHES = ['aggregator', 'gradebook', 'progress', 'learningPaths', 'staff'] as const;

if (values.help) {
  console.log(`npm run lms:fake -- [--port 8081] [--host 127.0.0.1] [--learners 1000] [--per-minute N] [--without NAME]...

A stand-in for an Open edX LMS with two courses and a learning path of both, for trying Laurel out and for tests.
--per-minute  answers so many requests a minute, then 429 with Retry-After
--without     something the LMS does not have: ${SWITCHES.join(', ')}`);
} else {
  const strange = values.without.find((name) => !SWITCHES.some((known) => known === name));
  if (strange !== undefined) throw new Error(`--without must be one of ${SWITCHES.join(', ')}`);
  const campus = bigCampus(Number(values.learners));
  campus.addUser('principal', { name: 'Minerva Principal', isStaff: true, isSuperuser: true });
  campus.addUser('teacher', { name: 'Theo Teacher', isStaff: true });
  const lms = await startStandInLms(campus, { port: Number(values.port), host: values.host, remember: false });
  for (const name of SWITCHES) if (values.without.includes(name)) lms.switches[name] = false;
  if (values['per-minute'] !== undefined) lms.perMinute = Number(values['per-minute']);
  console.log(`The stand-in LMS answers at ${lms.url}. For Laurel:

export LAUREL_LMS_URL=${lms.url}
export LAUREL_LMS_CLIENT_ID=${CLIENT.clientId}
export LAUREL_LMS_CLIENT_SECRET='${CLIENT.clientSecret}'

For people to sign in with it (who, they choose on its page; no password is asked for):

export LAUREL_LMS_SIGN_IN_CLIENT_ID=${SIGN_IN_CLIENT.clientId}
export LAUREL_LMS_SIGN_IN_CLIENT_SECRET='${SIGN_IN_CLIENT.clientSecret}'
export LAUREL_LMS_JWT_KEYS=${lms.url}/oauth2/jwks

Course ${BIG_COURSE} and path ${BIG_PATH}; Ctrl+C ends it.`);
}
