import { memoryRecords } from '../../../plugin/ports/memory-records.ts';
import { bookShape, recordsContract } from '../../contracts/records.ts';

recordsContract('an array', async (books) => memoryRecords(bookShape, () => books));
