/** `laurel rules export`: the rules in force as files. */

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { limits } from '../../dsl/index.ts';
import type { ExportedRules } from '../../plugin/badges/export-rules.ts';
import { InputError } from '../../plugin/errors.ts';
import { plural } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { withLaurel } from './with-laurel.ts';

export function addRulesExport(rules: Command, shell: Shell): void {
  rules
    .command('export')
    .description('write the rules in force as canonical files, one per badge with its tests')
    .argument('[place]', '- for one file to standard output')
    .option('--dir <folder>', 'where to write; made where it is missing')
    .action((place: string | undefined, options: { dir?: string }) => {
      if ((place === undefined) === (options.dir === undefined) || (place ?? '-') !== '-')
        throw new InputError('export-place', 'say where to: --dir FOLDER for files, or - for standard output');
      return withLaurel(shell, async ({ services }) => {
        const exported = await services.exportRules();
        if (options.dir === undefined) writeOne(shell, exported);
        else await writeFolder(shell, exported, options.dir);
      });
    });
}

function writeOne(shell: Shell, { text }: ExportedRules): void {
  shell.stdout.write(text);
  if (Buffer.byteLength(text) > limits.fileBytes)
    shell.printError('this is longer than the 1 MiB that one rule file may have; to load it again, use --dir');
}

async function writeFolder(shell: Shell, { files }: ExportedRules, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const { name, text } of files) await writeFile(join(folder, name), text);
    shell.printLine(`${plural(files.length, 'file')} written to ${folder}`);
    const written = new Set(files.map(({ name }) => name));
    const others = (await readdir(folder)).filter((name) => name.endsWith('.rules') && !written.has(name)).sort();
    if (others.length > 0)
      shell.printError(
        `not in force, and left as they are: ${others.join(', ')}; delete them if they are of an earlier export`,
      );
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw new InputError(
      'folder-unwritable',
      `${folder} cannot be written (${code}); check the name and its permissions`,
      {
        cause: error,
      },
    );
  }
}
