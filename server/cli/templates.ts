/** `laurel templates ...`: what badge providers let us issue. */

import type { Command } from 'commander';
import { InputError } from '../../plugin/errors.ts';
import type { BadgeTemplate } from '../../plugin/ports/provider-store.ts';
import type { Services } from '../http/services.ts';
import type { Shell } from './shell.ts';
import { addTemplatesSync } from './templates-sync.ts';
import { withLaurel } from './with-laurel.ts';

const STATES: readonly BadgeTemplate['state'][] = ['active', 'draft', 'archived', 'retired'];
const BATCH = 200;

interface ListOptions {
  readonly provider?: string;
  readonly account?: string;
  readonly state?: string;
  readonly search?: string;
  readonly json?: boolean;
}

export function addTemplatesCommands(program: Command, shell: Shell): void {
  const templates = program.command('templates');

  templates
    .command('list')
    .description('print the templates that are known, by name')
    .option('--provider <word>', 'only those of this provider')
    .option('--account <slug>', 'only those of this account; `provider/slug` where two providers have one of this name')
    .option('--state <state>', `only those that are ${STATES.join(', ')}`)
    .option('--search <text>', 'only those with a word that begins so, or with this id')
    .option('--json', 'print JSON Lines')
    .action((options: ListOptions) => withLaurel(shell, ({ services }) => list(shell, services, options)));

  addTemplatesSync(templates, shell);
}

async function list(
  shell: Shell,
  { providerStore: store, providers }: Pick<Services, 'providerStore' | 'providers'>,
  options: ListOptions,
): Promise<void> {
  const accounts = await store.accounts();
  const account = accountOf(accounts, options.account);
  if (options.provider !== undefined && !providers.has(options.provider))
    throw new InputError(
      'provider',
      `--provider ${options.provider} is not a provider; write one of ${[...providers.keys()].join(', ')}`,
    );
  for (let after: string | undefined; ; ) {
    const page = await store.templates({
      limit: BATCH,
      ...(after !== undefined && { after }),
      ...(account && { accountId: account.id }),
      ...(options.provider !== undefined && { provider: options.provider }),
      ...(options.state !== undefined && { state: stateOf(options.state) }),
      ...(options.search !== undefined && { search: options.search }),
    });
    for (const template of page.items) {
      const slug = accounts.find(({ id }) => id === template.accountId)?.slug ?? '';
      shell.printLine(options.json ? JSON.stringify(lineOf(template, slug)) : textOf(template, slug));
    }
    if (page.next === null) return;
    after = page.next;
  }
}

function lineOf(
  { provider, templateId, name, description, state, imageUrl, dashboardUrl, details, syncedAt }: BadgeTemplate,
  account: string,
) {
  return { provider, account, id: templateId, name, state, description, imageUrl, dashboardUrl, details, syncedAt };
}

function textOf({ provider, templateId, state, name }: BadgeTemplate, account: string): string {
  return `${`${provider}/${account}`.padEnd(24)}  ${templateId.padEnd(36)}  ${state.padEnd(8)}  ${name}`;
}

function stateOf(text: string): BadgeTemplate['state'] {
  const state = STATES.find((one) => one === text);
  if (state === undefined)
    throw new InputError('template-state', `--state ${text} is not a state; write one of ${STATES.join(', ')}`);
  return state;
}

function accountOf<Account extends { readonly provider: string; readonly slug: string }>(
  accounts: readonly Account[],
  text: string | undefined,
): Account | null {
  if (text === undefined) return null;
  const found = accounts.find(({ provider, slug }) => text === slug || text === `${provider}/${slug}`);
  if (found) return found;
  throw new InputError(
    'account',
    `--account ${text} is not an account at a provider; \`laurel providers list\` prints them`,
  );
}
