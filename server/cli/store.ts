/** `laurel store`: the file of the embedded store. */

import { join } from 'node:path';
import type { Command } from 'commander';
import { readSettings } from '../config.ts';
import type { CompactionStep } from '../store/compaction.ts';
import { megabytes } from '../store/megabytes.ts';
import { slowly } from './progress-lines.ts';
import type { Shell } from './shell.ts';
import { explainUsage, UsageError } from './usage.ts';

interface Options {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addStoreCommands(program: Command, shell: Shell): void {
  const store = program.command('store');
  explainUsage(
    store
      .command('compact')
      .description('give room that is free in the file back to the disk; no Laurel may use the store meanwhile')
      .option('--dry-run', 'only print how much would be given back; works while Laurel runs')
      .option('--json', 'print JSON')
      .action((options: Options) => compact(shell, options)),
    {
      json: '{before: {file, used, free}, after: {file, used, free} | null, givenBack}, all in bytes; after is null with --dry-run, and givenBack what it would be',
      exits:
        '0 compacted, 2 usage, 66 there is no embedded store, 69 a running Laurel uses it, the disk has too little room, or the file cannot be read; everything is as before then',
      examples: ['store compact --dry-run', 'store compact'],
    },
  );
}

async function compact(shell: Shell, { dryRun, json }: Options): Promise<void> {
  const { mongodbUri, dataDir } = readSettings(shell.env);
  if (mongodbUri !== null)
    throw new UsageError(
      'MONGODB_URI is set: this is about the embedded store; a MongoDB server has a command `compact` of its own',
    );
  const folder = join(dataDir, 'store');
  // on demand: it brings LMDB
  const { compactEmbeddedStore, embeddedStoreSpace } = await import('../store/offline.ts');
  if (dryRun) {
    const before = await embeddedStoreSpace(folder);
    const { file, free } = before;
    if (json) shell.printLine(JSON.stringify({ before, after: null, givenBack: free }));
    else shell.printLine(`the file takes ${megabytes(file)}; compacting would give ${megabytes(free)} back`);
    return;
  }
  const { before, after } = await compactEmbeddedStore(folder, json ? undefined : slowly(shell, stepLine));
  const givenBack = before.file - after.file;
  if (json) shell.printLine(JSON.stringify({ before, after, givenBack }));
  else shell.printLine(`the file takes ${megabytes(after.file)}; ${megabytes(givenBack)} were given back`);
}

function stepLine({ doing, done, total }: CompactionStep): string {
  return doing === 'copying'
    ? `copying: ${megabytes(done)} of ${megabytes(total)}`
    : `comparing: ${done} of ${total} documents`;
}
