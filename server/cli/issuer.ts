/** `laurel issuer ...`: Laurel as an issuer of Open Badges, and its keys. */

import type { Command } from 'commander';
import { InputError, NotFoundError } from '../../plugin/errors.ts';
import type { IssuerKey } from '../../plugin/ports/issuer-store.ts';
import { createAudit } from '../http/audit/audit.ts';
import type { Shell } from './shell.ts';
import { withLaurel } from './with-laurel.ts';

export function addIssuerCommands(program: Command, shell: Shell): void {
  const issuer = program.command('issuer');

  issuer
    .command('show')
    .description('print who the badges say issued them, and the keys, the one that signs last')
    .option('--json', 'print one JSON object')
    .action((options: { json?: boolean }) =>
      withLaurel(shell, async ({ services: { openBadges, issuerStore } }) => {
        const { name, url, email } = await openBadges.issuer.profile();
        const keys = await issuerStore.keys();
        const id = openBadges.issuer.addresses.issuerId;
        if (options.json) return shell.printLine(JSON.stringify({ id, name, url, email, keys: keys.map(shown) }));
        shell.printLine(`${id}  ${name}  ${url}${email === null ? '' : `  ${email}`}`);
        for (const key of keys) shell.printLine(lineOf(key, keys));
      }),
    );

  issuer
    .command('rotate-key')
    .description('sign with a new key from now on; what the former ones signed stays valid')
    .action(() =>
      withLaurel(shell, async ({ services }) => {
        const number = await services.openBadges.keyRing.rotate();
        await createAudit(services)('cli', 'issuer-key.rotated', `issuer-key:${number}`);
        shell.printLine(`key ${number} signs from now on`);
      }),
    );

  issuer
    .command('distrust-key')
    .description(
      'trust a key no longer that somebody else has got hold of: copies of badges that it signed fail from now on',
    )
    .argument('<number>', 'as `laurel issuer show` prints it')
    .action((text: string) =>
      withLaurel(shell, async ({ services }) => {
        if (!/^[1-9]\d{0,8}$/.test(text))
          throw new InputError('issuer-key', `${text} is not the number of a key; \`laurel issuer show\` prints them`);
        if (!(await services.issuerStore.distrustKey(Number(text), services.clock.now())))
          throw new NotFoundError(
            'issuer-key',
            `there is no key ${text} that is still trusted; \`laurel issuer show\` prints them`,
          );
        await createAudit(services)('cli', 'issuer-key.distrusted', `issuer-key:${text}`);
        shell.printLine(
          `key ${text} is trusted no longer; badges that it signed are signed anew when they are asked for`,
        );
      }),
    );
}

/** Without what is sealed. */
function shown({ sealedSecret: _, ...key }: IssuerKey) {
  return key;
}

function lineOf({ number, publicKey, createdAt, distrustedAt }: IssuerKey, keys: readonly IssuerKey[]): string {
  const state = distrustedAt !== null ? 'distrusted' : number === keys.at(-1)?.number ? 'signs' : 'trusted';
  return `${number}  ${state.padEnd(10)}  ${createdAt.toISOString()}  ${publicKey}`;
}
