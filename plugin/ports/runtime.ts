/** What the domain needs from the machine it runs on, handed in so that tests can hold it still. */

export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Structured logging. Messages are constant sentences, facts go into the fields; neither holds names, e-mail addresses,
 *  usernames or secrets: a learner is named by `learnerId`. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
