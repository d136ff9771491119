/** hello, isMaster, ping, buildInfo, endSessions. */

import { MAX_DOCUMENT_BYTES } from '../bson.ts';
import { MAX_MESSAGE_BYTES } from '../wire.ts';
import type { CommandContext, Handlers } from './context.ts';

/** The wire version of MongoDB 7.0, whose behaviour the scope follows. */
const WIRE_VERSION = 21;
const SERVER_VERSION = '7.0.0';

export const greetingCommands: Handlers<'hello' | 'isMaster' | 'ping' | 'buildInfo' | 'endSessions'> = {
  hello: (context) => ({ isWritablePrimary: true, ...greeting(context) }),
  isMaster: (context) => ({ ismaster: true, ...greeting(context) }),
  ping: () => ({}),
  buildInfo: () => ({
    version: SERVER_VERSION,
    versionArray: SERVER_VERSION.split('.').map(Number).concat(0),
    modules: ['laurel-embedded-store'],
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
  }),
  endSessions: () => ({}),
};

/** No set name, no sessions: a standalone without transactions, which drivers then do not try. */
function greeting({ now, connectionId, token }: CommandContext) {
  return {
    helloOk: true,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: 100_000,
    localTime: now(),
    connectionId,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
    storeToken: token,
  };
}
