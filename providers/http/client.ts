/** The port that `createHttpClient` implements, at hand for adapters. */

export type * from '../../plugin/ports/http-client.ts';
