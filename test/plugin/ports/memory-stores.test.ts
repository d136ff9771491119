import { MemoryBadgeStore } from '../../../plugin/ports/memory-badge-store.ts';
import { MemoryEventLog } from '../../../plugin/ports/memory-event-log.ts';
import { MemoryJobStore } from '../../../plugin/ports/memory-job-store.ts';
import { MemoryLearnerStore } from '../../../plugin/ports/memory-learner-store.ts';
import { MemoryProgressStore } from '../../../plugin/ports/memory-progress-store.ts';
import { MemoryReplayScratch } from '../../../plugin/ports/memory-replay-scratch.ts';
import { badgeStoreContract } from '../../contracts/badge-store.ts';
import { eventLogContract } from '../../contracts/event-log.ts';
import { jobStoreContract } from '../../contracts/job-store.ts';
import { learnerStoreContract } from '../../contracts/learner-store.ts';
import { progressStoreContract } from '../../contracts/progress-store.ts';
import { replayScratchContract } from '../../contracts/replay-scratch.ts';

learnerStoreContract('the memory twin', async () => new MemoryLearnerStore());
badgeStoreContract('the memory twin', async () => new MemoryBadgeStore());
progressStoreContract('the memory twin', async () => new MemoryProgressStore());
replayScratchContract('the memory twin', async () => new MemoryReplayScratch());
jobStoreContract('the memory twin', async () => new MemoryJobStore());
eventLogContract('the memory twin', async () => new MemoryEventLog());
