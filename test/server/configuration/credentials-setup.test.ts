import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ExtensionRegistry } from '../../../plugin/extensions/registry.ts';
import { MemoryFileStore } from '../../../plugin/ports/asset-files.ts';
import { MemoryBelongingStore } from '../../../plugin/ports/belongings.ts';
import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { completionsAndGrades, createPdfGeneration } from '../../../providers/index.ts';
import { createLocalEngine } from '../../../providers/pdf/local-engine.ts';
import { applyCredentialsSetup, type SetupResult } from '../../../server/configuration/credentials-setup.ts';
import { projectPath } from '../../../server/paths.ts';
import { setSchedule } from '../../../server/scheduler/set-schedule.ts';
import { aConfiguration, aType, rejection } from '../../contracts/credential-store.ts';
import { fontsFolder } from '../../support/pdf.ts';

const NOW = new Date('2026-11-01T08:00:00Z');

/** The example's form, as far as these tests change it. */
interface SetupFile {
  assets: Record<string, unknown>[];
  types: { id: string; name: string; retrievalFunction: string; options: Record<string, unknown> }[];
  configurations: {
    id: string;
    type: string;
    contextKey: string;
    schedule?: { rule: Record<string, unknown> };
  }[];
  [other: string]: unknown;
}

describe('a credentials setup file', () => {
  let folder: string;
  let registry: ExtensionRegistry;
  let store: MemoryCredentialStore;
  let files: MemoryFileStore;
  let belongings: MemoryBelongingStore;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-setup-'));
    cpSync(projectPath('examples', 'credentials'), folder, { recursive: true });
    registry = new ExtensionRegistry()
      .addRetrieval(completionsAndGrades)
      .addGeneration(createPdfGeneration(createLocalEngine(fontsFolder)))
      .freeze();
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    store = new MemoryCredentialStore();
    files = new MemoryFileStore();
    belongings = new MemoryBelongingStore();
  });

  const example = (): SetupFile => JSON.parse(readFileSync(join(folder, 'example.json'), 'utf8')) as SetupFile;
  const applyText = (text: string, now = NOW): Promise<SetupResult> => {
    writeFileSync(join(folder, 'setup.json'), text);
    return applyCredentialsSetup(join(folder, 'setup.json'), { store, files, registry, belongings, now });
  };
  const apply = (change: (setup: SetupFile) => void, now = NOW): Promise<SetupResult> => {
    const setup = example();
    change(setup);
    return applyText(JSON.stringify(setup), now);
  };
  const refusal = async (change: (setup: SetupFile) => void): Promise<string> => {
    const error = await rejection(apply(change));
    expect(error.code).to.equal('input.setup');
    return error.message;
  };

  it('puts everything it describes in place, with the time of the first run', async () => {
    expect(await apply(() => {})).to.deep.equal({ assets: 2, types: 1, configurations: 1, schedules: 1, same: 0 });
    expect(files.keys()).to.have.length(2);
    expect((await store.asset('laurel-certificate'))?.kind).to.equal('pdf-template');
    expect((await store.schedule('demo-course-certificate'))?.nextDueAt).to.deep.equal(
      new Date('2026-11-02T06:00:00Z'),
    );
  });

  it('is refused whole where a type or a configuration would name what is of another organisation', async () => {
    const { id, name } = example().types[0] as { id: string; name: string };
    await belongings.claim({ kind: 'credential-type', id, organisation: 'Lab' });
    expect(await refusal(() => {})).to.equal(
      `course-v1:OpenedX+DemoX+Demo_Course belongs to OpenedX, and ${name}, which it names, to Lab; choose what is of the same organisation or shared by all`,
    );
    await belongings.assign({ kind: 'credential-type', id }, 'OpenedX', 'Lab');
    await belongings.claim({ kind: 'asset', id: 'laurel-certificate', organisation: 'Lab' });
    expect(await refusal(() => {})).to.include(
      `${name} belongs to OpenedX, and laurel-certificate, which it names, to Lab`,
    );
    expect([...(await store.assets()), ...(await store.types())]).to.deep.equal([]);
  });

  it('replaces what has the same slug or id when it is applied again', async () => {
    await apply(() => {});
    await apply((setup) => {
      setup.types[0]!.name = 'Certificate of the course';
    });
    expect((await store.types()).map(({ name }) => name)).to.deep.equal(['Certificate of the course']);
    expect(await store.configurations()).to.have.length(1);
  });

  it('S6: puts off no interval when it is applied again and again', async () => {
    const everyTenDays = (setup: SetupFile) => {
      setup.configurations[0]!.schedule!.rule = { kind: 'interval', everyMs: 10 * 86_400_000 };
    };
    await apply(everyTenDays);
    await apply(everyTenDays, new Date('2026-11-08T08:00:00Z'));
    expect((await store.schedule('demo-course-certificate'))?.nextDueAt).to.deep.equal(
      new Date('2026-11-11T08:00:00Z'),
    );
  });

  describe('applied again', () => {
    const later = new Date('2026-11-08T08:00:00Z');
    const NOTHING = { assets: 0, types: 0, configurations: 0, schedules: 0, same: 5 };
    const state = async () => ({
      types: await store.types(),
      configurations: await store.configurations(),
      assets: await store.assets(),
      schedules: await store.schedules(),
      versions: await Promise.all(
        [...(await store.types()), ...(await store.configurations())].map(({ id }) => store.versions(id)),
      ),
    });

    it('leaves everything as it is: no version, no time of a change, no interval begun anew', async () => {
      await apply(() => {});
      const former = await state();
      expect(await apply(() => {}, later)).to.deep.equal(NOTHING);
      expect(await state()).to.deep.equal(former);
    });

    it('saves what differs alone, whatever the order of the options', async () => {
      await apply(() => {});
      const former = await state();
      const change = (setup: SetupFile) => {
        const type = setup.types[0]!;
        type.options = Object.fromEntries(Object.entries(type.options).reverse());
        setup.configurations[0]!.schedule!.rule.expression = '0 7 * * mon';
      };
      expect(await apply(change, later)).to.deep.equal({ ...NOTHING, schedules: 1, same: 4 });
      const { schedules, ...others } = await state();
      const { schedules: _, ...formerOthers } = former;
      expect(others).to.deep.equal(formerOthers);
      expect(schedules[0]).to.deep.include({ updatedAt: later, nextDueAt: new Date('2026-11-09T07:00:00Z') });
    });

    it('does not run once more what has run once only, nor refuses what has expired since', async () => {
      const once = (setup: SetupFile) => {
        setup.configurations[0]!.schedule = {
          enabled: true,
          rule: { kind: 'clocked', at: '2026-11-02T06:00:00Z' },
        } as never;
      };
      await apply(once);
      const step = { nextDueAt: null, waiting: [], ranAt: later, skipped: null };
      await store.advanceSchedule('demo-course-certificate', new Date('2026-11-02T06:00:00Z'), step);
      expect(await apply(once, later)).to.deep.equal(NOTHING);
      expect(await store.schedule('demo-course-certificate')).to.include({ enabled: false, totalRuns: 1 });
      const ending = (setup: SetupFile) =>
        Object.assign(setup.configurations[0]!.schedule!, { expiresAt: '2026-11-03T00:00:00Z' });
      await apply(ending, NOW);
      await store.advanceSchedule('demo-course-certificate', new Date('2026-11-02T06:00:00Z'), step);
      expect(await apply(ending, later)).to.deep.equal(NOTHING);
    });

    it('switches on again what somebody has switched off', async () => {
      await apply(() => {});
      const former = await store.schedule('demo-course-certificate');
      if (!former) throw new Error('no schedule was saved');
      await store.saveSchedule(setSchedule(former.configurationId, { ...former, enabled: false }, former, NOW));
      expect(await apply(() => {}, later)).to.include({ schedules: 1, same: 4 });
      expect(await store.schedule('demo-course-certificate')).to.include({ enabled: true });
    });

    it('puts a file of an asset down again that was lost', async () => {
      await apply(() => {});
      for (const key of files.keys()) await files.delete(key);
      expect(await apply(() => {}, later)).to.include({ assets: 2, same: 3 });
      expect(files.keys()).to.have.length(2);
    });

    it('keeps what a run in that moment has counted', async () => {
      await apply(() => {});
      const { replaceSchedule } = store;
      let hasRun = false;
      store.replaceSchedule = async (...sent) => {
        if (!hasRun) {
          hasRun = true;
          const due = new Date('2026-11-02T06:00:00Z');
          const step = { nextDueAt: new Date('2026-11-09T06:00:00Z'), waiting: [], ranAt: due, skipped: null };
          await store.advanceSchedule('demo-course-certificate', due, step);
        }
        return replaceSchedule.apply(store, sent);
      };
      await apply((setup) => {
        Object.assign(setup.configurations[0]!.schedule!, { overlap: 'queue' });
      }, new Date('2026-11-02T06:00:01Z'));
      expect(await store.schedule('demo-course-certificate')).to.deep.include({
        ...{ overlap: 'queue', totalRuns: 1, nextDueAt: new Date('2026-11-09T06:00:00Z') },
      });
    });
  });

  it('may begin with a byte order mark', async () => {
    expect(await applyText(`\uFEFF${JSON.stringify(example())}`)).to.include({ types: 1 });
  });

  it('says of each unusable asset which it is and why', async () => {
    writeFileSync(join(folder, 'no.pdf'), 'not a PDF');
    writeFileSync(join(folder, 'cut.ttf'), readFileSync(join(folder, 'fonts', 'DejaVuSerif.ttf')).subarray(0, 500));
    const template = (file: string) =>
      refusal((setup) => {
        setup.assets[0]!.file = file;
      });
    expect(await template('no.pdf')).to.equal(
      'asset "laurel-certificate": the PDF template cannot be used: it is not a PDF file',
    );
    expect(
      await refusal((setup) => {
        setup.assets[1]!.file = 'cut.ttf';
      }),
    ).to.equal('asset "dejavu-serif": the font cannot be used: it ends too early or is damaged; export it again');
    const missing = await rejection(
      apply((setup) => {
        setup.assets[0]!.file = 'none.pdf';
      }),
    );
    expect([missing.code, missing.message]).to.deep.equal([
      'input.file-unreadable',
      'none.pdf cannot be read (ENOENT); check the name',
    ]);
  });

  it('may not name an asset that is neither in it nor stored, or is of another kind', async () => {
    const place = 'configuration "demo-course-certificate": ';
    expect(
      await refusal((setup) => {
        setup.types[0]!.options.template = 'nope';
      }),
    ).to.equal(`${place}there is no asset "nope"; upload it under that slug or name another in the options`);
    expect(
      await refusal((setup) => {
        setup.types[0]!.options.template = 'dejavu-serif';
      }),
    ).to.equal(`${place}the asset "dejavu-serif" is a font, but a pdf-template is needed there`);
    expect(
      await refusal((setup) => {
        setup.types[0]!.options.defaults = { font: 'laurel-certificate' };
      }),
    ).to.equal(`${place}the asset "laurel-certificate" is a pdf-template, but a font is needed there`);
    await apply(() => {});
    expect(
      await apply((setup) => {
        setup.assets = [];
      }),
    ).to.include({ assets: 0, same: 3 });
  });

  it('names the place of wrong options, functions, contexts and types', async () => {
    expect(
      await refusal((setup) => {
        setup.types[0]!.options.templat = 'x';
      }),
    ).to.equal(
      'type "course-certificate": the options cannot be used: there is no option "templat"; did you mean "template"?',
    );
    expect(
      await refusal((setup) => {
        setup.types[0]!.retrievalFunction = 'completion-and-grades';
      }),
    ).to.equal(
      'type "course-certificate": there is no retrieval function "completion-and-grades"; did you mean "completions-and-grades"?',
    );
    expect(
      await refusal((setup) => {
        setup.configurations[0]!.contextKey = 'demo';
      }),
    ).to.match(/^configuration "demo-course-certificate": the context key is not one of /);
    expect(
      await refusal((setup) => {
        setup.configurations[0]!.type = 'nope';
      }),
    ).to.equal('configuration "demo-course-certificate": there is no type "nope"; add it under "types"');
  });

  it('changes nothing when the schedule, which is written last, is wrong', async () => {
    expect(
      await refusal((setup) => {
        setup.configurations[0]!.schedule!.rule.expression = '0 0 31 2 *';
      }),
    ).to.equal(
      'schedule of configuration "demo-course-certificate": expression: "0 0 31 2 *" names a date that never comes',
    );
    expect([await store.assets(), await store.types(), files.keys()]).to.deep.equal([[], [], []]);
  });

  it('may not take a name or a context that another id has, and then changes nothing', async () => {
    await store.saveType(aType({ id: 'other', name: 'Course certificate' }));
    expect(await refusal(() => {})).to.equal(
      'type "course-certificate": type "other" has this name already; choose another name',
    );
    expect(await store.assets()).to.deep.equal([]);
    expect(
      await refusal((setup) => {
        setup.types[0]!.name = 'Another';
        setup.configurations.push({ ...setup.configurations[0]!, id: 'twin' });
      }),
    ).to.equal(
      'configuration "demo-course-certificate": configuration "twin" has this type and context already; edit that one instead',
    );
  });

  it('may not break a stored configuration by a change of its type', async () => {
    await apply(() => {});
    await store.saveConfiguration(
      aConfiguration({
        id: 'stored',
        credentialTypeId: 'course-certificate',
        contextKey: 'course-v1:OpenedX+DemoX+Other',
        options: { template: 'gone' },
      }),
    );
    expect(
      await refusal((setup) => {
        setup.configurations = [];
      }),
    ).to.match(/^configuration "stored": there is no asset "gone"/);
  });

  it('lists every mistake of its form at once', async () => {
    const error = await rejection(
      apply((setup) => {
        setup.assets[1]!.slug = 'Bad Slug';
        setup.extra = 1;
      }),
    );
    expect(error.message).to.match(
      /setup\.json cannot be used:\n {2}assets\.1\.slug: must be lower-case letters .*\n {2}\(whole file\): Unrecognized key: "extra"$/,
    );
    expect((await rejection(applyText('{'))).message).to.match(
      /setup\.json is not JSON; examples\/credentials\/example\.json shows the form$/,
    );
    expect(await refusal((setup) => void setup.types.push(setup.types[0]!))).to.match(
      /\n {2}types\.1: "course-certificate" is there twice; keep one$/,
    );
  });
});
