/** `laurel providers ...`: accounts at badge providers. `laurel secrets ...`: what is sealed in the database. */

import type { Command } from 'commander';
import { NotFoundError } from '../../plugin/errors.ts';
import type { ProviderAccount, ProviderStore } from '../../plugin/ports/provider-store.ts';
import type { Resealed } from '../../plugin/ports/secret-box.ts';
import { createAudit } from '../http/audit/audit.ts';
import { fieldChanges } from '../http/audit/field-changes.ts';
import { addReconcileCommand } from './providers-reconcile.ts';
import { plural } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { withLaurel } from './with-laurel.ts';

const ACCOUNT = 'as `laurel providers list` prints it, e.g. credly/science';

export function addProvidersCommands(program: Command, shell: Shell): void {
  const providers = program.command('providers');

  providers
    .command('list')
    .description('print every account with its state, its last check and when its secret expires')
    .option('--json', 'print JSON Lines')
    .action((options: { json?: boolean }) =>
      withLaurel(shell, async ({ services: { providerStore } }) => {
        const counts = await providerStore.templateCounts();
        for (const account of await providerStore.accounts()) {
          const own = counts.filter(({ accountId }) => accountId === account.id);
          const templates = Object.fromEntries(own.map(({ state, count }) => [state, count]));
          shell.printLine(options.json ? JSON.stringify({ ...shown(account), templates }) : lineOf(account));
        }
      }),
    );

  providers
    .command('check')
    .description('ask the provider whether an account works, or every enabled one; exits 1 if one does not')
    .argument('[account]', ACCOUNT)
    .option('--json', 'print JSON Lines')
    .action((name: string | undefined, options: { json?: boolean }) =>
      withLaurel(shell, async ({ services: { providerStore, providers: known, accounts } }) => {
        const wanted =
          name === undefined
            ? (await providerStore.accounts()).filter(({ enabled, provider }) => enabled && known.has(provider))
            : [await find(providerStore, name)];
        for (const { id } of wanted) {
          const { account, facts } = await accounts.check(id);
          shell.printLine(options.json ? JSON.stringify(shown(account)) : lineOf(account));
          if (facts === null) shell.exitCode = 1;
        }
      }),
    );

  providers
    .command('rotate')
    .description('exchange the secret of an account at its provider; the old one stops working at once')
    .argument('<account>', ACCOUNT)
    .option('--json', 'print the account as JSON')
    .action((name: string, options: { json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        const account = await services.accounts.rotate((await find(services.providerStore, name)).id);
        const { id, provider, slug } = account;
        const audit = createAudit(services);
        await audit('cli', 'provider-account.secret-rotated', `provider-account:${id}`, { provider, slug });
        shell.printLine(options.json ? JSON.stringify(shown(account)) : lineOf(account));
      }),
    );

  providers
    .command('rename')
    .description('give an account another name on the pages; rules and the provider know it as before')
    .argument('<account>', ACCOUNT)
    .argument('<name>', 'the name; an empty one is that of the provider')
    .option('--json', 'print the account as JSON')
    .action((text: string, name: string, options: { json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        const former = await find(services.providerStore, text);
        const account = await services.accounts.rename(former.id, name);
        const { id, provider, slug } = account;
        await createAudit(services)('cli', 'provider-account.renamed', `provider-account:${id}`, {
          ...{ provider, slug, ...fieldChanges({ name: former.name }, { name: account.name }) },
        });
        shell.printLine(options.json ? JSON.stringify(shown(account)) : lineOf(account));
      }),
    );

  addReconcileCommand(providers, shell);

  const secrets = program.command('secrets');

  secrets
    .command('rotate')
    .description(
      'seal everything anew that was sealed under a key of LAUREL_FORMER_SECRET_KEYS; exits 1 if something cannot be opened',
    )
    .option('--json', 'print JSON Lines')
    .action((options: { json?: boolean }) =>
      withLaurel(shell, async ({ services, sealedRecords }) => {
        const done: Record<string, number> = {};
        for (const records of sealedRecords) {
          const counts = await records.reseal();
          if (counts.resealed > 0) done[records.name] = counts.resealed;
          shell.printLine(
            options.json ? JSON.stringify({ records: records.name, ...counts }) : resealedLine(records.name, counts),
          );
          if (counts.lost > 0) shell.exitCode = 1;
        }
        if (Object.keys(done).length > 0) await createAudit(services)('cli', 'secrets.resealed', 'secrets', done);
      }),
    );
}

async function find(store: ProviderStore, name: string): Promise<ProviderAccount> {
  const all = await store.accounts();
  const found = all.find(({ provider, slug }) => `${provider}/${slug}` === name);
  if (found !== undefined) return found;
  const names = all.map(({ provider, slug }) => `${provider}/${slug}`);
  const those = names.length === 0 ? 'there are none yet' : `there are ${names.join(', ')}`;
  throw new NotFoundError('account', `there is no account ${name}; ${those}`);
}

/** Without what is sealed. */
function shown({ sealedSecret, version, ...account }: ProviderAccount) {
  return account;
}

function lineOf(account: ProviderAccount): string {
  const { provider, slug, host, enabled, lastCheck, secretExpiresAt, name } = account;
  const state = enabled ? (lastCheck === null ? 'unchecked' : lastCheck.ok ? 'works' : 'failing') : 'disabled';
  const expires = secretExpiresAt === null ? '' : `  expires ${secretExpiresAt.toISOString().slice(0, 10)}`;
  const why = lastCheck?.ok === false ? `: ${lastCheck.message}` : '';
  return `${provider}/${slug}  ${host}  ${state.padEnd(9)}${expires}  ${name}${why}`;
}

function resealedLine(name: string, { current, resealed, lost }: Resealed): string {
  const rest =
    lost === 0
      ? ''
      : `, ${plural(lost, 'secret')} cannot be opened: add the key that sealed ${lost === 1 ? 'it' : 'them'} to LAUREL_FORMER_SECRET_KEYS, or enter ${lost === 1 ? 'it' : 'them'} again`;
  return `${name}: ${resealed} sealed anew, ${current} were up to date${rest}`;
}
