/** `laurel token ...` and `laurel sign-in`: ways in, made by whoever may use the machine. */

import type { Command } from 'commander';
import { InputError, NotFoundError } from '../../plugin/errors.ts';
import { english } from '../../plugin/words.ts';
import { createAudit } from '../http/audit/audit.ts';
import { type ApiToken, hasExpired, limitText } from '../http/people/access-store.ts';
import { organisationsFrom } from '../http/people/organisations-field.ts';
import { isScope, READING_SCOPES, SCOPES, type Scope, scopesOf } from '../http/people/scopes.ts';
import { endOfDay, newTokenErrors } from '../http/people/token-form.ts';
import { createApiToken, createOneTimeSignIn, signInLink } from '../http/people/tokens.ts';
import type { Shell } from './shell.ts';
import { withLaurel } from './with-laurel.ts';

interface TokenOptions {
  readonly label: string;
  readonly scope?: readonly string[];
  readonly expires?: string;
  readonly organisation?: readonly string[];
  readonly json?: boolean;
}

export function addAccessCommands(program: Command, shell: Shell): void {
  const token = program.command('token');

  token
    .command('create')
    .description('make a token and print it; it is not shown again')
    .option('--label <text>', 'what it is for', 'made on the command line')
    .option('--scope <scope...>', `what it may do, one or several of ${SCOPES.join(', ')}; reading unless told`)
    .option('--expires <day>', 'last day on which it works, e.g. 2027-03-31, in UTC; never unless told')
    .option('--organisation <name...>', 'limit it to these organisations of the LMS; to none unless told')
    .option('--json', 'print one JSON object: id, token, scopes, expiresAt')
    .action((options: TokenOptions) =>
      withLaurel(shell, async ({ services }) => {
        const { label, expires = '' } = options;
        const chosen = scopesFrom(options.scope);
        const [wrong] = newTokenErrors({ label: label.trim(), scopes: chosen, expires }, services.clock.now());
        if (wrong) throw new InputError('token', `--${wrong.field} cannot be used: ${english(wrong.message)}`);
        const expiresAt = expires === '' ? null : endOfDay(expires);
        const organisations = organisationsFrom(options.organisation);
        const wanted = { scopes: chosen, expiresAt, organisations };
        const made = await createApiToken(services, label.trim(), 'cli', wanted);
        const details = {
          ...{ label, scopes: chosen.join(' '), expiresAt: expiresAt?.toISOString() ?? null },
          ...(organisations.length > 0 && { organisations: limitText(organisations) }),
        };
        await createAudit(services)('cli', 'token.created', `token:${made.id}`, details);
        shell.printLine(options.json ? JSON.stringify({ ...made, scopes: chosen, expiresAt }) : made.token);
      }),
    );

  token
    .command('list')
    .description('print id, creation, last use, expiry, state, scopes and label of every token')
    .option('--json', 'print JSON Lines')
    .action((options: { json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        const now = services.clock.now();
        for (const one of await services.access.apiTokens())
          shell.printLine(options.json ? jsonOf(one, now) : lineOf(one, now));
      }),
    );

  token
    .command('revoke')
    .description('end a token at once')
    .argument('<id>', 'as `laurel token list` prints it')
    .action((id: string) =>
      withLaurel(shell, async ({ services }) => {
        if (!(await services.access.revokeApiToken(id, services.clock.now()))) {
          throw new NotFoundError('api-token', `there is no valid token ${id}; \`laurel token list\` prints the ids`);
        }
        await createAudit(services)('cli', 'token.revoked', `token:${id}`, {});
        shell.printLine(`token ${id} is revoked`);
      }),
    );

  program.command('sign-in').action(() =>
    withLaurel(shell, async ({ services }) => {
      const made = await createOneTimeSignIn(services);
      await createAudit(services)('cli', 'sign-in.created', 'one-time sign-in', {});
      shell.printLine(`${signInLink(services.settings.publicUrl, made)}`);
    }),
  );
}

function scopesFrom(words: readonly string[] | undefined): readonly Scope[] {
  if (words === undefined) return READING_SCOPES;
  for (const word of words)
    if (!isScope(word)) throw new InputError('scope', `--scope ${word} is not a scope; write ${SCOPES.join(', ')}`);
  return SCOPES.filter((scope) => words.includes(scope));
}

function stateOf(token: ApiToken, now: Date): string {
  return token.revokedAt ? 'revoked' : hasExpired(token, now) ? 'expired' : 'valid';
}

function jsonOf(token: ApiToken, now: Date): string {
  const { tokenHash: _secret, ...facts } = token;
  return JSON.stringify({ ...facts, scopes: scopesOf(token), state: stateOf(token, now) });
}

function lineOf(token: ApiToken, now: Date): string {
  const { id, createdAt, lastUsedAt, expiresAt, label } = token;
  const used = lastUsedAt?.toISOString() ?? 'never used';
  const until = expiresAt?.toISOString() ?? 'no expiry';
  return [id, createdAt.toISOString(), used, until, stateOf(token, now), scopesOf(token).join(','), label].join('  ');
}
