/** `laurel token ...` and `laurel sign-in`: ways in, made by whoever may use the machine. */

import type { Command } from 'commander';
import { NotFoundError } from '../../plugin/errors.ts';
import { createAudit } from '../http/audit.ts';
import { createApiToken, createOneTimeSignIn, signInLink } from '../http/tokens.ts';
import { withLaurel } from './with-laurel.ts';

export function addAccessCommands(program: Command): void {
  const token = program.command('token').description('bearer tokens of the API');

  token
    .command('create')
    .description('make a token and print it; it is not shown again')
    .option('--label <text>', 'what it is for', 'made on the command line')
    .action((options: { label: string }) =>
      withLaurel(async ({ services }) => {
        const made = await createApiToken(services, options.label, 'cli');
        await createAudit(services)('cli', 'token.created', `token:${made.id}`, { label: options.label });
        process.stdout.write(`${made.token}\n`);
      }),
    );

  token
    .command('list')
    .description('print id, creation, last use, state and label of every token')
    .option('--json', 'print JSON Lines')
    .action((options: { json?: boolean }) =>
      withLaurel(async ({ services }) => {
        for (const { id, label, createdAt, createdBy, lastUsedAt, revokedAt } of await services.access.apiTokens()) {
          const line = options.json
            ? JSON.stringify({ id, label, createdAt, createdBy, lastUsedAt, revokedAt })
            : `${id}  ${createdAt.toISOString()}  ${lastUsedAt?.toISOString() ?? 'never used'}  ${revokedAt ? 'revoked' : 'valid'}  ${label}`;
          process.stdout.write(`${line}\n`);
        }
      }),
    );

  token
    .command('revoke')
    .description('end a token at once')
    .argument('<id>', 'as `laurel token list` prints it')
    .action((id: string) =>
      withLaurel(async ({ services }) => {
        if (!(await services.access.revokeApiToken(id, services.clock.now()))) {
          throw new NotFoundError('api-token', `there is no valid token ${id}; \`laurel token list\` prints the ids`);
        }
        await createAudit(services)('cli', 'token.revoked', `token:${id}`, {});
        process.stdout.write(`token ${id} is revoked\n`);
      }),
    );

  program
    .command('sign-in')
    .description('print a link that signs an administrator in once, within a day')
    .action(() =>
      withLaurel(async ({ services }) => {
        const made = await createOneTimeSignIn(services);
        await createAudit(services)('cli', 'sign-in.created', 'one-time sign-in', {});
        process.stdout.write(`${signInLink(services.settings.publicUrl, made)}\n`);
      }),
    );
}
