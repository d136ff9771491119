/** Pictures of the pages of a PDF, where the page has a place for them. */

import { openPages, useWorker } from './pdf-picture.ts';

/** @param root says where the document is, and where each picture goes: `<canvas data-page-picture="1">` */
export async function showPagePictures(root: HTMLElement): Promise<void> {
  const { document: address = '', worker = '' } = root.dataset;
  useWorker(worker);
  const response = await fetch(address, { credentials: 'same-origin' });
  if (!response.ok) return;
  const pages = await openPages(new Uint8Array(await response.arrayBuffer()));
  for (const canvas of root.querySelectorAll<HTMLCanvasElement>('[data-page-picture]')) {
    canvas.hidden = false;
    const number = Number(canvas.dataset.pagePicture);
    if (number <= pages.count) await pages.draw(number, canvas, canvas.clientWidth || 320);
  }
  await pages.close();
}
