/** A server of our own that plays a provider, for trying things out without an account. */

export interface StandIn {
  /** The provider it plays. */
  readonly title: string;
  readonly url: string;
  /** What a person needs to know to use it. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}
