/** What is checked of the files for containers: their form, and every name in them that is ours. No container is started here. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { allCommands, createProgram } from '../../server/cli/program.ts';
import { readSettings, settingsTable } from '../../server/config.ts';
import { healthRoutes } from '../../server/http/api/health.ts';
import type { Services } from '../../server/http/services.ts';
import { projectPath } from '../../server/paths.ts';
import { unknownSettings } from '../../server/settings/report.ts';
import { idleShell } from '../support/command.ts';
import {
  envFile,
  type Started,
  startedByCompose,
  startedByKubernetes,
  type Yaml,
  yamlOf,
} from '../support/deployment.ts';
import { serve } from '../support/serve.ts';
import { rendered, tutorFile } from '../support/tutor-patch.ts';

const read = (...parts: string[]) => readFileSync(projectPath(...parts), 'utf8');
const KUBERNETES = ['examples', 'deploy', 'kubernetes'];

const kubernetes = (file: string) => yamlOf(read(...KUBERNETES, file));
const manifests = ['namespace', 'migrate', 'web', 'consumer', 'network-policy'].flatMap((name) =>
  kubernetes(`${name}.yaml`),
);
const compose = yamlOf(read('compose.yaml'))[0];
const patch = (name: string): Yaml[] => yamlOf(rendered(tutorFile(`patches/${name}`)));
const tutorSecret = patch('k8s-deployments').find(({ kind }) => kind === 'Secret');

const started: Readonly<Record<string, readonly Started[]>> = {
  'compose.yaml': startedByCompose(compose, 'laurel'),
  'examples/deploy/kubernetes': startedByKubernetes(manifests, 'laurel', {
    'laurel-settings': envFile(read(...KUBERNETES, 'settings.env')),
    'laurel-secrets': envFile(read(...KUBERNETES, 'secrets.env')),
  }),
  'Tutor, docker compose': startedByCompose(
    { services: { ...patch('local-docker-compose-services')[0], ...patch('local-docker-compose-jobs-services')[0] } },
    'laurel',
  ),
  'Tutor, Kubernetes': startedByKubernetes([...patch('k8s-deployments'), ...patch('k8s-jobs')], 'laurel', {
    laurel: tutorSecret.stringData,
  }),
};

const names: Readonly<Record<string, readonly string[]>> = {
  'compose.yaml': ['web', 'consumer', 'migrate', 'providers', 'lms'],
  'examples/deploy/kubernetes': ['laurel-migrate', 'laurel-web', 'laurel-consumer'],
  'Tutor, docker compose': ['laurel', 'laurel-consumer', 'laurel-job'],
  'Tutor, Kubernetes': ['laurel', 'laurel-consumer', 'laurel-job'],
};

const commands = new Set(allCommands(await createProgram(idleShell())).map((command) => command.name()));
const probed = healthRoutes({} as Services).map(({ path }) => path);
const METRICS_PORT = 9464;

describe('deployment files', () => {
  for (const [file, all] of Object.entries(started)) {
    describe(file, () => {
      it('starts what it is said to', () => {
        expect(all.map(({ name }) => name)).to.have.members([...(names[file] ?? [])]);
      });

      for (const { name, words, environment, probes } of all) {
        it(`${name}: its command, settings and probes are there`, () => {
          if (words !== null) expect(commands).to.include(words[0]);
          expect(unknownSettings(environment)).to.deep.equal([]);
          for (const { path, port } of probes) {
            expect(probed).to.include(path);
            const watched = new URL(`http://${environment.LAUREL_METRICS_ADDRESS}`).port;
            expect([Number(settingsTable.port.defaultText), Number(watched)]).to.include(port);
            // Without pages there is only the door for those who watch.
            if (words?.[0] === 'consume') expect(port).to.equal(METRICS_PORT);
          }
        });
      }
    });
  }

  it('have settings that a start accepts, of compose.yaml and of Tutor', () => {
    const secretKey = 'a-key-of-more-than-thirty-two-letters-for-a-test';
    const fromCompose = { ...started['compose.yaml']?.[0]?.environment, LAUREL_SECRET_KEY: secretKey };
    expect(readSettings(fromCompose).amqpUrl).to.equal('amqp://laurel:laurel@rabbitmq:5672');
    expect(readSettings(tutorSecret.stringData).lmsSignInClientId).to.equal('laurel-sso');
  });

  it('have no secrets that a start accepts where they are for a cluster', () => {
    const environment = started['examples/deploy/kubernetes']?.[0]?.environment ?? {};
    for (const name of ['MONGODB_URI', 'AMQP_URL', 'LAUREL_SECRET_KEY'])
      expect(() => readSettings(environment)).to.throw(name);
  });

  it('of Kubernetes run as nobody in particular, without rights, on a file system that stays as it is', () => {
    const pods = manifests.filter((document) => document.spec?.template);
    expect(pods).to.have.length(3);
    for (const { spec } of pods) {
      const { containers, securityContext, automountServiceAccountToken } = spec.template.spec;
      expect(securityContext).to.include({ runAsNonRoot: true, runAsUser: 1000 });
      expect(automountServiceAccountToken).to.equal(false);
      for (const container of containers) {
        expect(container.securityContext).to.deep.equal({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(container.resources.limits.memory).to.be.a('string');
      }
    }
  });

  it('of Kubernetes select the pods that there are, and name every file', () => {
    const pods = manifests.filter(({ spec }) => spec?.template).map(({ spec }) => spec.template.metadata.labels);
    const selectors = manifests.flatMap(({ kind, spec }) => {
      if (kind === 'Service') return [spec.selector];
      if (kind === 'NetworkPolicy') return [spec.podSelector.matchLabels];
      return spec?.selector ? [spec.selector.matchLabels] : [];
    });
    expect(selectors).to.have.length(6);
    for (const selector of selectors)
      expect(
        pods.filter((labels) => Object.entries(selector).every(([name, value]) => labels[name] === value)),
      ).to.not.deep.equal([]);
    const { resources, configMapGenerator, secretGenerator } = kubernetes('kustomization.yaml')[0];
    expect([
      ...resources,
      ...configMapGenerator[0].envs,
      ...secretGenerator[0].envs,
      'kustomization.yaml',
    ]).to.have.members(readdirSync(projectPath(...KUBERNETES)));
  });

  it('of Kubernetes give a stop the time that it takes', () => {
    const { LAUREL_STOP_DELAY_SECONDS: delay } = envFile(read(...KUBERNETES, 'settings.env'));
    for (const { spec } of manifests.filter(({ kind }) => kind === 'Deployment'))
      expect(spec.template.spec.terminationGracePeriodSeconds).to.be.greaterThan(Number(delay) + 10);
  });
});

describe('compose.yaml', () => {
  it('lets no container of ours be more than it must', () => {
    const ours = (Object.values(compose.services) as Yaml[]).filter(({ image }) => image === 'laurel');
    expect(ours).to.have.length(names['compose.yaml']?.length ?? 0);
    for (const service of ours)
      expect(service).to.deep.include({
        ...{ user: '1000:1000', read_only: true, tmpfs: ['/tmp'] },
        ...{ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
      });
  });

  it('shows nothing but the pages and the stand-in LMS, to this machine alone', () => {
    const shown = (Object.values(compose.services) as Yaml[]).flatMap(({ ports = [] }) => ports);
    expect(shown).to.deep.equal(['127.0.0.1:8080:8080', '127.0.0.1:8081:8081']);
  });
});

describe('the Dockerfile', () => {
  const lines = read('Dockerfile').split('\n');

  it('copies nothing that .dockerignore keeps out', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const { files } = JSON.parse(read('package.json')) as { files: string[] };
    const taken = lines.filter((line) => line.startsWith('COPY --from=build')).map((line) => line.split(' ')[2]);
    expect(taken.filter((path) => path?.startsWith('/app/')).length).to.be.greaterThan(4);
    for (const folder of files.filter((name) => !name.startsWith('!'))) {
      expect(taken).to.include(`/app/${folder}`);
      if (folder !== 'dist') expect(allowed).to.include(folder);
    }
    expect(allowed).to.not.include.members(['test', 'data', '.env', '.git', 'node_modules']);
  });

  it('ends as user 1000 with a command that there is, and asks for health where it is told', () => {
    expect(lines.filter((line) => line.startsWith('USER'))).to.deep.equal(['USER 1000:1000']);
    expect(lines.indexOf('USER 1000:1000')).to.be.greaterThan(lines.findLastIndex((line) => line.startsWith('RUN')));
    const [, command = ''] = /^CMD \["(\w+)"\]$/m.exec(lines.join('\n')) ?? [];
    expect(commands).to.include(command);
    expect(lines.join('\n')).to.include(`EXPOSE ${settingsTable.port.defaultText}\n`);
    expect(probed).to.include(/\}(\/\w+)`/.exec(lines.join('\n'))?.[1]);
    const [, settings = ''] = /^ENV (.*)$/m.exec(lines.join('\n')) ?? [];
    expect(unknownSettings(envFile(settings.replaceAll(' ', '\n')))).to.deep.equal([]);
  });

  it('puts the list of what is in the image beside it, under the name that its label says', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const made = /npm run --silent (\w+) > (\S+)/.exec(lines.join('\n'));
    expect(Object.keys(scripts)).to.include(made?.[1]);
    const copied = lines.find((line) => line.startsWith('COPY --from=build') && line.includes(`/app/${made?.[2]} `));
    expect(copied?.split(' ').at(-1)).to.equal('./');
    expect(lines.join('\n')).to.include(`laurel.sbom="/app/${made?.[2]}"`);
  });

  it('asks for health in a way that tells up from down', async () => {
    const [, command = ''] = /^HEALTHCHECK .*\\\n {2}CMD (\[.*\])$/m.exec(lines.join('\n')) ?? [];
    const [program, ...given] = JSON.parse(command) as string[];
    expect(program).to.equal('node');
    let status = 200;
    const asked: (string | undefined)[] = [];
    const { address, close } = await serve(({ url }, answer) => {
      asked.push(url);
      answer.writeHead(status).end();
    });
    const PORT = new URL(address).port;
    const exitCode = async (port: string): Promise<number | null> => {
      const [code] = await once(spawn(process.execPath, given, { env: { PORT: port }, stdio: 'ignore' }), 'exit');
      return code;
    };
    expect(await exitCode(PORT)).to.equal(0);
    status = 503;
    expect(await exitCode(PORT)).to.equal(1);
    await close();
    expect(await exitCode(PORT)).to.equal(1);
    expect(asked).to.deep.equal(['/healthz', '/healthz']);
  });
});
