/** What the settings and the machine say, without the database. */

import { access, constants, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Settings } from '../config.ts';
import { projectPath } from '../paths.ts';
import { type CheckLine, ok, problem, warning } from './line.ts';

const GIB = 1024 ** 3;
const LITTLE = 2 * GIB;
const TOO_LITTLE = GIB / 8;
/** What PDF documents fall back to when a font of a script is wanted. */
const FONTS = ['DejaVuSerif.ttf', 'NotoNaskhArabic.ttf', 'NotoSansDevanagari.ttf', 'NotoSansSC.ttf', 'NotoSansKR.ttf'];

export function checkChoices(settings: Settings): readonly CheckLine[] {
  const lines: CheckLine[] = [];
  if (settings.publicUrl === null)
    lines.push(
      warning(
        'address',
        'LAUREL_PUBLIC_URL is not set',
        'set it: links in mails and credentials lead to this machine otherwise',
      ),
    );
  else if (!settings.publicUrl.startsWith('https:'))
    lines.push(
      warning('address', `${settings.publicUrl} is not encrypted`, 'serve the pages over https: people sign in there'),
    );
  if (settings.mongodbUri === null)
    lines.push(
      warning(
        'database',
        'the embedded store serves one process on one machine',
        'set MONGODB_URI for more than some hundred thousand events or a second server',
      ),
    );
  if (settings.mongodbUri !== null && settings.secretKey === null)
    lines.push(
      problem(
        'keys',
        'LAUREL_SECRET_KEY is not set, and other processes use the same database',
        'set the same LAUREL_SECRET_KEY everywhere',
      ),
    );
  if (settings.amqpUrl === null)
    lines.push(warning('rabbitmq', 'AMQP_URL is not set', 'set it, unless events come by HTTP or from files'));
  if (settings.smtpUrl === null)
    lines.push(
      warning(
        'mails',
        'LAUREL_SMTP_URL is not set',
        'set it, unless learners are told in another way: mails are only kept',
      ),
    );
  if (settings.lmsUrl === null)
    lines.push(
      warning('lms', 'LAUREL_LMS_URL is not set', 'set it, unless only badges are given or records are imported'),
    );
  return lines.length > 0 ? lines : [ok('settings', 'nothing usual is left out')];
}

export async function checkFolders({ dataDir, filesDir }: Settings): Promise<readonly CheckLine[]> {
  const folders = [
    { name: 'LAUREL_DATA_DIR', path: dataDir },
    ...(filesDir === null ? [] : [{ name: 'LAUREL_FILES_DIR', path: filesDir }]),
  ];
  return Promise.all(folders.map(({ name, path }) => checkFolder(name, path)));
}

async function checkFolder(name: string, path: string): Promise<CheckLine> {
  const there = await nearest(path);
  try {
    await access(there, constants.W_OK | constants.X_OK);
  } catch {
    return problem(name, `${path} cannot be written to`, 'name a folder that this user may write to');
  }
  const { bavail, bsize } = await statfs(there);
  const free = bavail * bsize;
  const message = `${path} can be written to, ${(free / GIB).toFixed(1)} GiB are free`;
  if (free < TOO_LITTLE) return problem(name, message, 'make room: writes fail soon');
  return free < LITTLE ? warning(name, message, 'make room before long') : ok(name, message);
}

/** The folder, or the one in which it would be made. */
async function nearest(path: string): Promise<string> {
  try {
    await access(path);
    return path;
  } catch {
    const above = dirname(path);
    return above === path ? path : nearest(above);
  }
}

export async function checkFonts(): Promise<readonly CheckLine[]> {
  const missing: string[] = [];
  for (const font of FONTS)
    await access(join(projectPath('fonts'), font), constants.R_OK).catch(() => missing.push(font));
  return missing.length === 0
    ? [ok('fonts', 'are there')]
    : [problem('fonts', `${missing.join(', ')} cannot be read`, 'install Laurel again: PDF credentials need them')];
}
