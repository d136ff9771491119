/** From a request's command to its handler: names, options and concerns are checked here, against the scope. */

import { type BsonDocument, type Encodable, encodeDocument, isDocument } from '../bson.ts';
import { CommandError, outOfScope } from '../errors.ts';
import { COMMAND_ALIASES, COMMANDS, COMMON_OPTIONS, type CommandName, isListed } from '../scope.ts';
import type { Request, Sequences } from '../wire.ts';
import { Arguments } from './arguments.ts';
import type { Handlers, Reply, StoreContext } from './context.ts';
import { greetingCommands } from './greeting.ts';
import { readCommands } from './read.ts';
import { schemaCommands } from './schema.ts';
import { writeCommands } from './write.ts';

const HANDLERS: Handlers<CommandName> = { ...greetingCommands, ...readCommands, ...writeCommands, ...schemaCommands };

/** Commands whose answer waits for the disk. */
const WRITES: ReadonlySet<string> = new Set<CommandName>([
  'insert',
  'update',
  'delete',
  'findAndModify',
  'create',
  'drop',
  'dropDatabase',
  'createIndexes',
  'dropIndexes',
]);

/** Runs one command. The answer of a writing command comes when everything before it is durable, also when it changed
 *  nothing: it may have seen what another one wrote a moment ago.
 *  @param answer takes the encoded reply; errors are replies too */
export function runCommand(
  store: StoreContext,
  { command, sequences }: Pick<Request, 'command' | 'sequences'>,
  connectionId: number,
  answer: (reply: Buffer) => void,
): void {
  const { journal } = store.catalog;
  const sentName = command.keys().next().value ?? '';
  const reply = encodedOr(() => {
    const name = resolveName(sentName);
    assertOptions(name, sentName, command, sequences);
    if (WRITES.has(name)) journal.assertWritable();
    return HANDLERS[name]({
      catalog: store.catalog,
      cursors: store.cursors,
      now: store.now,
      token: store.token,
      databaseName: String(command.get('$db') ?? 'admin'),
      sentName,
      command: new Arguments(command, sentName, sequences),
      connectionId,
    });
  });
  if (!WRITES.has(COMMAND_ALIASES[sentName] ?? sentName)) answer(reply);
  // A command that failed half-way may have changed something that has to become durable too.
  else journal.whenSettled(() => answer(journal.refusal ? encodeError(journal.refusal) : reply));
}

/** What the action returns, or the error that it ends with, as a reply. */
function encodedOr(action: () => Reply): Buffer {
  try {
    return encodeReply(action());
  } catch (error) {
    if (error instanceof CommandError) return encodeError(error);
    throw error;
  }
}

function encodeReply(reply: Reply): Buffer {
  return Buffer.isBuffer(reply) ? reply : encodeDocument({ ...entriesOf(reply), ok: 1 });
}

export function encodeError(error: CommandError): Buffer {
  return encodeDocument({ ok: 0, errmsg: error.message, code: error.code, codeName: error.codeName, ...error.facts });
}

function entriesOf(reply: Encodable): { readonly [key: string]: unknown } {
  return reply instanceof Map ? Object.fromEntries(reply) : reply;
}

function resolveName(sentName: string): CommandName {
  const name = COMMAND_ALIASES[sentName] ?? sentName;
  if (Object.hasOwn(COMMANDS, name)) return name as CommandName;
  throw new CommandError(
    59,
    `no such command: '${sentName}': the embedded store does not support it; set MONGODB_URI to a MongoDB server to use it`,
  );
}

function assertOptions(name: CommandName, sentName: string, command: BsonDocument, sequences: Sequences): void {
  for (const option of [...command.keys(), ...sequences.keys()]) {
    if (option === sentName || isListed(COMMON_OPTIONS, option) || isListed<string>(COMMANDS[name], option)) continue;
    if (option === 'txnNumber' || option === 'startTransaction' || option === 'autocommit') {
      throw new CommandError(
        20,
        'Transaction numbers are only allowed on a replica set member or mongos: the embedded store has no transactions',
      );
    }
    throw outOfScope(`option ${option} of ${name}`);
  }
  assertConcerns(command);
}

function assertConcerns(command: BsonDocument): void {
  const write = command.get('writeConcern');
  const nodes = isDocument(write) ? write.get('w') : undefined;
  if (nodes !== undefined && nodes !== 0 && nodes !== 1 && nodes !== 'majority') {
    throw new CommandError(2, "cannot use 'w' > 1 when a host is not replicated");
  }
  const read = command.get('readConcern');
  const level = isDocument(read) ? (read.get('level') ?? 'local') : 'local';
  if (isDocument(read) && [...read.keys()].some((field) => field !== 'level'))
    throw outOfScope('readConcern other than a level');
  if (!['local', 'available', 'majority', 'linearizable'].includes(String(level)))
    throw outOfScope(`readConcern level ${String(level)}`);
}
