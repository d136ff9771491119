import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readSettings } from '../../../server/config.ts';
import { settingRows, unknownSettings } from '../../../server/settings/report.ts';
import { runLaurel } from '../../support/command.ts';

const SECRET = 'hunter2-hunter2-hunter2';

describe('the report of settings', () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-settings-'));
    file = join(folder, 'key');
    writeFileSync(file, `${SECRET}\n`);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('says where each value comes from and shows no secret', () => {
    const environment = { PORT: '9000', LAUREL_SECRET_KEY_FILE: file, AMQP_URL: `amqp://me:${SECRET}@broker` };
    const rows = settingRows(environment);
    const row = (name: string) => rows.find(({ env }) => env === name);
    expect(row('PORT')).to.deep.equal({ env: 'PORT', value: '9000', source: 'environment', secret: false });
    expect(row('LAUREL_SECRET_KEY')).to.deep.include({ value: '(set)', source: 'file' });
    expect(row('AMQP_URL')).to.deep.include({ value: '(set)', source: 'environment' });
    expect(row('MONGODB_URI')).to.deep.include({ value: '(unset)', source: 'default' });
    expect(row('LAUREL_HOST')).to.deep.include({ value: '127.0.0.1', source: 'default' });
    // a value that is no text was shown as [object Object]
    expect(rows.filter(({ value }) => value.includes('object'))).to.deep.equal([]);
    expect(JSON.stringify(rows)).not.to.contain('hunter2');
  });

  it('counts a blank value as none', () => {
    const environment = { PORT: ' ' };
    expect(settingRows(environment)[0]).to.deep.include({
      value: '8080',
      source: 'default',
    });
  });

  it('warns of a misspelt setting and says which was probably meant', () => {
    const environment = {
      LAUREL_INGEST_TOKN: 'x',
      LAUREL_COLOUR: 'green',
      LAUREL_TEST_X: '1',
      LAUREL_SMTP_URL_FILE: '',
    };
    expect(unknownSettings(environment)).to.deep.equal([
      'LAUREL_INGEST_TOKN is not a setting; did you mean LAUREL_INGEST_TOKEN?',
      'LAUREL_COLOUR is not a setting; remove it, or see docs/reference/settings.md',
    ]);
    // beside a newer version the older one must start
    expect(readSettings(environment).port).to.equal(8080);
  });

  it('is what laurel settings prints', async () => {
    const env = { PORT: '9000', LAUREL_SECRET_KEY_FILE: file, LAUREL_COLOUR: 'green' };
    const text = await runLaurel(['settings'], { env });
    expect(text.code).to.equal(0);
    expect(text.stdout).to.contain('PORT=9000  # environment\n').and.to.contain('LAUREL_SECRET_KEY=(set)  # file\n');
    expect(text.stdout).to.contain('LAUREL_HOST=127.0.0.1\n').and.not.to.contain('hunter2');
    expect(text.stderr).to.equal(
      'laurel: LAUREL_COLOUR is not a setting; remove it, or see docs/reference/settings.md\n',
    );
    const { settings, warnings } = JSON.parse((await runLaurel(['settings', '--json'], { env })).stdout);
    expect(settings[0]).to.deep.equal({ env: 'PORT', value: '9000', source: 'environment', secret: false });
    expect(warnings).to.have.length(1);
  });
});
