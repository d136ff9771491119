/** A Credly for trying things out and for tests: a real HTTP server with state that answers as the documentation and other
 *  people's records of the real one say, its traps included. It knows nobody and sends no mail. */

import { randomBytes, randomUUID } from 'node:crypto';
import { type Call, type FakeReply, type FakeRequest, FakeServer, type Fault } from '../fake-server.ts';
import { credlyControl } from './control.ts';
import { issue, type Ledger, type Outcome, replace, revoke } from './issue.ts';
import {
  type Badge,
  badgeJson,
  type Event,
  eventJson,
  type Organization,
  organizationJson,
  type Template,
  type Token,
  templateJson,
  tokenJson,
} from './records.ts';
import { filterOf, forbidden, notFound, one, page, unauthorised } from './replies.ts';
import { type WebhookOptions, Webhooks } from './webhooks.ts';

export interface CredlyStandInOptions {
  readonly now?: () => Date;
  readonly webhooks?: Partial<WebhookOptions>;
  /** As `Ledger`. */
  readonly revokedStandInTheWay?: boolean;
  /** Requests a minute; more are answered with 429. Left out: any number. */
  readonly requestsPerMinute?: number;
}

/** Who calls, and what it may do. */
interface Caller {
  readonly organizationId: string;
  readonly token: Token | null;
}

type Handler = (request: FakeRequest, names: readonly string[], caller: Caller) => FakeReply;

const TOKEN_DAYS = 180;
const DAY_MS = 86_400_000;
const ID = '([^/]+)';

export class CredlyStandIn implements Ledger {
  readonly organizations = new Map<string, Organization>();
  readonly tokens: Token[] = [];
  readonly templates = new Map<string, Template>();
  readonly badges = new Map<string, Badge>();
  readonly events: Event[] = [];
  readonly webhooks: Webhooks;
  readonly revokedStandInTheWay: boolean;
  /** Answers lists as if it had never heard of filters. */
  ignoresFilters = false;
  readonly now: () => Date;
  readonly #server = new FakeServer((request) => this.#answer(request));
  readonly #bearers = new Map<string, { readonly organizationId: string; readonly until: number }>();
  readonly #routes: readonly { readonly method: string; readonly pattern: RegExp; readonly handle: Handler }[];
  readonly #perMinute: number;
  #window = { begun: 0, count: 0 };

  constructor(options: CredlyStandInOptions = {}) {
    this.now = options.now ?? (() => new Date());
    this.revokedStandInTheWay = options.revokedStandInTheWay ?? false;
    this.#perMinute = options.requestsPerMinute ?? Number.POSITIVE_INFINITY;
    this.webhooks = new Webhooks({ firstPauseMs: 1_000, mostAttempts: 8, ...options.webhooks });
    this.#routes = this.#makeRoutes();
  }

  /** Where it answers, e.g. `http://127.0.0.1:4100`; the API is below `/v1/`. */
  get url(): string {
    return this.#server.url;
  }

  get calls(): readonly Call[] {
    return this.#server.calls;
  }

  async open(port?: number, host?: string): Promise<this> {
    await this.#server.open(port, host);
    return this;
  }

  async close(): Promise<void> {
    this.webhooks.stop();
    await this.webhooks.settled();
    await this.#server.close();
  }

  fail(fault: Fault): void {
    this.#server.fail(fault);
  }

  recover(): void {
    this.#server.recover();
  }

  forgetCalls(): void {
    this.#server.forgetCalls();
  }

  addOrganization({
    id = randomUUID() as string,
    name,
  }: {
    readonly id?: string;
    readonly name: string;
  }): Organization {
    const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const organization = { id, name, slug, webhookUrl: null, clientId: `client-${slug}`, clientSecret: secret() };
    this.organizations.set(id, organization);
    return organization;
  }

  addToken(organizationId: string, changes: Partial<Omit<Token, 'organizationId'>> = {}): Token {
    const createdAt = changes.createdAt ?? this.now();
    const token: Token = {
      id: randomUUID(),
      token: secret(),
      organizationId,
      description: 'LMS',
      reads: true,
      writes: true,
      deletes: false,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + TOKEN_DAYS * DAY_MS),
      ...changes,
    };
    this.tokens.push(token);
    return token;
  }

  addTemplate(organizationId: string, changes: Partial<Omit<Template, 'organizationId'>> = {}): Template {
    const now = this.now();
    const template: Template = {
      id: randomUUID(),
      organizationId,
      grantedTo: [],
      name: 'Data Analysis',
      description: 'Knows how to look at data.',
      state: 'active',
      allowsDuplicates: false,
      createdAt: now,
      updatedAt: now,
      ...changes,
    };
    this.templates.set(template.id, template);
    this.#tell('badge_template.created', organizationId, { badge_template: this.#templateJson(template, this.url) });
    return template;
  }

  /** @returns undefined: there is none */
  changeTemplate(id: string, changes: Partial<Pick<Template, 'name' | 'description' | 'state' | 'allowsDuplicates'>>) {
    const template = this.templates.get(id);
    if (!template) return undefined;
    Object.assign(template, changes, { updatedAt: this.now() });
    this.#tell('badge_template.changed', template.organizationId, {
      badge_template: this.#templateJson(template, this.url),
    });
    return template;
  }

  deleteTemplate(id: string): void {
    const template = this.templates.get(id);
    if (!template) return;
    this.templates.delete(id);
    this.#tell('badge_template.deleted', template.organizationId, {
      badge_template: this.#templateJson(template, this.url),
    });
  }

  /** What its learner does with a badge, or the issuer on Credly's own pages. @returns undefined: there is none */
  changeBadge(id: string, state: Badge['state']): Badge | undefined {
    const badge = this.badges.get(id);
    if (!badge) return undefined;
    badge.state = state;
    badge.stateUpdatedAt = this.now();
    this.#tell('badge.state.changed', badge.organizationId, { badge: this.#badgeJson(badge, this.url) });
    return badge;
  }

  /** Sends the notice of an event once more. */
  resend(eventId: string): void {
    const event = this.events.find(({ id }) => id === eventId);
    const url = event && this.organizations.get(event.organizationId)?.webhookUrl;
    if (event && url) this.webhooks.send(event, url);
  }

  #tell(type: string, organizationId: string, subject: Event['subject']): void {
    const event: Event = { id: randomUUID(), type, organizationId, occurredAt: this.now(), subject };
    this.events.push(event);
    const url = this.organizations.get(organizationId)?.webhookUrl;
    if (url) this.webhooks.send(event, url);
  }

  #answer(request: FakeRequest): FakeReply {
    const control = credlyControl(this, request);
    if (control) return control;
    if (this.#isTooMuch()) return { status: 429, body: 'Retry later\n', headers: { 'retry-after': '1' } };
    if (request.method === 'POST' && request.path === '/oauth/token') return this.#grantToken(request);
    // The links of the lists lead below /api/v1, where the same is answered.
    const path = request.path.replace(/^\/api\/v1\//, '/v1/').replace(/\/$/, '');
    const caller = this.#callerOf(request);
    if (!caller) return unauthorised;
    for (const { method, pattern, handle } of this.#routes) {
      const match = method === request.method ? pattern.exec(path) : null;
      if (match) return this.#guard(request, caller, match) ?? handle(request, match.slice(1), caller);
    }
    return notFound;
  }

  #isTooMuch(): boolean {
    const now = this.now().getTime();
    if (now - this.#window.begun >= 60_000) this.#window = { begun: now, count: 0 };
    this.#window.count += 1;
    return this.#window.count > this.#perMinute;
  }

  #callerOf({ headers }: FakeRequest): Caller | null {
    const [scheme, credential = ''] = (headers.authorization ?? '').split(' ');
    const now = this.now().getTime();
    if (scheme === 'Bearer') {
      const bearer = this.#bearers.get(credential);
      return bearer && bearer.until > now ? { organizationId: bearer.organizationId, token: null } : null;
    }
    if (scheme !== 'Basic') return null;
    const [name, password] = Buffer.from(credential, 'base64').toString('utf8').split(':');
    // The token is the name, and the password is empty: but the colon between them must be there.
    if (password !== '') return null;
    const token = this.tokens.find((known) => known.token === name && known.expiresAt.getTime() > now);
    return token ? { organizationId: token.organizationId, token } : null;
  }

  #guard({ method }: FakeRequest, { organizationId, token }: Caller, match: RegExpExecArray): FakeReply | null {
    if (match[1] !== undefined && match[1] !== organizationId) return notFound;
    if (token === null) return null;
    const may = method === 'GET' ? token.reads : method === 'DELETE' ? token.deletes : token.writes;
    return may ? null : forbidden('The authorization token is not permitted to do this.');
  }

  #grantToken({ body }: FakeRequest): FakeReply {
    const { client_id, client_secret, grant_type } = (body ?? {}) as Readonly<Record<string, unknown>>;
    const organization = [...this.organizations.values()].find(
      ({ clientId, clientSecret }) => clientId === client_id && clientSecret === client_secret,
    );
    if (!organization) return { status: 401, body: { error: 'invalid_client' } };
    if (grant_type !== 'client_credentials') return { status: 400, body: { error: 'unsupported_grant_type' } };
    const seconds = 7_200;
    const bearer = secret();
    this.#bearers.set(bearer, {
      organizationId: organization.id,
      until: this.now().getTime() + seconds * 1_000,
    });
    return { status: 200, body: { access_token: bearer, token_type: 'Bearer', expires_in: seconds } };
  }

  #makeRoutes() {
    const below = `^/v1/organizations/${ID}`;
    const route = (method: string, path: string, handle: Handler) => ({
      method,
      pattern: new RegExp(`${path}$`),
      handle,
    });
    return [
      route('GET', '^/v1/organizations', (request, _names, { organizationId }) => {
        const own = this.#organization(organizationId);
        return page([own], (organization) => organizationJson(organization, request.origin), request);
      }),
      route('GET', below, ({ origin }, [id = '']) => one(organizationJson(this.#organization(id), origin))),
      route('PUT', below, ({ origin, body }, [id = '']) => {
        const organization = this.#organization(id);
        const url = (body as { webhook_url?: unknown } | undefined)?.webhook_url;
        if (url !== undefined) organization.webhookUrl = typeof url === 'string' ? url : null;
        return one(organizationJson(organization, origin));
      }),
      route('GET', `${below}/authorization_tokens`, (request, [id = ''], { token }) => {
        const seen = this.tokens.filter((one) => one.organizationId === id && (token?.writes !== false || !one.writes));
        return page(seen, (one) => tokenJson(one, this.#organization(id), request.origin), request);
      }),
      route('POST', `${below}/authorization_tokens/rotate`, ({ origin }, [id = ''], { token }) => {
        if (token === null) return forbidden('Only an authorization token can be rotated.');
        token.token = secret();
        token.expiresAt = new Date(this.now().getTime() + TOKEN_DAYS * DAY_MS);
        return one(tokenJson(token, this.#organization(id), origin));
      }),
      route('GET', `${below}/badge_templates`, (request, [id = '']) => {
        const seen = this.#templatesOf(id, this.ignoresFilters ? new Map() : filterOf(request));
        return page(seen, (template) => this.#templateJson(template, request.origin), request);
      }),
      route('GET', `${below}/badge_templates/${ID}`, ({ origin }, [id = '', templateId = '']) => {
        const template = this.#templatesOf(id, new Map()).find((one) => one.id === templateId);
        return template ? one(this.#templateJson(template, origin)) : notFound;
      }),
      route('GET', `${below}/badges`, (request, [id = '']) => {
        const seen = this.#badgesOf(id, this.ignoresFilters ? new Map() : filterOf(request));
        return page(seen, (badge) => this.#badgeJson(badge, request.origin), request);
      }),
      route('POST', `${below}/badges`, (request, [id = '']) => this.#done(issue(this, id, request.body), request)),
      route(
        'GET',
        `${below}/badges/${ID}`,
        this.#onBadge((badge, { origin }) => one(this.#badgeJson(badge, origin))),
      ),
      route(
        'PUT',
        `${below}/badges/${ID}/revoke`,
        this.#onBadge((badge, request) => this.#done(revoke(this, badge, request.body), request)),
      ),
      route(
        'POST',
        `${below}/badges/${ID}/replace`,
        this.#onBadge((badge, request) => this.#done(replace(this, badge, request.body), request)),
      ),
      route(
        'DELETE',
        `${below}/badges/${ID}`,
        this.#onBadge((badge, { origin }) => {
          this.badges.delete(badge.id);
          this.#tell('badge.deleted', badge.organizationId, { badge: this.#badgeJson(badge, origin) });
          return { status: 204 };
        }),
      ),
      route('GET', `${below}/events`, (request, [id = '']) =>
        page(this.events.filter((event) => event.organizationId === id).toReversed(), eventJson, request),
      ),
      route('GET', `${below}/events/${ID}`, (_request, [id = '', eventId = '']) => {
        const event = this.events.find((known) => known.organizationId === id && known.id === eventId);
        return event ? one(eventJson(event)) : notFound;
      }),
    ];
  }

  #onBadge(handle: (badge: Badge, request: FakeRequest) => FakeReply): Handler {
    return (request, [organizationId, badgeId = '']) => {
      const badge = this.badges.get(badgeId);
      return badge?.organizationId === organizationId ? handle(badge as Badge, request) : notFound;
    };
  }

  #done(outcome: Outcome, { origin }: FakeRequest): FakeReply {
    if ('refusal' in outcome) return outcome.refusal;
    const { badge, isNew } = outcome;
    const json = this.#badgeJson(badge, origin);
    this.#tell(isNew ? 'badge.created' : 'badge.state.changed', badge.organizationId, { badge: json });
    return one(json, isNew ? 201 : 200);
  }

  #organization(id: string): Organization {
    return this.organizations.get(id) as Organization;
  }

  #templateJson(template: Template, origin: string) {
    return templateJson(template, this.#organization(template.organizationId), origin);
  }

  #badgeJson(badge: Badge, origin: string): Readonly<Record<string, unknown>> {
    const template = this.templates.get(badge.templateId);
    if (!template) return { id: badge.id, state: badge.state };
    return badgeJson(badge, template, this.#organization(badge.organizationId), origin);
  }

  /** Without a filter drafts and archived ones too; those of other organizations that let this one issue them as well. */
  #templatesOf(organizationId: string, filter: ReadonlyMap<string, string>): readonly Template[] {
    const states = filter.get('state')?.split(',');
    return [...this.templates.values()].filter(
      (template) =>
        (template.organizationId === organizationId || template.grantedTo.includes(organizationId)) &&
        (states === undefined || states.includes(template.state)) &&
        (!filter.has('owner_id') || template.organizationId === filter.get('owner_id')),
    );
  }

  #badgesOf(organizationId: string, filter: ReadonlyMap<string, string>): readonly Badge[] {
    const isAmong = (key: string, value: string | null): boolean =>
      !filter.has(key) || (value !== null && filter.get(key)?.split(',').includes(value) === true);
    return [...this.badges.values()].filter(
      (badge) =>
        badge.organizationId === organizationId &&
        isAmong('badge_template_id', badge.templateId) &&
        isAmong('issuer_earner_id', badge.issuerEarnerId) &&
        isAmong('recipient_email', badge.recipientEmail) &&
        isAmong('recipient_email_all', badge.recipientEmail) &&
        isAmong('state', badge.state),
    );
  }
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}
