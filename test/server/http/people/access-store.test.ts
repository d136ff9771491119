import { MemoryAccessStore } from '../../../../server/http/people/access-store.ts';
import { accessStoreContract } from '../../../contracts/access-store.ts';

accessStoreContract('in memory', async () => new MemoryAccessStore());
