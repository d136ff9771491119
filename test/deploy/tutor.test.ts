/** The plugin for Tutor, as far as it can be looked at without Tutor; `examples/deploy/tutor/check.sh` has Tutor render it. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { allCommands, createProgram } from '../../server/cli/program.ts';
import { projectPath } from '../../server/paths.ts';
import { idleShell } from '../support/command.ts';
import { tutorFile } from '../support/tutor-patch.ts';

const folder = projectPath('examples', 'deploy', 'tutor', 'tutorlaurel');
const plugin = tutorFile('plugin.py');
const templates = [
  ...readdirSync(`${folder}/patches`).map((name) => `patches/${name}`),
  'templates/laurel/environment.j2',
  'templates/laurel/jobs/lms.sh',
  'templates/laurel/jobs/laurel.sh',
];

/** Keys of a dictionary of plugin.py. */
function keysOf(name: string): string[] {
  const body = new RegExp(`^${name} = \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(plugin)?.[1] ?? '';
  return [...body.matchAll(/^ {4}"(\w+)":/gm)].map(([, key = '']) => `LAUREL_${key}`);
}

/** Patches of Tutor 21 and 22 that hold what the plugin brings. */
const PATCHES = [
  'caddyfile',
  'k8s-deployments',
  'k8s-jobs',
  'k8s-services',
  'k8s-volumes',
  'local-docker-compose-caddy-aliases',
  'local-docker-compose-dev-services',
  'local-docker-compose-jobs-services',
  'local-docker-compose-services',
  'openedx-common-settings',
  'openedx-dockerfile-post-python-requirements',
  'openedx-lms-common-settings',
];

describe('the plugin for Tutor', () => {
  const declared = [...keysOf('DEFAULTS'), ...keysOf('UNIQUE')];

  it('fills patches that Tutor has', () => {
    expect(readdirSync(`${folder}/patches`).sort()).to.deep.equal(PATCHES);
  });

  it('declares every value that its templates use, and uses every one that it declares', () => {
    const used = new Set(
      [...templates.map(tutorFile), plugin]
        .flatMap((text) => [...text.matchAll(/\{[{%][^{}]*[}%]\}/g)])
        .flatMap(([expression]) => [...expression.matchAll(/\bLAUREL_\w+/g)].map(([name]) => name)),
    );
    expect(declared.length).to.be.greaterThan(15);
    expect([...used]).to.have.members(declared);
  });

  it('has blocks that are closed', () => {
    for (const name of templates) {
      const text = tutorFile(name);
      for (const kind of ['if', 'for', 'filter']) {
        const opened = [...text.matchAll(new RegExp(`\\{%-? ${kind} `, 'g'))].length;
        expect([name, kind, [...text.matchAll(new RegExp(`\\{%-? end${kind} `, 'g'))].length]).to.deep.equal([
          name,
          kind,
          opened,
        ]);
      }
    }
  });

  it('runs commands of Laurel that there are', async () => {
    const known = new Set(allCommands(await createProgram(idleShell())).map((command) => command.name()));
    const run = [...`${plugin}\n${tutorFile('templates/laurel/jobs/laurel.sh')}`.matchAll(/(?:^|")laurel ([a-z-]+)/gm)];
    expect(run.map(([, command]) => command)).to.have.members(['check', 'sign-in', 'migrate']);
    for (const [, command] of run) expect(known).to.include(command);
  });

  it('tells the LMS what Laurel is told: one client to read with, one to sign in with', () => {
    const lms = tutorFile('templates/laurel/jobs/lms.sh');
    const environment = tutorFile('templates/laurel/environment.j2');
    for (const [id, secret] of [
      ['laurel-backend', 'LAUREL_LMS_CLIENT_SECRET'],
      ['laurel-sso', 'LAUREL_LMS_SIGN_IN_CLIENT_SECRET'],
    ]) {
      expect(lms).to.match(new RegExp(`--client-id ${id} \\\\\n  --client-secret "\\{\\{ ${secret} \\}\\}"`));
      expect(environment).to.include(`"${id}"`).and.to.include(`${secret}: "{{ ${secret} }}"`);
    }
    expect(lms).to.include('/sign-in/lms/done');
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  if (python)
    it('is Python', () => {
      const cache = mkdtempSync(`${tmpdir()}/laurel-tutor-`);
      try {
        const { status, stderr } = spawnSync('python3', ['-m', 'py_compile', `${folder}/plugin.py`], {
          env: { ...process.env, PYTHONPYCACHEPREFIX: cache },
          encoding: 'utf8',
        });
        expect(status, stderr).to.equal(0);
      } finally {
        rmSync(cache, { recursive: true });
      }
    });
});
