import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { runLaurel } from '../support/command.ts';

describe('laurel demo --exit', function () {
  this.timeout(60_000);

  it('shows who got what because of which event, where the PDFs lie, and ends with 0', async () => {
    const { code, stdout, stderr } = await runLaurel(['demo', '--exit'], { env: { PORT: '0' } });
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.contain('Laurel demo: 13 badges, 11 events, 1 credential schedule\n');
    expect(stdout).to.contain(
      '  got  "Demo course completion" because of passing course-v1:OpenedX+DemoX+Demo_Course at 2026-03-02T10:15:00.25Z',
    );
    expect(stdout).to.contain(
      '  lost "Demo course completion" because of failing course-v1:OpenedX+DemoX+Demo_Course at 2026-03-10T12:00:00Z',
    );
    const pdfs = [...stdout.matchAll(/^ {2}(\S+\.pdf)$/gm)].map(([, path]) => path as string);
    expect(pdfs).to.have.length.greaterThan(3);
    for (const path of pdfs) {
      expect(existsSync(path)).to.equal(true);
      expect(readFileSync(path).subarray(0, 5).toString()).to.equal('%PDF-');
    }
    expect(stdout).to.match(
      /Open Badges issued and signed here: [1-9]\n {2}http:\/\/localhost:\d+\/open-badges\/[0-9a-f-]{36}\n/,
    );
    expect(stdout).to.match(/Pages: http:\/\/localhost:\d+\n$/);
  });
});
