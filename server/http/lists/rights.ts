/** What lists and their actions ask of who is signed in. */

import type { Response } from 'express';
import { findActor } from '../identity.ts';
import type { Access } from '../routes.ts';

export const needs = {
  look: 'viewer',
  edit: 'administrator',
  publish: 'administrator',
  run: 'administrator',
  operate: 'administrator',
  administer: 'administrator',
} as const satisfies Readonly<Record<string, Access>>;

export function isAllowed(res: Response, access: Access): boolean {
  const actor = findActor(res);
  return actor !== null && (access === 'viewer' || actor.role === 'administrator');
}
