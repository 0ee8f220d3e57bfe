import { join } from 'node:path';
import type { RequestRecord } from '../../measure/request-record.ts';
import { classifyLine } from '../../records/node-classify-line.ts';
import { parsePoint } from '../../records/node-record-reader.ts';
import { parseRecord, parseRecordLine, type RecordProblem } from '../../records/parse-record.ts';
import { kindOfLine } from '../../records/record-line.ts';
import { RECORDS_FILE, SAMPLES_FILE } from '../../shared/result-files.ts';
import { followLines, repeat } from './follow-lines.ts';

/** A look takes some hundredths of a second, in which the Node engine reads nothing: no more of them than it has to be. */
const POLL_MS = 250;

/**
 * Reads the requests of a run's load while it goes on, its warm-up too, from the file that its engine writes.
 *
 * @param folder of the run
 * @returns ends the following, once what is left has been taken
 */
export function followRecords(folder: string, take: (record: RequestRecord) => void): () => Promise<void> {
  const followers = [RECORDS_FILE, SAMPLES_FILE].map((name) =>
    followLines(join(folder, name), (line) => {
      const record = readRecord(line);
      if (record !== null && record.probe !== true) take(record);
    }),
  );
  const stop = repeat(async () => {
    for (const { read } of followers) await read();
  }, POLL_MS);
  return async () => {
    await stop();
    for (const { end } of followers) await end();
  };
}

/** The record that a line of ours, or a sample of k6's, holds; null for any other line. */
function readRecord(line: Buffer): RequestRecord | null {
  const kind = classifyLine(line);
  let record: RequestRecord | RecordProblem | null = null;
  if (kind === 'own') {
    const own = line.toString('utf8');
    record = kindOfLine(own) === 'record' ? parseRecordLine(own) : null;
  } else if (kind === 'request') {
    const text = parsePoint(line)?.metadata['record'];
    record = typeof text === 'string' ? parseRecord(text) : null;
  }
  return record === null || 'problem' in record ? null : record;
}
