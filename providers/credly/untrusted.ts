/** Values of a provider's answers as we take them: bounded, without control characters, addresses with https only. */

import { z } from 'zod';

/** Controls, and marks that turn the direction of the text around them. */
const HARMFUL = /[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
const HARMFUL_IN_PARAGRAPHS = /(?!\n)[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

export function line(most: number) {
  return z.string().transform((text) => cut(text.replace(HARMFUL, ' ').trim(), most));
}

export function paragraphs(most: number) {
  return z
    .string()
    .transform((text) => cut(text.replaceAll('\r\n', '\n').replace(HARMFUL_IN_PARAGRAPHS, ' ').trim(), most));
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const uuid = z
  .string()
  .regex(UUID)
  .transform((text) => text.toLowerCase());

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

export const date = z
  .string()
  .max(40)
  .transform((text) => new Date(text))
  .refine((at) => !Number.isNaN(at.getTime()));

const LONGEST_ADDRESS = 2_000;

/** @param alsoBelow an address that is known already, where http is as good: a stand-in on this machine
 *  @returns null where it is not one that a page may link to */
export function webAddress(value: unknown, alsoBelow: string): string | null {
  if (typeof value !== 'string' || value.length > LONGEST_ADDRESS || !URL.canParse(value)) return null;
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') return null;
  return url.protocol === 'https:' || url.origin === new URL(alsoBelow).origin ? url.href : null;
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : [...text].slice(0, most).join('');
}
