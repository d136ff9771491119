import type mongoose from 'mongoose';

/** One change to what the database holds. Forward only: the way back is a backup.
 *
 *  It may be run again after it was killed halfway, and by two processes at once where one of them stood still for longer
 *  than its lock lasted: it changes each document by one update that does nothing where it was done before. */
export interface Migration {
  /** From 1 on, without gaps. */
  readonly number: number;
  readonly name: string;
  /** A program that does not know it must not use the database any more. Otherwise the former version goes on beside the
   *  new one: a field is added in one release, and taken away in a later one. */
  readonly breaking: boolean;
  /** @param stillOurs to be called at least every few seconds; throws when another process has taken over
   *  @returns how many documents it changed */
  run(connection: mongoose.Connection, stillOurs: () => Promise<void>): Promise<number>;
}
