/** What the stand-in for Accredible keeps: groups, designs, credentials, credits; and what it does with them. It holds to
 *  what is documented, and is strict where the documents leave open what the real one puts up with. */

export interface Group {
  readonly id: number;
  readonly name: string;
  readonly course_name: string | null;
  readonly course_description: string | null;
  readonly badge_design_id: number | null;
  readonly certificate_design_id: number | null;
  readonly primary_design_id: number | null;
  readonly department_id: number | null;
  readonly allow_duplicate_credentials: boolean;
}

export interface Credential {
  readonly id: number;
  readonly uuid: string;
  readonly encodedId: string;
  readonly licenseId: string | null;
  readonly groupId: number;
  readonly recipient: { readonly name: string; readonly email: string; readonly id: string | null };
  readonly metaData: Readonly<Record<string, string>>;
  readonly createdAt: number;
  approve: boolean;
  issuedOn: string;
  expiredOn: string | null;
}

/** An answer that is not 200. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;
  constructor(status: number, body: unknown) {
    super(`answers ${status}`);
    this.status = status;
    this.body = body;
  }
}

type Fields = Readonly<Record<string, unknown>>;

export interface WorldOptions {
  readonly groups?: readonly (Partial<Group> & { readonly id: number })[];
  /** null: as many as are wanted. */
  readonly credits?: number | null;
  readonly now?: () => number;
}

export class AccredibleWorld {
  readonly groups: Group[];
  readonly credentials: Credential[] = [];
  readonly now: () => number;
  credits: number | null;
  #nextId = 10_000_001;

  constructor({ groups = [], credits = null, now = Date.now }: WorldOptions) {
    this.groups = groups.map(aGroup);
    this.credits = credits;
    this.now = now;
  }

  /** @param department what the key may see; null: everything */
  group(id: number, department: number | null): Group {
    const found = this.groups.find((one) => one.id === id);
    if (!found || (department !== null && found.department_id !== department)) {
      throw new Refusal(404, { success: false, data: 'Group does not exist' });
    }
    return found;
  }

  visibleGroups(department: number | null): readonly Group[] {
    return this.groups.filter((group) => department === null || group.department_id === department);
  }

  /** @param id the number, or the id that the caller gave it */
  credential(id: string, department: number | null): Credential {
    const found = this.credentials.find((one) => String(one.id) === id || one.licenseId === id);
    if (!found) throw new Refusal(404, { errors: "Doesn't exist" });
    this.group(found.groupId, department);
    return found;
  }

  create(fields: Fields, department: number | null): Credential {
    const recipient = (fields.recipient ?? {}) as Fields;
    if (typeof recipient.email !== 'string' || typeof recipient.name !== 'string' || recipient.name === '') {
      throw new Refusal(422, { errors: 'Can not create credential without recipient data' });
    }
    if (typeof fields.group_id !== 'number') throw new Refusal(422, { errors: 'Invalid Group' });
    const group = this.group(fields.group_id, department);
    if (group.course_name === null && fields.name === undefined) {
      throw new Refusal(422, { errors: { course_name: ["can't be blank"] } });
    }
    if (!group.allow_duplicate_credentials && this.#isTaken(group.id, recipient.email)) {
      const message = `${recipient.email} has already been taken. Your group settings do not allow duplicates`;
      throw new Refusal(422, { errors: { 'recipient.email': [message] } });
    }
    const id = this.#nextId++;
    const credential: Credential = {
      id,
      uuid: `a8307173-0000-4000-8000-${String(id).padStart(12, '0')}`,
      encodedId: `enc${id.toString(36)}`,
      licenseId: typeof fields.id === 'string' ? fields.id : null,
      groupId: group.id,
      recipient: { name: recipient.name, email: recipient.email, id: (recipient.id as string | undefined) ?? null },
      metaData: { ...(fields.meta_data as Record<string, string> | undefined) },
      createdAt: this.now(),
      approve: false,
      issuedOn: dateOf(fields.issued_on, 'issued_on') ?? isoDate(this.now()),
      expiredOn: dateOf(fields.expired_on, 'expired_on'),
    };
    if (fields.approve !== false) this.#publish(credential);
    this.credentials.push(credential);
    return credential;
  }

  /** A partial update. */
  update(credential: Credential, fields: Fields): Credential {
    const issuedOn = dateOf(fields.issued_on, 'issued_on') ?? credential.issuedOn;
    const expiredOn = 'expired_on' in fields ? dateOf(fields.expired_on, 'expired_on') : credential.expiredOn;
    if (expiredOn !== null && expiredOn < issuedOn) {
      throw new Refusal(422, { errors: { expired_on: ['must be on or after the issue date'] } });
    }
    Object.assign(credential.metaData, fields.meta_data);
    credential.issuedOn = issuedOn;
    credential.expiredOn = expiredOn;
    if (fields.approve === true) this.#publish(credential);
    if (fields.approve === false) credential.approve = false;
    return credential;
  }

  remove(credential: Credential): void {
    this.credentials.splice(this.credentials.indexOf(credential), 1);
  }

  #isTaken(groupId: number, email: string): boolean {
    return this.credentials.some((one) => one.groupId === groupId && one.recipient.email === email);
  }

  /** Without credits it stays unpublished, and nothing says so but `approve`. */
  #publish(credential: Credential): void {
    if (credential.approve || this.credits === 0) return;
    if (this.credits !== null) this.credits -= 1;
    credential.approve = true;
  }
}

export function aGroup(fields: Partial<Group> & { readonly id: number }): Group {
  return {
    name: `internal-${fields.id}`,
    course_name: `Course ${fields.id}`,
    course_description: `What course ${fields.id} is about`,
    badge_design_id: null,
    certificate_design_id: null,
    primary_design_id: null,
    department_id: null,
    allow_duplicate_credentials: false,
    ...fields,
  };
}

function isoDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Dates only: whether times are taken is not documented, so they are not. */
function dateOf(value: unknown, field: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) return value;
  throw new Refusal(422, { errors: { [field]: ['is not a date'] } });
}
