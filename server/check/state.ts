/** What Laurel itself knows: people who can get in, badges that cannot be issued, what waits, and, where asked for, whether
 *  others answer. */

import { english } from '../../plugin/words.ts';
import type { Laurel } from '../compose.ts';
import { shownTroubles } from '../http/providers/template-troubles.ts';
import type { HealthReport } from '../http/services.ts';
import { crossingReferences } from '../organisations/references.ts';
import { crossingWords } from '../organisations/torn-designs.ts';
import { isOwed } from '../scheduler/missed-times.ts';
import { type CheckLine, ok, problem, warning } from './line.ts';

/** What only a process with these parts can say. */
const NOT_HERE = ['process', 'database', 'rabbitmq', 'lms'];
const LATE_MS = 5 * 60_000;

const REMEDIES: Readonly<Record<string, string>> = {
  effects: 'look at the page Effects, or `laurel effects list --state failed`',
  accounts: 'look at the page Providers',
  mails: 'look at the page Mails',
  'dead-letters': 'look at the page Dead letters, or `laurel dead-letters list`',
};

export async function checkState({ services, ruleBook }: Laurel): Promise<readonly CheckLine[]> {
  const [report, accounts, troubles, schedules] = await Promise.all([
    services.health(),
    services.access.accounts(),
    ruleBook.refresh().then(async () => shownTroubles(await services.badges.list(), services)),
    services.credentials.schedules(),
  ]);
  const owned = await services.belongings.all();
  const crossings = await crossingReferences(services);
  const late = schedules.filter(
    (one) =>
      one.enabled &&
      one.nextDueAt !== null &&
      !isOwed(one) &&
      services.clock.now().getTime() - one.nextDueAt.getTime() > LATE_MS,
  );
  return [
    ...fromHealth(report),
    accounts.length > 0
      ? ok('people', `${accounts.length} can sign in`)
      : warning('people', 'nobody can sign in yet', 'start Laurel and follow the link that it prints'),
    ...(troubles.length === 0 ? [ok('badges', 'every active badge has its template')] : []),
    ...troubles.map(({ badge, message }) =>
      problem('badges', `${badge}: ${english(message)}`, 'see the page of the badge'),
    ),
    ...(owned.length > 0 && crossings.length === 0
      ? [ok('organisations', 'nothing names what others who see it do not see')]
      : []),
    ...crossings.map((one) =>
      warning(
        'organisations',
        english(crossingWords(one)),
        'open the page System, Accounts, Organisations, which gives things away',
      ),
    ),
    late.length === 0
      ? ok('schedules', schedules.length === 0 ? 'none' : 'none is late')
      : problem(
          'schedules',
          `${late.length} are due for more than five minutes`,
          'run `laurel serve`: only it has the scheduler',
        ),
  ];
}

function fromHealth({ checks }: HealthReport): readonly CheckLine[] {
  return Object.entries(checks)
    .filter(([name]) => !NOT_HERE.includes(name))
    .map(([name, { status, message }]) =>
      status === 'ok' || status === 'off'
        ? ok(name, message)
        : warning(name, message, REMEDIES[name] ?? 'see the page System'),
    );
}

/** One of those that are called, to be looked at by itself. */
export interface OtherToAsk {
  readonly name: string;
  /** What to do where it does not answer. */
  readonly todo: string;
  work(): Promise<readonly CheckLine[]>;
}

/** Calls out: accounts at providers and the LMS. */
export async function othersToAsk({ services }: Laurel): Promise<readonly OtherToAsk[]> {
  const accounts = (await services.providerStore.accounts()).flatMap((account): OtherToAsk[] => {
    const name = `account ${account.provider}/${account.slug}`;
    const todo = 'see the page of the account';
    // Laurel's own, which the first Open Badge template brings, has nobody to ask.
    const isElsewhere = services.providers.get(account.provider)?.capabilities.accounts !== null;
    if (!account.enabled || !isElsewhere) return [];
    const work = async () => {
      const { account: checked, facts } = await services.accounts.check(account.id);
      return [
        facts === null
          ? problem(name, checked.lastCheck?.message ?? 'does not work', todo)
          : ok(name, ['works', ...facts.notes].join(', ')),
      ];
    };
    return [{ name, todo, work }];
  });
  const { lms } = services;
  return lms === null ? accounts : [...accounts, { name: 'lms', todo: LMS_TODO, work: () => askLms(lms) }];
}

const LMS_TODO = 'docs/how-to/connect-an-lms.md tells what it needs';

async function askLms(lms: NonNullable<Laurel['services']['lms']>): Promise<readonly CheckLine[]> {
  return (await lms.check(null)).map(({ state, name, message }) =>
    state === 'failed' ? problem(`lms: ${name}`, message, LMS_TODO) : ok(`lms: ${name}`, message),
  );
}
