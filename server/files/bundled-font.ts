/** The font that comes with Laurel, for text elements that name none. */

import { readFile } from 'node:fs/promises';
import { projectPath } from '../paths.ts';

/** DejaVu Serif: Latin, Greek and Cyrillic with Vietnamese. Licence beside it. */
export async function readBundledFont(): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  const bytes = await readFile(projectPath('examples', 'credentials', 'fonts', 'DejaVuSerif.ttf'));
  return { name: 'DejaVu Serif', bytes };
}
