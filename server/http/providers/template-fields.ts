/** What a provider tells of a template, field by field. */

import type { BadgeTemplate } from '../../../plugin/ports/provider-store.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';
import { shownStatus } from '../words/format.ts';

/** Plain values of what only the provider knows of. */
export function shownDetails(details: BadgeTemplate['details']) {
  return Object.entries(details).flatMap(([name, value]) => {
    const text = shownValue(value);
    return text === '' ? [] : { name: detailWord(name), value: text };
  });
}

/** Of a list; an entry of a framework goes by its name. */
function shownItem(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item);
  return 'name' in item ? String(item.name) : JSON.stringify(item);
}

function shownValue(value: unknown): Words {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(shownItem).join(', ');
  if (typeof value === 'boolean') return value ? words('yes') : words('no');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One that changed, as a person calls it. */
export function fieldWord(field: string): string {
  return FIELDS[field] ?? detailWord(field);
}

/** @returns '': it has none */
export function shownFieldValue({ field, value }: { readonly field: string; readonly value: unknown }): Words {
  return field === 'state' && typeof value === 'string' ? shownStatus(value).word : shownValue(value);
}

function detailWord(name: string): string {
  return DETAILS[name] ?? wordsOf(name);
}

/** What every template has. */
const FIELDS: Readonly<Record<string, string>> = {
  name: msg('Name'),
  description: msg('Description'),
  imageUrl: msg('Picture'),
  state: msg('State'),
  dashboardUrl: msg('Page at the provider'),
};

/** What the providers tell of their templates. */
const DETAILS: Readonly<Record<string, string>> = {
  achievementType: msg('Kind'),
  alignments: msg('Alignment'),
  allowsDuplicates: msg('Allows duplicates'),
  criteria: msg('Criteria'),
  criteriaUrl: msg('Address of the criteria'),
  department: msg('Department'),
  image: msg('Picture'),
  internalName: msg('Internal name'),
  owner: msg('Owner'),
  skills: msg('Skills'),
  tags: msg('Tags'),
};

/** `allowsDuplicates` as `Allows duplicates`. */
function wordsOf(name: string): string {
  const spaced = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
