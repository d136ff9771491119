/** What a run of the command line has of the world around it. Nothing here asks the process itself, so that a run in a test
 *  touches nothing but what it was given. */

import type { Readable } from 'node:stream';
import type { Clock } from '../../plugin/ports/runtime.ts';
import { type Colours, coloursFor } from './colour.ts';
import { harmless } from './terminal.ts';

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export interface Surroundings {
  /** The arguments after the program's name; none: `serve`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: Clock;
  /** Resolves when somebody asks the command to end. To be called before what shall end in order begins: who never calls
   *  it, ends at once. */
  untilAsked(): Promise<void>;
  /** Ends the process once the command has ended and its output is written, whatever still holds on to something that does not
   *  answer. Left out: nothing is held on to. */
  letGo?(): void;
}

export class Shell {
  readonly env: Surroundings['env'];
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: Clock;
  readonly untilAsked: () => Promise<void>;
  readonly letGo: () => void;
  /** What the command will end with, where it does not throw. */
  exitCode = 0;

  constructor({ env, stdin, stdout, stderr, clock, untilAsked, letGo = () => {} }: Omit<Surroundings, 'argv'>) {
    this.env = env;
    this.stdin = stdin;
    this.stdout = harmless(stdout);
    this.stderr = harmless(stderr);
    this.clock = clock;
    this.untilAsked = untilAsked;
    this.letGo = letGo;
  }

  printLine(line: string): void {
    this.stdout.write(`${line}\n`);
  }

  printJson(value: unknown): void {
    this.printLine(JSON.stringify(value));
  }

  printError(line: string): void {
    this.stderr.write(`${line}\n`);
  }

  /** As the stream and the environment want them. */
  coloursOf(stream: Output): Colours {
    return coloursFor(stream, this.env);
  }
}
