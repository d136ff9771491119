/** PDF credentials a second, beside what one would write without thinking of speed, and beside the reference system's way where
 *  `python3`, or the Python in BENCH_PYTHON, has pypdf 6, reportlab and cryptography. */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { lineTo, moveTo, PDFDocument, StandardFonts, stroke } from '@cantoo/pdf-lib';
import { jsPDF } from 'jspdf';
import { readOptions } from '../plugin/extensions/options.ts';
import type { PdfEngine, PdfJob } from '../providers/pdf/engine.ts';
import { createLocalEngine } from '../providers/pdf/local-engine.ts';
import { pdfOptions } from '../providers/pdf/pdf-options.ts';
import { createProcessPool } from '../providers/pdf/processes/process-pool.ts';
import { projectPath } from '../server/paths.ts';
import { cpuMs, median, row } from './race.ts';

export const name = 'pdf: certificates with four texts on the example template';

const ROUNDS = 5;
const ROUND_MS = 400;
const fontsFolder = projectPath('fonts');
const template = readFileSync(projectPath('examples', 'credentials', 'certificate-template.pdf'));
const font = readFileSync(projectPath('fonts', 'DejaVuSerif.ttf'));

/** First names and family names, of which each document has another pair. */
const NAMES = {
  simple: [
    [
      'Ada',
      'Łukasz',
      'Nguyễn',
      'Олександра',
      'Ελένη',
      'Mary',
      'Jürgen',
      'Zoë',
      'Søren',
      'Василь',
      'Γιώργος',
      'François',
    ],
    [
      'Lovelace',
      'Wójcik',
      'Thị Ánh',
      'Коваленко',
      'Παπαδοπούλου',
      "O'Connor",
      'Müller',
      'Çelik',
      'Ångström',
      'Đặng',
      'Dvořák',
    ],
  ],
  'any script': [
    ['محمد', 'נועה', 'नरेंद्र', 'น้ำฝน', '山田', 'রবীন্দ্রনাথ', 'فاطمة', 'प्रिया', 'สมชาย', 'Ada', '김', 'さくら'],
    ['الفاتح', 'לוי', 'मोदी', 'กุลธิดา', '太郎', 'ঠাকুর', 'حسن', 'शर्मा', 'ใจดี', 'Lovelace', '田中'],
  ],
} as const;

type Make = (number: number) => Promise<unknown>;

export async function measure(print: (line: string) => void): Promise<void> {
  // first: what the others leave behind in this process would slow down whoever waits for the processes
  await processes(print);
  const engine = createLocalEngine(fontsFolder);
  print(
    `template ${Math.round(template.length / 1024)} KiB; medians of ${ROUNDS} rounds, per second of processor time`,
  );
  print(row(['', 'plain', 'AES-256', 'bytes']));
  const contenders: Record<string, (encrypt: boolean) => Make> = {
    'pdf-lib, built-in font': (encrypt) => () => pdfLibAlone(encrypt),
    'jsPDF overlay, pdf-lib': (encrypt) => () => naiveOverlay(encrypt),
    'Laurel, simple scripts': (encrypt) => laurel(engine, 'simple', encrypt),
    'Laurel, any script': (encrypt) => laurel(engine, 'any script', encrypt),
  };
  const speeds = await race(contenders);
  for (const [contender, make] of Object.entries(contenders)) {
    const bytes = (await make(false)(0)) as Uint8Array;
    print(
      row([
        contender,
        ...[false, true].map((encrypt) => speeds[`${contender} ${encrypt}`]?.toFixed(0) ?? ''),
        bytes.length,
      ]),
    );
  }
  const ratio = (ours: string, theirs: string, encrypt: boolean) =>
    `${((speeds[`${ours} ${encrypt}`] ?? 0) / (speeds[`${theirs} ${encrypt}`] ?? 1)).toFixed(0)} x`;
  for (const ours of ['Laurel, simple scripts', 'Laurel, any script']) {
    for (const theirs of ['pdf-lib, built-in font', 'jsPDF overlay, pdf-lib']) {
      print(`${ours} to ${theirs}: ${ratio(ours, theirs, false)} plain, ${ratio(ours, theirs, true)} encrypted`);
    }
  }
  await besideReference(speeds, print);
  await otherTemplates(engine, print);
  await memory(engine, print);
}

/** The reference system in a process of its own: documents per second of its processor time. */
async function besideReference(speeds: Readonly<Record<string, number>>, print: (line: string) => void): Promise<void> {
  const [script, page, serif] = [
    projectPath('bench', 'peers', 'pdf_reference.py'),
    projectPath('examples', 'credentials', 'certificate-template.pdf'),
    projectPath('fonts', 'DejaVuSerif.ttf'),
  ];
  const reference = await promisify(execFile)(process.env.BENCH_PYTHON ?? 'python3', [
    script,
    page,
    serif,
    '1',
    '3',
  ]).then(
    ({ stdout }) => JSON.parse(stdout) as Readonly<Record<'fontEachTime' | 'fontOnce', readonly [number, number]>>,
    () => null,
  );
  if (reference === null) {
    print('the reference system was not measured: no Python with pypdf, reportlab and cryptography');
    return;
  }
  for (const [way, [plain, encrypted]] of Object.entries({
    'the reference system': reference.fontEachTime,
    'the same with its font read once': reference.fontOnce,
  })) {
    print(row([way, plain.toFixed(0), encrypted.toFixed(0), '']));
    for (const ours of ['Laurel, simple scripts', 'Laurel, any script'])
      print(
        `${ours} to ${way}: ${((speeds[`${ours} false`] ?? 0) / plain).toFixed(0)} x plain, ` +
          `${((speeds[`${ours} true`] ?? 0) / encrypted).toFixed(0)} x encrypted`,
      );
  }
}

/** What a course of some thousands is made at: compilers of the engine are done after that. */
const WARM_MS = 3_000;

/** Rounds alternate between the contenders, so that noise hits all alike. The first, longer, warms up. */
async function race(contenders: Readonly<Record<string, (encrypt: boolean) => Make>>): Promise<Record<string, number>> {
  const rounds: Record<string, number[]> = {};
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [contender, make] of Object.entries(contenders)) {
      for (const encrypt of [false, true]) {
        const one = make(encrypt);
        const began = cpuMs();
        let made = 0;
        // looking at the clock takes a tenth of the time of a document
        while (cpuMs() - began < (round === 0 ? WARM_MS : ROUND_MS))
          for (const end = made + 8; made < end; ) await one(made++);
        const speed = (made / (cpuMs() - began)) * 1000;
        if (round > 0) rounds[`${contender} ${encrypt}`] = [...(rounds[`${contender} ${encrypt}`] ?? []), speed];
      }
    }
  }
  return Object.fromEntries(Object.entries(rounds).map(([contender, speeds]) => [contender, median(speeds)]));
}

async function memory(engine: PdfEngine, print: (line: string) => void): Promise<void> {
  const make = laurel(engine, 'simple', true);
  const sizes: string[] = [];
  for (let made = 0; made < 5_000; made++) {
    if (made % 1_000 === 0) sizes.push(rss());
    await make(made);
  }
  print(`resident memory before each 1,000 of 5,000 and after: ${[...sizes, rss()].join(', ')} MiB`);
}

function rss(): string {
  globalThis.gc?.();
  return (process.memoryUsage.rss() / 1024 / 1024).toFixed(0);
}

/** So that nothing is tuned to one template. */
async function otherTemplates(engine: PdfEngine, print: (line: string) => void): Promise<void> {
  for (const lines of [10, 60_000]) {
    const bytes = await drawing(lines);
    const makers = { made: (encrypt: boolean) => laurel(engine, 'simple', encrypt, bytes) };
    const speeds = await race(makers);
    print(
      `Laurel, simple scripts, template of ${Math.ceil(bytes.length / 1024)} KiB: ` +
        `${speeds['made false']?.toFixed(0)} plain, ${speeds['made true']?.toFixed(0)} encrypted`,
    );
  }
}

async function drawing(lines: number): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const page = document.addPage([842, 595]);
  // scattered, so that they do not pack well
  const at = (number: number, below: number) => ((Math.sin(number) * 1e4) % 1) * below;
  for (let i = 0; i < lines; i++) {
    page.pushOperators(moveTo(at(i, 842), at(i + 0.3, 595)), lineTo(at(i + 0.5, 842), at(i + 0.7, 595)), stroke());
  }
  return document.save();
}

/** Documents asked for at once, as runs, pages and previews together do. */
const IN_FLIGHT = 64;
const IN_PROCESSES = 5_000;
const WARMING = 2_000;

/** What a web process notices, and what more processes bring. Other work on the machine holds the event loop up as well, so
 *  it is measured with nothing to do first. */
async function processes(print: (line: string) => void): Promise<void> {
  const idle = watchLoop();
  await setTimeout(3_000);
  print(`with nothing to do ${idle()}`);
  let alone = 0;
  for (const count of [1, 2]) {
    const pool = createProcessPool({ fontsFolder, processes: count });
    const make = laurel(pool, 'any script', true);
    const started = performance.now();
    await make(0);
    print(
      `${count} process${count > 1 ? 'es' : ''}: the first document after ${(performance.now() - started).toFixed(0)} ms`,
    );
    await makeAll(make, WARMING * count);
    const held = watchLoop();
    const [began, cpu] = [performance.now(), cpuMs()];
    await makeAll(make, IN_PROCESSES);
    const seconds = (performance.now() - began) / 1000;
    print(
      `${IN_PROCESSES} more (${availableParallelism()} processors): ${(IN_PROCESSES / seconds).toFixed(0)} a second on the clock, ` +
        `${((IN_PROCESSES / (cpuMs() - cpu)) * 1000).toFixed(0)} per second of processor time; ${held()}`,
    );
    if (count === 1) alone = seconds;
    else print(`two processes are ${(alone / seconds).toFixed(2)} times as fast as one`);
    await pool.close();
  }
}

/** The next is asked for when one is made. */
async function makeAll(make: Make, count: number): Promise<void> {
  let next = 0;
  const ask = async () => {
    while (next < count) await make(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, ask));
}

function watchLoop(): () => string {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  return () => {
    delay.disable();
    return `the event loop was held up for ${(delay.percentile(99) / 1e6).toFixed(1)} ms at the 99th percentile, ${(delay.max / 1e6).toFixed(1)} ms at most`;
  };
}

function laurel(engine: PdfEngine, script: keyof typeof NAMES, encrypt: boolean, page: Uint8Array = template): Make {
  const options = readOptions(pdfOptions, {
    template: 'certificate',
    encrypt,
    text_elements: { date: { char_space: 1 }, verify: { text: '{verify_uuid}', y: 60, size: 8 } },
  });
  const assets = { certificate: { sha256: String(page.length), bytes: page } };
  return (number) => engine.generate({ ...facts(script, number), options, assets });
}

function facts(script: keyof typeof NAMES, number: number): Omit<PdfJob, 'options' | 'assets'> {
  const [first, last] = NAMES[script];
  return {
    // some number of their own, since pairs come again
    learnerName: `${first[number % first.length]} ${last[number % last.length]} ${number}`,
    contextName: 'Demonstration Course',
    issuedAt: new Date('2026-03-01'),
    verifyId: `6f1c7a10-0f6b-41f1-9d0f-${String(number).padStart(12, '0')}`,
    verifyUrl: null,
  };
}

/** Without fonts of its own; what the other two spend on them is not in it. */
async function pdfLibAlone(encrypt: boolean): Promise<Uint8Array> {
  const document = await PDFDocument.load(template);
  const page = document.getPage(0);
  const helvetica = await document.embedFont(StandardFonts.TimesRoman);
  for (const [text, size, y] of texts(0)) {
    page.drawText(text, { x: 421 - helvetica.widthOfTextAtSize(text, size) / 2, y, size, font: helvetica });
  }
  return save(document, encrypt);
}

async function naiveOverlay(encrypt: boolean): Promise<Uint8Array> {
  const overlay = new jsPDF({ unit: 'pt', format: [842, 595], orientation: 'landscape', compress: true });
  overlay.addFileToVFS('serif', font.toString('base64'));
  overlay.addFont('serif', 'serif', 'normal', undefined, 'Identity-H');
  overlay.setFont('serif');
  for (const [text, size, y] of texts(0)) {
    overlay.setFontSize(size);
    overlay.text(text, 421, 595 - y, { align: 'center' });
  }
  const document = await PDFDocument.load(template);
  const [form] = await document.embedPdf(overlay.output('arraybuffer'));
  if (form) document.getPage(0).drawPage(form);
  return save(document, encrypt);
}

function texts(number: number): readonly [string, number, number][] {
  const { contextName, verifyId } = facts('simple', number);
  return [
    ['Ada Lovelace Mary', 32, 290],
    [contextName, 28, 220],
    ['March 1, 2026', 12, 120],
    [verifyId, 8, 60],
  ];
}

async function save(document: PDFDocument, encrypt: boolean): Promise<Uint8Array> {
  if (encrypt)
    document.encrypt({ userPassword: '', ownerPassword: 'owner', permissions: { printing: 'highResolution' } });
  return document.save();
}
