/** Rule texts that a browser sends: as files, as pasted text, or again with the plan that was made of them. */

import type { Request } from 'express';
import type { GivenFile } from '../../../plugin/badges/target-state.ts';
import { InputError } from '../../../plugin/errors.ts';
import { type FilledWords, msg, type Words, words } from '../../../plugin/words.ts';
import { decodeUtf8 } from '../../given-files.ts';
import { type FieldError, incompleteForm, textField, withPlainLineEnds } from '../forms/forms.ts';
import { MIB, uploadLimits } from '../middleware/uploads.ts';

/** As messages name it. */
const PASTED = msg('pasted text');

/** What a page calls it. */
export function shownFile(name: string): FilledWords | string {
  return name === PASTED ? words(PASTED) : name;
}

const LONGEST_NAME = 120;

export interface SentRules {
  readonly files: readonly GivenFile[];
  /** Remove what is stored and not in the files. */
  readonly prune: boolean;
}

export interface ChosenRules extends SentRules {
  /** As it was typed. */
  readonly pasted: string;
  /** What cannot be taken for rules at all. */
  readonly errors: readonly FieldError[];
}

/** What the page "Rule files" sends. */
export function chosenRules(req: Request): ChosenRules {
  const pasted = withPlainLineEnds(textField(req, 'rules'));
  const errors: FieldError[] = [];
  const files: GivenFile[] = [];
  const names = new Set<string>();
  for (const { originalname, buffer } of (req.files ?? []) as readonly Express.Multer.File[]) {
    const name = distinct(shownName(originalname), names);
    const file = readFile(name, buffer);
    if ('text' in file) files.push(file);
    else errors.push({ field: 'files', message: file.message });
  }
  if (pasted.trim() !== '') files.push({ name: PASTED, text: pasted });
  if (files.length === 0 && errors.length === 0)
    errors.push({ field: 'files', message: msg('choose at least one file, or paste rules') });
  const bytes = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (bytes > uploadLimits.allBytes) {
    const limit = uploadLimits.allBytes / MIB;
    errors.push({
      field: 'files',
      message: words('these are more than {limit} MiB of rules; send fewer files at once', { limit }),
    });
  }
  return { files, pasted, prune: textField(req, 'prune') !== '', errors };
}

/** What a page with a plan sends again; `resentFields` wrote it. @throws InputError `input.form-incomplete` */
export function resentRules(req: Request): SentRules {
  const files: GivenFile[] = [];
  while (files.length <= uploadLimits.files) {
    const name = textField(req, `name${files.length}`);
    if (name === '') break;
    files.push({ name, text: withPlainLineEnds(textField(req, `text${files.length}`)) });
  }
  if (files.length === 0) throw incompleteForm();
  return { files, prune: textField(req, 'prune') !== '' };
}

/** The fields of the form in a page with a plan: it holds what the plan was made of, and the server keeps nothing. */
export function resentFields({
  files,
  prune,
}: SentRules): readonly { readonly name: string; readonly value: string }[] {
  return [
    ...(prune ? [{ name: 'prune', value: 'yes' }] : []),
    ...files.flatMap(({ name, text }, at) => [
      { name: `name${at}`, value: name },
      { name: `text${at}`, value: text },
    ]),
  ];
}

function readFile(name: string, bytes: Uint8Array): GivenFile | { readonly message: Words } {
  if (!name.endsWith('.rules'))
    return { message: words('{name} is not a rule file; choose files whose names end in .rules', { name }) };
  try {
    return { name, text: withPlainLineEnds(decodeUtf8(bytes, name).replace(/^\uFEFF/, '')) };
  } catch (error) {
    if (error instanceof InputError) return { message: words('{name} is not UTF-8 text; save it as UTF-8', { name }) };
    throw error;
  }
}

/** Names are arbitrary text. */
function shownName(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
  return plain.length <= LONGEST_NAME ? plain : `...${plain.slice(-LONGEST_NAME)}`;
}

/** Files of several folders may have one name, and messages must tell them apart. */
function distinct(name: string, taken: Set<string>): string {
  let found = name;
  for (let count = 2; taken.has(found); count++) found = `${name.replace(/\.rules$/, '')} (${count}).rules`;
  taken.add(found);
  return found;
}
