import { MemoryBelongingStore } from '../../../plugin/ports/belongings.ts';
import { belongingStoreContract } from '../../contracts/belonging-store.ts';

belongingStoreContract('memory', async () => new MemoryBelongingStore());
