import { MemoryIssuerStore } from '../../../plugin/ports/memory-issuer-store.ts';
import { issuerStoreContract } from '../../contracts/issuer-store.ts';

issuerStoreContract('the memory twin', async () => new MemoryIssuerStore());
