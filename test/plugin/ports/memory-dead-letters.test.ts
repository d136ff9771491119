import { MemoryDeadLetterStore } from '../../../plugin/ports/memory-dead-letters.ts';
import { deadLetterStoreContract } from '../../contracts/dead-letters.ts';

deadLetterStoreContract('in memory', async () => new MemoryDeadLetterStore());
