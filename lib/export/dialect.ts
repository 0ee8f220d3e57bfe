import type { RequestRecord } from '../measure/request-record.ts';

/** What a tool's file says beside what the records tell. */
interface ExportContext {
  /** The configuration of the run, secrets masked; empty where the samples hold none. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly model: string;
  /** Requests in flight; null where nobody tells. */
  readonly concurrency: number | null;
  /** Requests that were sent and left no record. */
  readonly unfinishedRequests: number;
}

/** One run in the keys and by the definitions of another tool, or as a table with a row a request. */
export interface Dialect {
  /** In any order; warm-up requests are left out before. */
  add(record: RequestRecord): void;
  /**
   * The content of the tool's file, an object that of its JSON file; a number that the records do not hold is null or
   * absent, never a guess.
   */
  build(context: ExportContext): Readonly<Record<string, unknown>> | string | Uint8Array;
}
