import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { compose } from '../../../server/compose.ts';
import { readSettings } from '../../../server/config.ts';
import { ACTIONS_OF_COMMANDS, ROLE, roleScript } from '../../../server/mongo/role.ts';
import { dataMap } from '../../../server/privacy/data-map.ts';
import { runLaurel } from '../../support/command.ts';
import { meet, zelda } from '../../support/person-world.ts';
import { type SentCommand, sentCommands } from '../../support/sent-commands.ts';

/** @returns what the role does not allow, as a sentence */
function notAllowed({ name, collection }: SentCommand): readonly string[] {
  const actions = ACTIONS_OF_COMMANDS[name as keyof typeof ACTIONS_OF_COMMANDS] ?? null;
  if (actions === null) return [`${name} on ${collection} is a command that Laurel never sends`];
  const allowed = ROLE.get(collection) ?? [];
  const missing = actions.filter((action) => !allowed.includes(action));
  return missing.map((action) => `${name} on ${collection || 'the database'} needs ${action}`);
}

describe('the role of Laurel at a MongoDB server', function () {
  this.timeout(60_000);

  it('names each collection of the data map, and those of earlier versions to be read only', () => {
    const named = dataMap.map(({ collection }) => collection);
    expect([...ROLE.keys()]).to.have.members(['', ...named, 'badges', 'badge_versions']);
    expect(ROLE.get('badges')).to.deep.equal(['find']);
  });

  it('removes nothing from the audit, and drops nothing but the index that says how long events are kept', () => {
    expect(ROLE.get('audit')).to.include('insert').and.not.include('remove');
    expect([...ROLE].filter(([, actions]) => actions.includes('dropIndex')).map(([name]) => name)).to.deep.equal([
      'events',
    ]);
    const all = new Set([...ROLE.values()].flat());
    expect([...all]).to.have.members([
      ...['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes'],
      ...['dropIndex', 'dbStats', 'listCollections'],
    ]);
  });

  it('allows what Laurel does, from the first start over a retirement to a backup that is restored', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'laurel-role-'));
    const env = { LAUREL_DATA_DIR: join(folder, 'data'), LAUREL_SECRET_KEY: 'the-key-of-this-site' };
    try {
      const sent = await sentCommands(async () => {
        const parts = { logger: silentLogger, roles: [], patience: { settleMs: 0 } as never };
        const laurel = await compose(readSettings(env), parts);
        try {
          await meet(laurel, zelda);
          const { username } = zelda;
          const job = await laurel.services.retirements.request({ username, badgesThere: 'leave', by: 'admin' });
          if (job) await laurel.carryOut(job.id);
        } finally {
          await laurel.stop();
        }
        for (const days of ['30', '60']) {
          const settings = readSettings({ ...env, LAUREL_EVENT_RETENTION_DAYS: days });
          await (await compose(settings, { logger: silentLogger, roles: ['scheduler'] })).stop();
        }
        const backup = join(folder, 'backup');
        const elsewhere = { ...env, LAUREL_DATA_DIR: join(folder, 'restored') };
        for (const [args, world] of [
          [['backup', backup], env],
          [['restore', backup, '--into-empty'], elsewhere],
          [['migrate'], elsewhere],
          [['check'], elsewhere],
          [['secrets', 'rotate'], elsewhere],
        ] as const)
          expect((await runLaurel([...args], { env: world })).stderr, args.join(' ')).not.to.match(/^laurel: /m);
      });
      expect(sent.map(({ name }) => name)).to.include.members([
        'createIndexes',
        'dropIndexes',
        'insert',
        'delete',
        'findAndModify',
      ]);
      expect(new Set(sent.map(({ collection }) => collection)).size).to.be.greaterThan(30);
      expect(sent.flatMap(notAllowed)).to.deep.equal([]);
    } finally {
      rmSync(folder, { recursive: true, maxRetries: 5 });
    }
  });

  it('is made by its script where there is none, and brought up to date where there is one', () => {
    const done: [string, string, object][] = [];
    const run = (present: object | null) =>
      runInNewContext(roleScript(), {
        print() {},
        db: {
          getName: () => 'badges',
          getRole: () => present,
          createRole: ({ role, ...rest }: { role: string }) => done.push(['create', role, rest]),
          updateRole: (role: string, rest: object) => done.push(['update', role, rest]),
        },
      });
    run(null);
    run({});
    const privileges = [...ROLE].map(([collection, actions]) => ({
      ...{ resource: { db: 'badges', collection }, actions },
    }));
    expect(JSON.parse(JSON.stringify(done))).to.deep.equal([
      ['create', 'laurel', { privileges, roles: [] }],
      ['update', 'laurel', { privileges, roles: [] }],
    ]);
  });
});
