/** What other programs make of our documents: qpdf checks them, poppler reads and draws them. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { degrees } from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { readOptions } from '../../plugin/extensions/options.ts';
import type { PdfEngine } from '../../providers/pdf/engine.ts';
import { createLocalEngine } from '../../providers/pdf/local-engine.ts';
import { pdfOptions } from '../../providers/pdf/pdf-options.ts';
import { projectPath } from '../../server/paths.ts';
import { aTemplate, fontsFolder } from '../support/pdf.ts';

const run = promisify(execFile);

/** As `pdftotext` gives it. */
const NAMES = {
  Latin: "Łukasz O'Connor-Ğß fi AVATAR",
  Vietnamese: 'Nguyễn Thị Ánh',
  Cyrillic: 'Олександра Коваленко',
  Greek: 'Ελένη Παπαδοπούλου',
  Armenian: 'Արամ Խաչատրյան',
  Georgian: 'გიორგი',
  Arabic: 'محمد الفاتح',
  'Arabic with ligatures': 'علاء الدين سلامة',
  Persian: 'علی‌رضا می‌خواهم',
  Hebrew: 'דוד לוי',
  'Hebrew with points': 'דָּוִד בֶּן־גּוּרְיוֹן',
  Devanagari: 'नरेंद्र मोदी श्रीकृष्ण',
  Bengali: 'রবীন্দ্রনাথ ঠাকুর',
  Tamil: 'தமிழ்ச்செல்வி',
  Telugu: 'తెలుగు రామారావు',
  Gujarati: 'ગુજરાતી પટેલ',
  Gurmukhi: 'ਗੁਰਮੁਖੀ ਸਿੰਘ',
  Kannada: 'ಕನ್ನಡ ಕೃಷ್ಣ',
  Malayalam: 'മലയാളം കൃഷ്ണൻ',
  Sinhala: 'සිංහල ශ්‍රී',
  Thai: 'น้ำฝน กุลธิดา ปิ่นแก้ว',
  Lao: 'ສົມຊາຍ ພັນ',
  Khmer: 'សុខា ភាសាខ្មែរ',
  Myanmar: 'အောင်ဆန်း',
  Ethiopic: 'አበበ ቢቂላ',
  Chinese: '张伟',
  Japanese: '山田太郎 ひらがな カタカナ',
  Korean: '김민준',
  'two scripts': 'Ana 山 Bob',
};

describe('PDF credentials in other programs', () => {
  let folder: string;
  let engine: PdfEngine;
  let example: Buffer;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'laurel-pdf-'));
    engine = createLocalEngine(fontsFolder);
    example = await readFile(projectPath('examples', 'credentials', 'certificate-template.pdf'));
  });
  after(() => rm(folder, { recursive: true }));

  async function make(learnerName: string, options = {}, template: Uint8Array = example): Promise<string> {
    const path = join(folder, 'made.pdf');
    const bytes = await engine.generate({
      options: readOptions(pdfOptions, { template: 'template', ...options }),
      learnerName,
      contextName: 'Demonstration Course',
      issuedAt: new Date('2026-03-01T12:00:00Z'),
      verifyId: '6f1c7a10-0f6b-41f1-9d0f-0000000000aa',
      verifyUrl: 'https://badges.example.org/verify/6f1c7a10-0f6b-41f1-9d0f-0000000000aa',
      assets: { template: { sha256: Buffer.from(template).toString('base64'), bytes: template } },
    });
    await writeFile(path, bytes);
    return path;
  }

  const check = async (path: string) => (await run('qpdf', ['--check', path])).stdout;

  /** Without the signs of direction that pdftotext adds. */
  async function read(path: string): Promise<string> {
    const { stdout } = await run('pdftotext', [path, '-']);
    return stdout.replace(/[\u202a-\u202e]/g, '');
  }

  for (const [script, name] of Object.entries(NAMES)) {
    it(`are sound and are read back right: ${script}`, async () => {
      const path = await make(name);
      expect(await check(path)).to.include('No syntax or stream encoding errors found');
      expect((await read(path)).split('\n')).to.include(name.normalize('NFC'));
    });
  }

  it('are sound when encrypted, open to everybody, and say what is allowed', async () => {
    const path = await make('नरेंद्र मोदी', {
      encrypt: true,
      qr_codes: { verify: {} },
      text_elements: { name: { link: '{verify_url}' } },
    });
    const report = await check(path);
    expect(report).to.include('No syntax or stream encoding errors found');
    expect(report)
      .to.match(/R = 6\n/)
      .and.match(/User password = *\n/);
    expect(report).to.include('extract for accessibility: allowed').and.include('extract for any purpose: not allowed');
    expect(report).to.include('print high resolution: allowed').and.include('modify other: not allowed');
    expect(report).to.include('stream encryption method: AESv3');
    expect(await read(path)).to.include('नरेंद्र मोदी');
    expect((await run('pdfinfo', [path])).stdout).to.match(/Title: +Demonstration Course: नरेंद्र मोदी\n/);
  });

  it('show the template as it is: no pixel differs outside the texts', async () => {
    const path = await make('Ada Lovelace');
    const template = join(folder, 'template.pdf');
    await writeFile(template, example);
    const [ours, theirs] = [await draw(path), await draw(template)];
    expect(ours.width).to.equal(theirs.width);
    // bands around the baselines at 290, 220 and 120 pt of 595
    const inText = (row: number) =>
      [290, 220, 120].some((y) => Math.abs((ours.height * (595 - y)) / 595 - row) < ours.height * 0.06);
    expect(differences(ours, theirs, (row) => !inText(row))).to.equal(0);
    expect(differences(ours, theirs, inText)).to.be.above(500);
  });

  for (const angle of [0, 90, 180, 270]) {
    it(`have their texts where they belong on a cropped page turned by ${angle} degrees`, async () => {
      const plain = await aTemplate(() => {}, angle % 180 === 0 ? [500, 300] : [300, 500]);
      const turned = await aTemplate(
        (document) => {
          document.getPage(0).setCropBox(40, 30, 500, 300);
          document.getPage(0).setRotation(degrees(angle));
        },
        [600, 400],
      );
      const options = { text_elements: { name: { y: 150 }, context: false, date: false } };
      const [upright, onTurned] = [
        await draw(await make('Ada', options, plain)),
        await draw(await make('Ada', options, turned)),
      ];
      expect([onTurned.width, onTurned.height]).to.deep.equal([upright.width, upright.height]);
      // the rectangle of the template is near a corner, the text in the middle
      const middle = (row: number) => Math.abs(row - upright.height / 2) < upright.height / 8;
      expect(differences(upright, onTurned, middle)).to.equal(0);
    });
  }

  async function draw(path: string): Promise<Picture> {
    const image = join(folder, 'drawn');
    await run('pdftoppm', ['-r', '72', '-gray', '-cropbox', '-singlefile', path, image]);
    return readPicture(await readFile(`${image}.pgm`));
  }
});

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

function readPicture(file: Buffer): Picture {
  const [header = '', width, height] =
    /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(file.subarray(0, 100).toString('latin1')) ?? [];
  return { width: Number(width), height: Number(height), pixels: file.subarray(header.length) };
}

function differences(one: Picture, other: Picture, where: (row: number) => boolean): number {
  let count = 0;
  for (let row = 0; row < one.height; row++) {
    if (!where(row)) continue;
    for (let at = row * one.width; at < (row + 1) * one.width; at++) if (one.pixels[at] !== other.pixels[at]) count++;
  }
  return count;
}
