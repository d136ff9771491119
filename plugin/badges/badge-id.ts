/** What the id of a new badge may be. It stands in addresses, file names, commands and rules of others, and never changes,
 *  so it is asked for once, when a badge is made. Badges that are stored keep the ids they have. */

const LONGEST = 100;
/** ASCII alone: what looks alike is alike. */
const FORM = /^\w(?:[\w.-]*\w)?$/;
/** The address of a badge with this id would be that of the page for new badges. */
const TAKEN = 'new';

export interface IdTrouble {
  readonly message: string;
  readonly hint: string;
}

/** @returns null where a new badge may have the id */
export function badgeIdTrouble(id: string): IdTrouble | null {
  if (id === TAKEN) return { message: '"new" is kept for the page of new badges', hint: 'choose another id' };
  if (id.length > LONGEST)
    return {
      message: `the id of a new badge has at most ${LONGEST} characters, and this one has ${id.length}`,
      hint: 'shorten it',
    };
  if (FORM.test(id)) return null;
  const near = asId(id);
  return {
    message: id === '' ? 'a new badge needs an id' : `"${id}" cannot be the id of a new badge`,
    hint: `use letters from a to z, digits, "-", "_" and "."${near === null ? '' : `, such as "${near}"`}`,
  };
}

/** @returns what somebody may have meant; null where nothing is left of it */
function asId(text: string): string | null {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const id = plain
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, LONGEST);
  return FORM.test(id) && id !== TAKEN ? id : null;
}
