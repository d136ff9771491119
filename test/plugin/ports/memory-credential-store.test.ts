import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { credentialStoreContract } from '../../contracts/credential-store.ts';

describe('the in-memory credential store', () => {
  credentialStoreContract(async () => new MemoryCredentialStore());
});
