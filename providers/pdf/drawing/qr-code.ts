/** QR codes as squares of the page. */

import qrcode from 'qrcode-generator';
import { CredentialError } from '../../../plugin/errors.ts';
import type { QrElement } from '../elements.ts';
import type { Canvas } from './canvas.ts';

/** Source: ISO/IEC 18004, the quiet zone around a code. */
const QUIET_MODULES = 4;

qrcode.stringToBytes = (text) => [...Buffer.from(text, 'utf8')];

/** @param text with placeholders filled in
 *  @throws CredentialError `credential.qr-code` when there is nothing or too much to encode */
export function drawQrCode(
  canvas: Canvas,
  { name, xPt, yPt, sizePt, color, background }: QrElement,
  text: string,
): void {
  if (text === '') {
    throw new CredentialError(
      'qr-code',
      `the QR code "${name}" has nothing to say; set LAUREL_PUBLIC_URL, or give it a text of your own in the options`,
    );
  }
  // medium: a seventh of the code may be dirty
  const code = qrcode(0, 'M');
  code.addData(text);
  try {
    code.make();
  } catch {
    throw new CredentialError('qr-code', `the text of the QR code "${name}" is too long for one; shorten it`);
  }
  const count = code.getModuleCount();
  canvas.modules(() => true, 1, { xPt, yPt, sizePt }, background);
  const marginPt = (sizePt / (count + 2 * QUIET_MODULES)) * QUIET_MODULES;
  canvas.modules(
    (row, column) => code.isDark(row, column),
    count,
    { xPt: xPt + marginPt, yPt: yPt + marginPt, sizePt: sizePt - 2 * marginPt },
    color,
  );
}
