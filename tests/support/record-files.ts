import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestRecord } from '../../lib/measure/request-record.ts';
import { readRecords } from '../../lib/records/node-record-reader.ts';

/** Writes files into a folder, each under a name of its own where none is given. @returns their paths */
export function createFileWriter(folder: string, ending: string): (content: string | Buffer, name?: string) => string {
  let files = 0;
  return (content, name = `${++files}.${ending}`) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
}

/** The records of files, and the reader's report of them. */
export async function readFiles(...paths: string[]) {
  const records: RequestRecord[] = [];
  const report = await readRecords(paths, (record) => records.push(record));
  return { records, report };
}
