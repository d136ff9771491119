/** `laurel accounts ...`: who may sign in and what for, for whoever may use the machine. */

import type { Command } from 'commander';
import { InputError, NotFoundError } from '../../plugin/errors.ts';
import type { KnownAccount } from '../http/people/access-store.ts';
import { type AccountDesk, createAccountDesk } from '../http/people/accounts.ts';
import { organisationsFrom } from '../http/people/organisations-field.ts';
import { isRole, ROLES, type Role } from '../http/people/rights.ts';
import type { Services } from '../http/services.ts';
import type { Shell } from './shell.ts';
import { withLaurel, withLaurelOrNew } from './with-laurel.ts';

const NAME = 'as `laurel accounts list` prints it';
const ACTOR = 'cli';

/** What a command does with one account, and what it says then. */
type Work = (desk: AccountDesk, account: KnownAccount) => Promise<string>;

export function addAccountsCommands(program: Command, shell: Shell): void {
  const accounts = program.command('accounts');

  accounts
    .command('list')
    .description('print name, role, state and creation of every account')
    .option('--json', 'print JSON Lines')
    .action((options: { json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        for (const account of await services.access.accounts())
          shell.printLine(options.json ? JSON.stringify(factsOf(account)) : lineOf(account));
      }),
    );

  accounts
    .command('create')
    .description('make an account and print a link with which its holder chooses a password, once')
    .argument('<name>', 'what the person signs in with')
    .requiredOption('--role <role>', `one of ${ROLES.join(', ')}`)
    .option('--organisation <name...>', 'limit it to these organisations of the LMS; to none unless told')
    .option('--json', 'print one JSON object: id, name, role, link, expiresAt')
    .action((name: string, options: { role: string; organisation?: readonly string[]; json?: boolean }) =>
      withLaurelOrNew(shell, async ({ services }) => {
        const desk = createAccountDesk(services);
        const organisations = organisationsFrom(options.organisation);
        const wanted = { name, role: roleFrom(options.role), password: null, organisations };
        const { id, ...made } = await desk.create(wanted, ACTOR);
        const { link, expiresAt } = await desk.invite(id, ACTOR);
        shell.printLine(
          options.json ? JSON.stringify({ id, name: made.name, role: made.role, link, expiresAt }) : link,
        );
      }),
    );

  onOne(
    shell,
    accounts,
    'link',
    'print a link for choosing a new password, once; links made before no longer work',
    async (desk, account) => {
      const { link } = await desk.invite(account.id, ACTOR);
      return link;
    },
  );
  onOne(shell, accounts, 'disable', 'shut an account out and end its sessions at once', async (desk, { id, name }) => {
    await desk.disable(id, ACTOR);
    return `account ${name} is disabled`;
  });
  onOne(shell, accounts, 'enable', 'let an account in again', async (desk, { id, name }) => {
    await desk.enable(id, ACTOR);
    return `account ${name} is enabled`;
  });

  accounts
    .command('role')
    .description('give an account another role')
    .argument('<name>', NAME)
    .argument('<role>', `one of ${ROLES.join(', ')}`)
    .action((name: string, role: string) =>
      withLaurel(shell, async ({ services }) => {
        const wanted = roleFrom(role);
        const account = await accountOf(services, name);
        await createAccountDesk(services).changeRole(account.id, wanted, ACTOR, account.role);
        shell.printLine(`account ${account.name} is ${wanted}`);
      }),
    );

  accounts
    .command('limit')
    .description('let an account see and change only what belongs to some organisations of the LMS')
    .argument('<name>', NAME)
    .argument('[organisations...]', 'short names, as in the keys of courses; none: everything is open to it')
    .action((name: string, texts: readonly string[]) =>
      withLaurel(shell, async ({ services }) => {
        const organisations = organisationsFrom(texts);
        const account = await accountOf(services, name);
        await createAccountDesk(services).limit(account.id, organisations, ACTOR, account.organisations ?? []);
        const limit = organisations.length === 0 ? 'not limited' : `limited to ${organisations.join(', ')}`;
        shell.printLine(`account ${account.name} is ${limit}`);
      }),
    );

  const sessions = accounts.command('sessions').description('where accounts are signed in');
  onOne(shell, sessions, 'end', 'end all sessions of an account at once', async (desk, { id, name }) => {
    await desk.endSessions(id, ACTOR);
    return `all sessions of ${name} have ended`;
  });
}

function onOne(shell: Shell, parent: Command, verb: string, description: string, work: Work): void {
  parent
    .command(verb)
    .description(description)
    .argument('<name>', NAME)
    .action((name: string) =>
      withLaurel(shell, async ({ services }) => {
        shell.printLine(await work(createAccountDesk(services), await accountOf(services, name)));
      }),
    );
}

async function accountOf({ access }: Services, name: string): Promise<KnownAccount> {
  const found = await access.accountByName(name);
  if (found) return found;
  throw new NotFoundError('account', `there is no account ${name}; \`laurel accounts list\` prints the names`);
}

function roleFrom(word: string): Role {
  if (isRole(word)) return word;
  throw new InputError('role', `${word} is not a role; write one of ${ROLES.join(', ')}`);
}

function stateOf({ disabledAt, passwordHash, lmsUsername }: KnownAccount): string {
  if (disabledAt) return 'disabled';
  return passwordHash === null && lmsUsername === null ? 'invited' : 'active';
}

function factsOf(account: KnownAccount) {
  const { id, name, role, lmsUsername, disabledAt, createdAt, organisations = [] } = account;
  return { id, name, role, state: stateOf(account), lmsUsername, disabledAt, createdAt, organisations };
}

function lineOf(account: KnownAccount): string {
  const { name, role, createdAt, organisations = [] } = account;
  const limit = organisations.length > 0 ? `  (${organisations.join(', ')})` : '';
  return `${role.padEnd(13)}  ${stateOf(account).padEnd(8)}  ${createdAt.toISOString()}  ${name}${limit}`;
}
