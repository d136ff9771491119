/** `npm run sbom`: what Laurel is made of, as CycloneDX on standard output. It is npm's own list without what only building and
 *  testing needs. npm could leave that out itself (`--omit dev`), and leaves out what both need with it. */

import { spawnSync } from 'node:child_process';
import { projectPath } from '../paths.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

interface Bom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const ask = spawnSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'], {
  ...{ cwd: projectPath(), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'inherit'] },
  shell: process.platform === 'win32',
});
if (ask.status !== 0)
  throw new Error('npm sbom failed; npm 10 or later has it, and `npm ci` puts in place what it asks for');
process.stdout.write(`${JSON.stringify(ofThePackage(JSON.parse(ask.stdout) as Bom), null, 2)}\n`);

function ofThePackage(bom: Bom): Bom {
  const { component } = bom.metadata;
  const components = bom.components.filter((one) => !isForDevelopment(one));
  const kept = new Set([component, ...components].map((one) => one['bom-ref']));
  return {
    ...bom,
    // npm takes the name of the folder
    metadata: { ...bom.metadata, component: { ...component, name: 'laurel' } },
    components,
    dependencies: bom.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map((one) => ({ ...one, dependsOn: one.dependsOn.filter((ref) => kept.has(ref)) })),
  };
}

function isForDevelopment({ properties = [] }: Component): boolean {
  return properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true');
}
