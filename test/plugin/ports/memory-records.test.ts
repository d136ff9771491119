import { memoryRecords } from '../../../plugin/ports/memory-records.ts';
import { type Book, bookShape, recordsContract } from '../../contracts/records.ts';
import { sortedRecordsContract } from '../../contracts/sorted-records.ts';

const arrayOf = async (books: readonly Book[]) => memoryRecords(bookShape, () => books);

recordsContract('an array', arrayOf);
sortedRecordsContract('an array', arrayOf);
