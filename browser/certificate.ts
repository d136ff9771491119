/** Certificates on pages: placing their elements, and pictures of templates. Without this script the fields of the form
 *  and links to the documents do the same. */

import { Designer } from './certificate/designer.ts';
import { showPagePictures } from './certificate/page-pictures.ts';

const designer = document.getElementById('designer');
const form = designer?.closest('form');
if (designer && form) new Designer(designer, form);

const pictures = document.getElementById('page-pictures');
if (pictures) void showPagePictures(pictures).catch(() => undefined);
