/** What accounts may do: a small number of rights, and roles as sets of them. Every route of the pages names the right that it needs. */

import { invariant } from '../../../plugin/errors.ts';

export type Right = 'look' | 'edit' | 'publish' | 'run' | 'operate' | 'reveal' | 'administer';

/** What each right lets one do, as it stands after "may". */
export const rights: Readonly<Record<Right, string>> = {
  look: 'see badges, learners, progress, events without their personal data, credentials and how the server is',
  edit: 'write drafts of rules, and change templates, types, assets and configurations',
  publish: 'put rules in force and take them out, apply rule files, and reissue or invalidate credentials',
  run: 'start, cancel and resume runs, and set schedules',
  operate: 'settle effects, mails, dead letters, jobs, replays and comparisons, and check connections',
  reveal: 'see the personal data in an event, which is recorded in the audit',
  administer:
    'manage accounts, API tokens, provider accounts and their secrets, the issuer and its keys, retire learners, and read the audit',
};

export const RIGHTS = Object.keys(rights) as readonly Right[];

export function isRight(word: string): word is Right {
  return Object.hasOwn(rights, word);
}

/** @throws InvariantError when there is no such right */
export function rightOf(word: string): Right {
  invariant(isRight(word), `${word} is one of the rights`);
  return word;
}

/** Something for each right. */
export function byRight<Value>(make: (right: Right) => Value): Readonly<Record<Right, Value>> {
  return Object.fromEntries(RIGHTS.map((right) => [right, make(right)])) as Record<Right, Value>;
}

export type Role = 'viewer' | 'editor' | 'publisher' | 'operator' | 'administrator';

export interface RoleFacts {
  /** As people read it. */
  readonly word: string;
  /** Whom it is for. */
  readonly doc: string;
  readonly rights: readonly Right[];
}

/** No ladder: a publisher answers for what is awarded, an operator for what is stuck, and neither does the work of the other. */
export const roles: Readonly<Record<Role, RoleFacts>> = {
  viewer: { word: 'Viewer', doc: 'looks at everything and changes nothing', rights: ['look'] },
  editor: {
    word: 'Editor',
    doc: 'prepares badges and credentials, and puts no rules in force',
    rights: ['look', 'edit'],
  },
  publisher: {
    word: 'Publisher',
    doc: 'decides what is awarded, issued and taken back',
    rights: ['look', 'edit', 'publish', 'run'],
  },
  operator: {
    word: 'Operator',
    doc: 'keeps everything running, looks into what went wrong and mends it',
    rights: ['look', 'run', 'operate', 'reveal'],
  },
  administrator: { word: 'Administrator', doc: 'may do everything, and decides who may do what', rights: RIGHTS },
};

export const ROLES = Object.keys(roles) as readonly Role[];

export function isRole(word: string): word is Role {
  return Object.hasOwn(roles, word);
}

export function mayDo(role: Role, right: Right): boolean {
  return roles[role].rights.includes(right);
}

/** @returns the roles that have it, from the least to the most powerful */
export function rolesWith(right: Right): readonly Role[] {
  return ROLES.filter((role) => mayDo(role, right));
}
