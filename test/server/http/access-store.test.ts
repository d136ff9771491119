import { MemoryAccessStore } from '../../../server/http/access-store.ts';
import { accessStoreContract } from '../../contracts/access-store.ts';

accessStoreContract('in memory', async () => new MemoryAccessStore());
