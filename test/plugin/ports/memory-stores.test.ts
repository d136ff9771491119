import { MemoryBadgeStore } from '../../../plugin/ports/memory-badge-store.ts';
import { MemoryEventLog } from '../../../plugin/ports/memory-event-log.ts';
import { MemoryLearnerStore } from '../../../plugin/ports/memory-learner-store.ts';
import { MemoryProgressStore } from '../../../plugin/ports/memory-progress-store.ts';
import { badgeStoreContract } from '../../contracts/badge-store.ts';
import { eventLogContract } from '../../contracts/event-log.ts';
import { learnerStoreContract } from '../../contracts/learner-store.ts';
import { progressStoreContract } from '../../contracts/progress-store.ts';

learnerStoreContract('the memory twin', async () => new MemoryLearnerStore());
badgeStoreContract('the memory twin', async () => new MemoryBadgeStore());
progressStoreContract('the memory twin', async () => new MemoryProgressStore());
eventLogContract('the memory twin', async () => new MemoryEventLog());
