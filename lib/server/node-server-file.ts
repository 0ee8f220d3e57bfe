import { existsSync, readFileSync } from 'node:fs';
import { parseJson } from '../shared/json.ts';
import { parseServerReading, type ServerReading } from './server-reading.ts';

/** The looks that a file holds, a line each; what a killed command left of a last line is passed over. */
export function readServerFile(path: string): ServerReading[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => parseServerReading(parseJson(line)))
    .filter((reading): reading is ServerReading => reading !== null);
}
