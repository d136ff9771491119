/** `laurel config ...`: the whole configuration as one file. */

import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { InputError } from '../../plugin/errors.ts';
import type { Laurel } from '../compose.ts';
import { readText } from './input.ts';
import { plural } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { explainUsage } from './usage.ts';
import { withLaurel, withLaurelOrNew } from './with-laurel.ts';

const FILE = 'a file that "config export" wrote; - is standard input';

export function addConfigCommands(program: Command, shell: Shell): void {
  const config = program.command('config');

  const exporting = config
    .command('export')
    .description(
      'write the configuration, without secrets and without learners; the same configuration gives the same bytes',
    )
    .argument('[file]', 'where to; - or nothing is standard output', '-')
    .option('--json', 'print the account of what was written as JSON')
    .action((file: string, { json }: { json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        const { bundleText, exportBundle } = await machinery();
        const bundle = await exportBundle(services);
        const text = bundleText(bundle);
        if (file === '-') return void shell.stdout.write(text);
        await write(file, text);
        const counts = {
          badges: bundle.badges.length,
          templates: bundle.openBadgeTemplates.length,
          accounts: bundle.accounts.length,
          assets: bundle.assets.length,
          types: bundle.types.length,
          configurations: bundle.configurations.length,
        };
        if (json) return shell.printLine(JSON.stringify({ ok: true, file, ...counts }));
        shell.printLine(
          `${file}: ${Object.entries(counts)
            .map(([what, count]) => `${count} ${what}`)
            .join(', ')}`,
        );
      }),
    );
  explainUsage(exporting, {
    json: 'ok, file, and how many badges, templates, accounts, assets, types and configurations',
    exits: '0 written, 64 the file cannot be written, 66 a file of an asset is gone, 69 the database is away',
    examples: ['config export laurel.json', 'config export > laurel.json'],
  });

  const planning = config
    .command('plan')
    .description('show what a file would change of the configuration; changes nothing')
    .argument('<file>', FILE)
    .option('--json', 'print one JSON document instead of text')
    .action((file: string, { json }: { json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        const { planBundle, readBundle } = await machinery();
        const plan = await planBundle(readBundle(await readText(shell, file), file), services);
        if (json) return shell.printLine(JSON.stringify({ ok: true, ...plan }));
        await printPlan(shell, plan);
        shell.printLine(`\nTo import exactly this:\n  npx laurel config import ${file} --plan ${plan.hash}`);
      }),
    );
  explainUsage(planning, {
    json: 'ok, hash, changes (section, id, change: create, change, same or kept), secretsMissing (provider/slug)',
    exits: '0 the file can be imported, also when there is nothing to do, 64 it cannot',
    examples: ['config plan laurel.json'],
  });

  const importing = config
    .command('import')
    .description('bring a file into force; what is not in it stays as it is')
    .argument('<file>', FILE)
    .option('--plan <hash>', 'refuse to do anything but the plan that "config plan" printed')
    .option('--json', 'print one JSON document instead of text')
    .action((file: string, { plan = null, json }: { plan?: string | null; json?: boolean }) =>
      withLaurelOrNew(shell, async ({ services }: Laurel) => {
        const { countsOf, createAudit, importBundle, readBundle } = await machinery();
        const bundle = readBundle(await readText(shell, file), file);
        const done = await importBundle(bundle, { plan, actor: 'cli' }, services);
        await createAudit(services)('cli', 'configuration.imported', 'installation', { ...countsOf(done) });
        if (json) return shell.printLine(JSON.stringify({ ok: true, ...done }));
        await printPlan(shell, done);
        for (const account of done.secretsMissing)
          shell.printError(`the account ${account} has no secret yet: enter it on the page of providers`);
      }),
    );
  explainUsage(importing, {
    json: 'ok, hash, changes (section, id, change: create, change, same or kept), secretsMissing (provider/slug)',
    exits: '0 imported, 64 the file is wrong, or the configuration not that of the plan, and nothing was changed',
    examples: ['config import laurel.json', 'config import laurel.json --plan 0123456789abcdef'],
  });
}

/** On demand: other commands start without it. */
async function machinery() {
  return {
    ...(await import('../configuration/bundle.ts')),
    ...(await import('../configuration/export-bundle.ts')),
    ...(await import('../configuration/plan-bundle.ts')),
    ...(await import('../configuration/import-bundle.ts')),
    ...(await import('../http/audit/audit.ts')),
  };
}

async function printPlan(
  shell: Shell,
  plan: Parameters<Awaited<ReturnType<typeof machinery>>['countsOf']>[0],
): Promise<void> {
  const counts = (await machinery()).countsOf(plan);
  for (const { section, id, change } of plan.changes)
    if (change === 'create' || change === 'change') shell.printLine(`${change}  ${section} ${id}`);
  shell.printLine(
    `${plural(counts.create, 'thing')} to create, ${counts.change} to change, ${counts.same} the same, ${counts.kept} only here and kept`,
  );
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    const message = `${file} cannot be written (${code}); check the name and its permissions`;
    throw new InputError('file-unwritable', message, { cause: error });
  }
}
