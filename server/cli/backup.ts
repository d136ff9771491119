/** `laurel backup` and `laurel restore`. */

import type { Command } from 'commander';
import type { Following } from '../backup/following.ts';
import type { Manifest } from '../backup/format.ts';
import type { Settings } from '../config.ts';
import { packageVersion } from '../paths.ts';
import { keyName } from '../secret-box.ts';
import { presentSecretKey } from '../secret-key.ts';
import { interruptible } from './interruption.ts';
import { slowly } from './progress-lines.ts';
import { plural } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { explainUsage, UsageError } from './usage.ts';
import { withDatabaseOnly } from './with-database.ts';

interface Options {
  readonly json?: boolean;
}

interface RestoreOptions extends Options {
  readonly intoEmpty?: boolean;
}

export function addBackupCommands(program: Command, shell: Shell): void {
  const backup = program.command('backup');

  explainUsage(
    backup
      .command('create', { isDefault: true })
      .description('write everything into a new folder; works while Laurel runs')
      .argument('<folder>', 'is made; empty where it is there')
      .option('--json', 'print the manifest')
      .action((folder: string, options: Options) =>
        withDatabaseOnly(shell, { build: false }, async ({ database }, { filesDir }) => {
          const { writeBackup } = await import('../backup/write.ts');
          const parts = { connection: database.connection, filesDir, clock: shell.clock, program: packageVersion() };
          const left = `the backup is not whole; remove ${folder} and begin again`;
          const manifest = await interruptible(shell, left, (signal) =>
            writeBackup(folder, { ...parts, following: followingOf(shell, signal, options) }),
          );
          if (options.json) shell.printLine(JSON.stringify(manifest));
          else
            shell.printLine(
              `${summary(manifest)} written to ${folder}; keep LAUREL_SECRET_KEY or secret.key in another place`,
            );
        }),
      ),
    {
      json: '{format, program, begunAt, finishedAt, collections: [{name, path, documents, bytes, sha256}], files: [{path, bytes, sha256}], sealedUnder}',
      exits: '0 written, 64 the folder cannot be used, 69 the database is away, 130 interrupted',
      examples: ['backup /backups/2026-03-01'],
    },
  );

  explainUsage(
    backup
      .command('verify')
      .description('read a backup to its end: hashes, numbers, and files that nothing names')
      .argument('<folder>', 'as it was given to `laurel backup`')
      .option('--json', 'print JSON')
      .action((folder: string, options: Options) => verify(shell, folder, options)),
    {
      json: '{manifest, problems: [sentence], missing: [key], orphans: [key]}',
      exits: '0 it is whole, 1 it is not, 64 it is no backup, 130 interrupted',
      examples: ['backup verify /backups/2026-03-01'],
    },
  );

  explainUsage(
    program
      .command('restore')
      .argument('<folder>', 'as it was given to `laurel backup`')
      .option('--into-empty', 'said on purpose: the database of the settings is filled')
      .option('--json', 'print JSON')
      .action((folder: string, options: RestoreOptions) => restore(shell, folder, options)),
    {
      json: '{documents, held: {collection: number}, unknownKeys: [name]}',
      exits:
        '0 restored, 2 --into-empty is missing, 64 the backup is not whole or the database is not empty, 69 the database is away, 130 interrupted',
      examples: ['restore /backups/2026-03-01 --into-empty'],
    },
  );
}

async function verify(shell: Shell, folder: string, options: Options): Promise<void> {
  const { verifyBackup } = await import('../backup/verify.ts');
  const report = await interruptible(shell, 'the backup was not looked at to its end', (signal) =>
    verifyBackup(folder, followingOf(shell, signal, options)),
  );
  const isWhole = report.problems.length + report.missing.length === 0;
  if (options.json) shell.printLine(JSON.stringify(report));
  else {
    for (const { name, documents } of report.manifest.collections)
      shell.printLine(`${String(documents).padStart(9)}  ${name}`);
    for (const problem of report.problems) shell.printLine(`problem  ${problem}`);
    for (const key of report.missing) shell.printLine(`missing  ${key}`);
    for (const key of report.orphans) shell.printLine(`orphan   ${key}`);
    shell.printLine(isWhole ? `whole: ${summary(report.manifest)}` : 'not whole');
  }
  if (!isWhole) shell.exitCode = 1;
}

const RESTORE_LEFT =
  'the restore is not finished; where it had begun to write, the database is refused from now on: remove it, or LAUREL_DATA_DIR/store, and restore again';

/** How to let go what waits, by collection. */
const RELEASE: Readonly<Record<string, string>> = {
  progress:
    'awards or announcements: `laurel effects list --error restore.held`; see first what providers have, with `laurel providers reconcile`',
  credentials: 'mails: the page Mails, those that failed',
  credential_runs: 'runs: start them again on the page of the configuration',
  credential_schedules: 'schedules: switch them on again on the page of the configuration',
  jobs: 'jobs: `laurel jobs list --state cancelled`, then `laurel jobs resume`',
  dead_letter_replays: 'replays of dead letters: replay them again',
};

async function restore(shell: Shell, folder: string, options: RestoreOptions): Promise<void> {
  if (!options.intoEmpty)
    throw new UsageError(
      'add --into-empty: the backup is put into the database that MONGODB_URI or LAUREL_DATA_DIR names',
    );
  // Not beside a running server: it would act on what is only half there.
  await withDatabaseOnly(shell, { join: false, build: true, begins: true }, async ({ database }, settings) => {
    const { restoreBackup } = await import('../backup/restore.ts');
    const parts = { connection: database.connection, filesDir: settings.filesDir, clock: shell.clock };
    const { manifest, documents, held } = await interruptible(shell, RESTORE_LEFT, (signal) =>
      restoreBackup(folder, { ...parts, following: followingOf(shell, signal, options) }),
    );
    const unknownKeys = unknownKeysOf(manifest, settings);
    if (options.json) {
      shell.printLine(JSON.stringify({ documents, held, unknownKeys }));
      return;
    }
    shell.printLine(`${summary(manifest)} restored`);
    for (const [collection, count] of Object.entries(held))
      shell.printLine(`  ${count} wait for a person in ${collection}, ${RELEASE[collection] ?? ''}`);
    if (unknownKeys.length > 0)
      shell.printLine(
        '  secrets of accounts cannot be opened with the key of these settings: set the LAUREL_SECRET_KEY of the time of the backup, or put its secret.key into LAUREL_DATA_DIR, or enter the secrets again',
      );
  });
}

function followingOf(shell: Shell, signal: AbortSignal, { json }: Options): Following {
  if (json) return { signal };
  return { signal, tell: slowly(shell, ({ doing, part, done }) => `${doing} ${part}: ${done}`) };
}

function unknownKeysOf({ sealedUnder }: Manifest, settings: Settings): readonly string[] {
  const present = presentSecretKey(settings.secretKey, settings.dataDir);
  const known = [...(present === null ? [] : [present]), ...settings.formerSecretKeys].map(keyName);
  return sealedUnder.filter((name) => !known.includes(name));
}

function summary({ collections, files }: Manifest): string {
  const documents = collections.reduce((sum, collection) => sum + collection.documents, 0);
  return `${plural(documents, 'document')} of ${plural(collections.length, 'collection')} and ${plural(files.length, 'file')}`;
}
