/** Why Accredible refused, in one sentence. Its errors have five shapes and more; the status decides, the body is only told. */

import { ProviderError } from '../../plugin/errors.ts';
import type { HttpReply } from '../http/client.ts';

const LONGEST = 200;

/** @param what "the award", as the message names it
 *  @param personal texts that must not be told, e.g. the recipient's name and address */
export function refusal(reply: HttpReply, what: string, personal: readonly string[] = []): ProviderError {
  const told = withoutPersonalData(textOf(reply.data), personal);
  return new ProviderError(
    'refused',
    `Accredible refused ${what} (${reply.status}${told === '' ? '' : `: ${told}`}); put it right there or in the rule, then retry`,
    { details: { status: reply.status } },
  );
}

/** `errors` as a text or as an object of lists, `error`, `message`, `data`, or the text itself. */
export function textOf(data: unknown): string {
  if (typeof data === 'string') return data;
  if (typeof data !== 'object' || data === null) return '';
  const { errors, error, message, data: inner } = data as Readonly<Record<string, unknown>>;
  const listed =
    typeof errors === 'object' && errors !== null
      ? Object.entries(errors).map(([field, reasons]) => `${field} ${[reasons].flat().map(asText).join(', ')}`)
      : [];
  const found = [asText(errors), listed.join('; '), asText(error), asText(message), asText(inner)];
  return found.find((text) => text !== '') ?? '';
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function withoutPersonalData(text: string, personal: readonly string[]): string {
  const hidden = personal
    .filter((part) => part !== '')
    .reduce((rest, part) => rest.replaceAll(new RegExp(escaped(part), 'gi'), '…'), text);
  return hidden
    .replace(/[^\s@"'<>]+@[^\s@"'<>]+/g, '…')
    .replace(/\p{C}|\s+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, LONGEST);
}

function escaped(part: string): string {
  return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
