/** Draws certificate-template.pdf, the certificate of the demo: `npx tsx examples/credentials/make-template.ts`.
 *  Kept so that the drawing can be changed; Laurel itself only uses the PDF. */

import { readFileSync, writeFileSync } from 'node:fs';
import { jsPDF } from 'jspdf';

const here = (name: string) => new URL(name, import.meta.url);
const WIDTH = 841.89;
const HEIGHT = 595.28;
const MIDDLE = WIDTH / 2;

const NAVY = '#1d3557';
const GOLD = '#b3913f';
const GREEN = '#3f6f52';
const GREY = '#5b6470';

const page = new jsPDF({ unit: 'pt', format: 'a4', orientation: 'landscape', compress: true, putOnlyUsedFonts: true });
page.addFileToVFS('serif', readFileSync(here('fonts/DejaVuSerif.ttf')).toString('base64'));
page.addFont('serif', 'serif', 'normal', undefined, 'Identity-H');
page.setFont('serif', 'normal');

/** Places count from the bottom, as the text elements of a credential type do. */
const up = (y: number) => HEIGHT - y;

function centred(text: string, y: number, size: number, color: string, charSpace = 0): void {
  page.setFontSize(size).setTextColor(color);
  const width = page.getTextWidth(text) + charSpace * (text.length - 1);
  page.text(text, MIDDLE - width / 2, up(y), { charSpace });
}

function frame(inset: number, width: number, color: string): void {
  page.setDrawColor(color).setLineWidth(width);
  page.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset);
}

function polyline(points: readonly (readonly [number, number])[]): void {
  const [first, ...rest] = points;
  if (!first) return;
  let [x, y] = first;
  const steps = rest.map(([nextX, nextY]) => {
    const step = [nextX - x, nextY - y];
    [x, y] = [nextX, nextY];
    return step;
  });
  page.lines(steps, first[0], first[1]);
}

/** The fine closed curve of bank notes. */
function rosette(x: number, y: number, radius: number, petals: number, depth: number): void {
  const points: [number, number][] = [];
  for (let step = 0; step <= 720; step++) {
    const angle = (step / 720) * 2 * Math.PI * 7;
    const distance = radius * (1 - depth + depth * Math.cos((petals / 7) * angle));
    points.push([x + distance * Math.cos(angle), y + distance * Math.sin(angle)]);
  }
  polyline(points);
}

/** One leaf as a filled shape of two curves, from its foot outwards. */
function leaf(x: number, y: number, angle: number, length: number): void {
  const [tipX, tipY] = [Math.cos(angle) * length, Math.sin(angle) * length];
  const [sideX, sideY] = [-Math.sin(angle) * length * 0.28, Math.cos(angle) * length * 0.28];
  const bow = (side: number) => [tipX * 0.3 + side * sideX, tipY * 0.3 + side * sideY];
  const bend = (side: number) => [tipX * 0.75 + side * sideX, tipY * 0.75 + side * sideY];
  const back = (point: readonly number[]) => [(point[0] ?? 0) - tipX, (point[1] ?? 0) - tipY];
  page.lines(
    [
      [...bow(1), ...bend(1), tipX, tipY],
      [...back(bend(-1)), ...back(bow(-1)), -tipX, -tipY],
    ],
    x,
    y,
    [1, 1],
    'F',
    true,
  );
}

function wreath(x: number, y: number, radius: number): void {
  page.setFillColor(GREEN).setDrawColor(GREEN).setLineWidth(1.1);
  for (const side of [-1, 1]) {
    const stem: [number, number][] = [];
    for (let step = 0; step <= 30; step++) {
      const angle = Math.PI / 2 + side * (0.12 + (step / 30) * 2.25);
      stem.push([x + radius * Math.cos(angle), y + radius * Math.sin(angle)]);
    }
    polyline(stem);
    for (let pair = 0; pair < 8; pair++) {
      const turn = 0.3 + pair * 0.29;
      const angle = Math.PI / 2 + side * turn;
      const [footX, footY] = [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
      const along = angle + side * (Math.PI / 2);
      const length = radius * (0.48 - pair * 0.025);
      leaf(footX, footY, along - side * 0.55, length);
      leaf(footX, footY, along + side * 0.55, length * 0.9);
    }
  }
}

page.setFillColor('#fdfcf7').rect(0, 0, WIDTH, HEIGHT, 'F');
page.setLineWidth(0.25).setDrawColor('#e6dcc0');
for (const x of [92, WIDTH - 92]) {
  for (const y of [92, HEIGHT - 92]) {
    for (const [radius, petals] of [
      [46, 18],
      [38, 24],
      [30, 12],
    ] as const)
      rosette(x, y, radius, petals, 0.3);
  }
}
frame(22, 3, NAVY);
frame(29, 0.8, GOLD);
frame(33, 0.4, GOLD);

wreath(MIDDLE, up(484), 36);
page.setFillColor(GOLD).circle(MIDDLE, up(484), 4, 'F');
centred('CERTIFICATE', 402, 30, NAVY, 9);
centred('OF COMPLETION', 378, 12, GOLD, 5);
centred('This certifies that', 335, 12, GREY, 0.4);
page
  .setDrawColor(GOLD)
  .setLineWidth(0.7)
  .line(MIDDLE - 190, up(274), MIDDLE + 190, up(274));
centred('has successfully completed', 254, 12, GREY, 0.4);
page
  .setDrawColor('#d9cfae')
  .setLineWidth(0.5)
  .line(MIDDLE - 70, up(140), MIDDLE + 70, up(140));

page.setProperties({ title: 'Certificate template', creator: 'Laurel' });
page.setCreationDate(new Date('2026-01-01T00:00:00Z'));
page.setFileId('1AD5B2E5F0C94A7E8D3B6C2F1E0A9B8C');
writeFileSync(here('certificate-template.pdf'), Buffer.from(page.output('arraybuffer')));
