/** Packages that LAUREL_PLUGINS names: found, imported, and asked to register what they bring. */

import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError, CredentialsError } from '../plugin/errors.ts';
import {
  type PluginHost,
  type PluginProviderParts,
  type Registered,
  registered,
} from '../plugin/extensions/plugin-host.ts';
import { providerProblems } from '../plugin/extensions/provider-problems.ts';
import type { ExtensionRegistry } from '../plugin/extensions/registry.ts';
import type { BadgeProvider } from '../plugin/ports/badge-provider.ts';

const GUIDE = 'docs/how-to/write-a-provider.md';

/** @param names of npm packages, or paths that begin with `.` or `/`
 *  @param folder where paths begin and packages are installed
 *  @param taken words after `template` that are Laurel's own
 *  @throws ConfigurationError that names every package that cannot be used, and why */
export async function loadPlugins(
  names: readonly string[],
  { folder = process.cwd(), taken }: { readonly folder?: string; readonly taken: readonly string[] },
): Promise<readonly Registered[]> {
  const problems: string[] = [];
  const loaded: Registered[] = [];
  const words = new Map(taken.map((word) => [word, 'Laurel itself']));
  for (const name of names) {
    try {
      const found = await load(name, folder);
      for (const { name: word } of found.providers) {
        const other = words.get(word);
        if (other !== undefined) throw new Problem(`brings the provider "${word}", which ${other} has already`);
        words.set(word, name);
      }
      loaded.push(found);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push(`LAUREL_PLUGINS: the package "${name}" ${error.message}`);
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return loaded;
}

/** @returns the providers of the packages
 *  @throws ConfigurationError for one that is not what it says it is */
export function pluginProviders(plugins: readonly Registered[], parts: PluginProviderParts): readonly BadgeProvider[] {
  const problems: string[] = [];
  const made = plugins.flatMap(({ from, providers }) =>
    providers.map(({ name, make }) => {
      const said = `LAUREL_PLUGINS: the provider "${name}" of the package "${from}"`;
      try {
        const provider = make(parts);
        for (const problem of providerProblems(provider))
          problems.push(`${said} cannot be used: ${problem}; see ${GUIDE}`);
        if (provider?.name !== name) problems.push(`${said} calls itself "${provider?.name}"; both must be the same`);
        return provider;
      } catch (error) {
        problems.push(`${said} could not be made: ${messageOf(error)}`);
        return null;
      }
    }),
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  return made.filter((provider) => provider !== null);
}

/** @throws ConfigurationError for a function whose name is taken, or none */
export function addPluginFunctions(registry: ExtensionRegistry, plugins: readonly Registered[]): void {
  const problems: string[] = [];
  for (const { from, retrievals, generations } of plugins) {
    try {
      for (const extension of retrievals) registry.addRetrieval(extension);
      for (const extension of generations) registry.addGeneration(extension);
    } catch (error) {
      problems.push(`LAUREL_PLUGINS: the package "${from}" cannot be used: ${messageOf(error)}`);
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/** Completes "the package ... ". */
class Problem extends Error {}

async function load(name: string, folder: string): Promise<Registered> {
  const { register } = await importPackage(name, folder);
  if (typeof register !== 'function')
    throw new Problem(`exports no function \`register\`; see ${GUIDE} for what a package must export`);
  try {
    return await registered(name, register as (host: PluginHost) => void);
  } catch (error) {
    throw new Problem(`could not register what it brings: ${messageOf(error)}`);
  }
}

async function importPackage(name: string, folder: string): Promise<{ readonly register?: unknown }> {
  const isPath = name.startsWith('.') || isAbsolute(name);
  const place = isPath ? resolve(folder, name) : join(folder, 'node_modules', name);
  const entry = await entryOf(place);
  try {
    // Beside Laurel, where it is not in the folder that the server was started in.
    return await import(entry === null ? name : pathToFileURL(entry).href);
  } catch (error) {
    if (entry === null && (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND')
      throw notFound(name, isPath);
    throw new Problem(`could not be imported: ${messageOf(error)}`);
  }
}

function notFound(name: string, isPath: boolean): Problem {
  return new Problem(
    isPath ? 'is no folder with a package.json; correct the path' : `is not installed; run \`npm install ${name}\``,
  );
}

/** @returns the file that importing the package in this folder means; null: there is no package */
async function entryOf(place: string): Promise<string | null> {
  const text = await readFile(join(place, 'package.json'), 'utf8').catch(() => null);
  if (text === null) return (await isFile(place)) ? place : null;
  try {
    const { exports, main } = JSON.parse(text);
    return join(place, firstText(exports) ?? firstText(main) ?? 'index.js');
  } catch {
    throw new Problem('has a package.json that is no JSON; install it again');
  }
}

/** The entry point among the forms that `exports` may have. */
function firstText(exports: unknown): string | null {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return null;
  const choices = exports as Readonly<Record<string, unknown>>;
  for (const key of ['.', 'node', 'import', 'default']) {
    const found = firstText(choices[key]);
    if (found !== null) return found;
  }
  return null;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

function messageOf(error: unknown): string {
  if (error instanceof CredentialsError) return error.message;
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error);
}
