/** `laurel providers reconcile`: sets what is on record beside what providers have, and puts right what is asked for. */

import type { Command } from 'commander';
import { InputError } from '../../plugin/errors.ts';
import type { Job } from '../../plugin/ports/job-store.ts';
import type { ProviderAccount } from '../../plugin/ports/provider-store.ts';
import { type FindingKind, findingKinds, toFindingKinds } from '../../plugin/providers/comparison/findings.ts';
import { MEND_PROVIDER, mendParameters } from '../../plugin/providers/comparison/mend-job.ts';
import {
  assertComparable,
  COMPARE_PROVIDER,
  comparisonParameters,
  comparisonTitle,
  findAccount,
} from '../../plugin/providers/comparison/request.ts';
import type { Laurel } from '../compose.ts';
import { createAudit } from '../http/audit/audit.ts';
import { type NamedFinding, namedFindings, toJsonLine } from '../http/providers/comparison-export.ts';
import { mendTitle } from '../http/words/finding-words.ts';
import { endOf, jobState, printFailure, setExitCode } from './follow-job.ts';
import type { Shell } from './shell.ts';
import { withLaurel } from './with-laurel.ts';

interface Options {
  readonly account?: string;
  readonly json?: boolean;
  readonly mend?: string;
}

export function addReconcileCommand(providers: Command, shell: Shell): void {
  providers
    .command('reconcile')
    .description(
      'compare what is on record with what providers have issued and print the differences; exits 1 if there are any that were not put right',
    )
    .option(
      '--account <name>',
      'only this account, e.g. science or accredible/science; every one that can be compared unless given',
    )
    .option('--mend <kinds>', 'put right these kinds of differences, e.g. missing,state')
    .option('--json', 'print the differences as JSON Lines')
    .action((options: Options) =>
      withLaurel(shell, async (laurel) => {
        const kinds = toFindingKinds(options.mend?.split(',').map((kind) => kind.trim()) ?? []);
        for (const account of await accountsOf(options, laurel))
          await reconcile(shell, account, kinds, options, laurel);
      }),
    );
}

async function accountsOf({ account }: Options, { services }: Laurel): Promise<readonly ProviderAccount[]> {
  const { providerStore, providers } = services;
  const all = await providerStore.accounts();
  if (account !== undefined) return [findAccount(all, account)];
  const comparable = all.filter((one) => one.enabled && providers.get(one.provider)?.listIssued !== undefined);
  if (comparable.length > 0) return comparable;
  throw new InputError(
    'comparison-impossible',
    'no enabled account is at a provider that can list what it has issued; `laurel providers list` prints the accounts',
  );
}

async function reconcile(
  shell: Shell,
  account: ProviderAccount,
  kinds: readonly FindingKind[],
  { json = false }: Options,
  laurel: Laurel,
): Promise<void> {
  const { services } = laurel;
  const { provider, slug } = account;
  const audit = createAudit(services);
  const requested = await services.jobs.request({
    kind: COMPARE_PROVIDER,
    title: comparisonTitle(account, assertComparable(account, services.providers.get(provider))),
    parameters: comparisonParameters(account),
    requestedBy: 'cli',
  });
  await audit('cli', 'provider.compared', `job:${requested.id}`, { provider, account: slug });
  const job = await endOf(shell, laurel, requested, { quiet: json });
  for await (const batch of namedFindings(services, job.id))
    for (const finding of batch) shell.printLine(json ? toJsonLine(finding) : lineOf(finding));
  const tell = (line: string): void => (json ? shell.printError(line) : shell.printLine(line));
  tell([`${provider}/${slug}: ${jobState(job)}`, ...countsOf(job)].join(', '));
  if (job.state !== 'done') {
    printFailure(shell, job);
    setExitCode(shell, job);
    return;
  }
  const open = findingKinds.filter((kind) => (job.counts[kind] ?? 0) > 0 && !kinds.includes(kind));
  if (open.length > 0) shell.exitCode = 1;
  const wanted = kinds.filter((kind) => (job.counts[kind] ?? 0) > 0);
  if (wanted.length > 0) await mend(shell, job, wanted, tell, laurel);
}

async function mend(
  shell: Shell,
  comparison: Job,
  kinds: readonly FindingKind[],
  tell: (line: string) => void,
  laurel: Laurel,
): Promise<void> {
  const { services } = laurel;
  const requested = await services.jobs.request({
    kind: MEND_PROVIDER,
    title: mendTitle(kinds),
    parameters: mendParameters(comparison.id, kinds),
    requestedBy: 'cli',
    reason: comparison.title,
  });
  await createAudit(services)('cli', 'provider.mended', `job:${requested.id}`, {
    comparison: comparison.id,
    kinds: kinds.join(' '),
  });
  const job = await endOf(shell, laurel, requested, { quiet: true });
  tell([jobState(job), ...countsOf(job)].join(', '));
  printFailure(shell, job);
  setExitCode(shell, job);
}

function countsOf({ counts }: Job): readonly string[] {
  return Object.entries(counts).map(([word, number]) => `${number} ${word}`);
}

function lineOf({ kind, username, badgeId, externalId, here, there }: NamedFinding): string {
  const states = `here ${here ?? 'none'}, there ${there ?? 'not there'}`;
  return `${kind.padEnd(13)}  ${username ?? '(not known)'}  ${badgeId ?? '(no badge)'}  ${externalId}  ${states}`;
}
