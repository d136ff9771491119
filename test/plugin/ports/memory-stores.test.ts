import { MemoryBadgeStore } from '../../../plugin/ports/memory-badge-store.ts';
import { MemoryJobStore } from '../../../plugin/ports/memory-job-store.ts';
import { MemoryLearnerStore } from '../../../plugin/ports/memory-learner-store.ts';
import { MemoryProgressStore } from '../../../plugin/ports/memory-progress-store.ts';
import { badgeStoreContract } from '../../contracts/badge-store.ts';
import { jobStoreContract } from '../../contracts/job-store.ts';
import { learnerStoreContract } from '../../contracts/learner-store.ts';
import { progressStoreContract } from '../../contracts/progress-store.ts';

learnerStoreContract('the memory twin', async () => new MemoryLearnerStore());
badgeStoreContract('the memory twin', async () => new MemoryBadgeStore());
progressStoreContract('the memory twin', async () => new MemoryProgressStore());
jobStoreContract('the memory twin', async () => new MemoryJobStore());
