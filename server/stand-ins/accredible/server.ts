/** Accredible, played: the documented answers, errors and traps. */

import { type FakeReply, type FakeRequest, FakeServer } from '../fake-server.ts';
import { accredibleControl } from './control.ts';
import { groupPage, searchPage, singleCredential } from './shapes.ts';
import { AccredibleWorld, Refusal, type WorldOptions } from './world.ts';

export interface AccredibleStandInOptions extends WorldOptions {
  /** API keys, and the department each may see; null: the whole account. The host of the EU knows other keys. */
  readonly keys?: Readonly<Record<string, number | null>>;
  /** Calls allowed in ten periods of 30 seconds; null: any number. */
  readonly callsPerFiveMinutes?: number | null;
  /** How long the search does not know what was created. */
  readonly indexLagMs?: number;
  /** How many results of the search can be come by without a cursor. */
  readonly searchableByOffset?: number;
}

export const DEMO_KEY = 'demo-accredible-key';

const PERIOD_MS = 30_000;
const PERIODS = 10;

export class AccredibleStandIn extends FakeServer {
  readonly world: AccredibleWorld;
  readonly keys: Readonly<Record<string, number | null>>;
  indexLagMs: number;
  readonly #searchableByOffset: number;
  readonly #callsPerFiveMinutes: number | null;
  readonly #periods = new Map<number, number>();

  constructor(options: AccredibleStandInOptions = {}) {
    super((request) => accredibleControl(this, request) ?? this.#reply(request));
    this.world = new AccredibleWorld(options);
    this.keys = options.keys ?? { [DEMO_KEY]: null };
    this.indexLagMs = options.indexLagMs ?? 0;
    this.#searchableByOffset = options.searchableByOffset ?? 10_000;
    this.#callsPerFiveMinutes = options.callsPerFiveMinutes === undefined ? 2_000 : options.callsPerFiveMinutes;
  }

  #reply(request: FakeRequest): FakeReply {
    try {
      if (this.#isTooOften()) throw new Refusal(429, '');
      return { status: 200, body: this.#answer(request, this.#departmentOf(request)) };
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.body };
      return { status: 500, body: { errors: 'Internal server error' } };
    }
  }

  /** It says neither how many calls are left nor when to come again. */
  #isTooOften(): boolean {
    const period = Math.floor(this.world.now() / PERIOD_MS);
    for (const old of this.#periods.keys()) if (old <= period - PERIODS) this.#periods.delete(old);
    this.#periods.set(period, (this.#periods.get(period) ?? 0) + 1);
    const made = [...this.#periods.values()].reduce((sum, count) => sum + count, 0);
    return this.#callsPerFiveMinutes !== null && made > this.#callsPerFiveMinutes;
  }

  #departmentOf({ headers }: FakeRequest): number | null {
    const key = /^(?:Token token="?|Token |Bearer )([^"]+)"?$/.exec(headers.authorization ?? '')?.[1] ?? '';
    const department = Object.hasOwn(this.keys, key) ? this.keys[key] : undefined;
    if (department === undefined) throw new Refusal(401, 'HTTP Token: Access denied.');
    return department;
  }

  #answer({ method, path, query, body }: FakeRequest, department: number | null): object {
    const { world } = this;
    const fields = (body ?? {}) as Readonly<Record<string, unknown>>;
    const sent = (fields.credential ?? {}) as Readonly<Record<string, unknown>>;
    switch (`${method} ${path}`) {
      case 'GET /v1/issuer/details':
        return {
          issuer: { id: 4897, name: 'Example University', email: 'dev@example.edu', certificate_left: world.credits },
        };
      case 'POST /v1/issuer/groups/search':
        return groupPage(world.visibleGroups(department), Number(fields.page ?? 1), Number(fields.page_size ?? 50));
      case 'GET /v1/issuer/all_groups': {
        const page = Number(query.get('page') ?? 1);
        return groupPage(world.visibleGroups(department), page, Number(query.get('page_size') ?? 50));
      }
      case 'POST /v1/credentials':
        return singleCredential(world.create(sent, department), world);
      case 'POST /v2/credentials/search': {
        const groups = new Set(world.visibleGroups(department).map((group) => group.id));
        const known = world.now() - this.indexLagMs;
        const visible = world.credentials.filter((one) => groups.has(one.groupId) && one.createdAt <= known);
        return searchPage(fields, visible, world, this.#searchableByOffset);
      }
    }
    const [, collection, id = ''] = /^\/v1\/(credentials|designs|issuer\/groups)\/([^/]+)$/.exec(path) ?? [];
    const route = `${method} ${collection}`;
    if (route === 'GET designs') return { design: designOf(Number(id)) };
    if (route === 'GET issuer/groups') return { group: world.group(Number(id), department) };
    // PATCH is not documented, so it is not there.
    if (!['GET credentials', 'PUT credentials', 'DELETE credentials'].includes(route)) {
      throw new Refusal(404, { error: 'Not found' });
    }
    const credential = world.credential(decodeURIComponent(id), department);
    if (method === 'PUT') world.update(credential, sent);
    if (method === 'DELETE') world.remove(credential);
    return singleCredential(credential, world);
  }
}

function designOf(id: number): object {
  if (id >= 900) throw new Refusal(404, { error: 'Not found' });
  return {
    id,
    name: `Design ${id}`,
    kind: 'badge',
    rasterized_content_url: id >= 500 ? null : `https://images.example.edu/designs/${id}.png`,
    encoded_content: 'x'.repeat(20_000),
    groups: [],
  };
}
