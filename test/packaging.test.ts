/** What others get: the package has what runs and what a user reads, and nothing else. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { projectPath } from '../server/paths.ts';

/** Everything that may be in the package, and what of it must be. */
const ALLOWED: readonly (readonly [RegExp, string])[] = [
  [/^(package\.json|README\.md|LICENSE)$/, 'LICENSE'],
  [/^dist\/(dsl|plugin|providers|server)\/.*\.js(\.map)?$/, 'dist/server/main.js'],
  [/^dist\/types\/(dsl|plugin)\/.*\.d\.ts$/, 'dist/types/plugin/extensions/api.d.ts'],
  [/^dist\/assets\//, 'dist/assets/rule-editor.js'],
  [/^views\/(pages|partials)\/.*\.ejs$/, 'views/pages/dashboard.ejs'],
  [/^views\/mail\/.*\.ejs$/, 'views/mail/credential-available.text.ejs'],
  [/^views\/assets\/[\w.-]+\.(svg|png|js)$/, 'views/assets/laurel.svg'],
  [/^views\/styles\/[\w-]+\.css$/, 'views/styles/base.css'],
  [/^views\/locale\/\w{2}\/LC_MESSAGES\/laurel\.po$/, 'views/locale/en/LC_MESSAGES/laurel.po'],
  [/^fonts\/([\w.-]+\.ttf|LICENSE-\w+|README\.md)$/, 'fonts/LICENSE-Noto'],
  [
    /^examples\/(events|rules|rules-next|credly|open-badges|first-run|operations|plugin-provider)\/[\w.-]+$/,
    'examples/events/demo.jsonl',
  ],
  [/^examples\/credentials\/(fonts\/)?[\w.-]+(?<!\.ts)$/, 'examples/credentials/certificate-template.pdf'],
];

describe('the package', function () {
  this.timeout(60_000);
  let paths: readonly string[];

  before(() => {
    const { stdout, stderr } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: projectPath(),
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
    const [listed] = JSON.parse(stdout || `[{"files":[],"why":${JSON.stringify(stderr)}}]`) as [
      { files: { path: string }[] },
    ];
    paths = listed.files.map(({ path }) => path);
  });

  it('has nothing that is not allowed: no tests, no sources, no benchmarks, no settings of a person', () => {
    expect(paths.filter((path) => !ALLOWED.some(([pattern]) => pattern.test(path)))).to.deep.equal([]);
  });

  it('has what it needs', () => {
    expect(paths).to.include.members(ALLOWED.map(([, needed]) => needed));
  });

  it('runs its command by Node, and needs what its dependencies say only', () => {
    const { bin, engines, exports } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8'));
    expect(paths).to.include(bin.laurel);
    expect(paths.map((path) => `./${path}`)).to.include(exports['./plugin'].types);
    expect(readFileSync(projectPath('server', 'main.ts'), 'utf8')).to.match(/^#!\/usr\/bin\/env node\n/);
    expect(engines.node).to.equal('>=20.19.0');
  });
});
