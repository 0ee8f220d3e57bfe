import { dirname, join } from 'node:path';
import type { RequestRecord } from '../../measure/request-record.ts';
import type { ServerReport } from '../../report/tables/server-table.ts';
import { readServerFile } from '../../server/node-server-file.ts';
import { type ClientCounts, reconcile } from '../../server/reconcile.ts';
import type { ServerReading } from '../../server/server-reading.ts';
import { buildServerSeries, type ServerSeries } from '../../server/server-series.ts';
import { summarizeServer } from '../../server/summarize-server.ts';
import { SERVER_FILE } from '../../shared/result-files.ts';
import type { Milliseconds } from '../../shared/units.ts';

/** Counts on the client's side what a server counts: all requests that were sent, warm-ups among them. */
export interface ClientCounter {
  add(record: RequestRecord): void;
  /**
   * @param unfinished requests that were under way at the end
   * @returns null where no server was asked, or none answered
   */
  compare(series: ServerSeries, unfinished: number): ServerReport | null;
}

/**
 * What the servers of a run told.
 *
 * @param files    the records of the run, beside which the command line has put what it read
 * @param readings what the run itself read
 * @param args     the configuration, which names further metrics
 */
export function readServerSeries(
  files: readonly string[],
  readings: readonly ServerReading[],
  args: Readonly<Record<string, unknown>>,
): ServerSeries {
  const folders = [...new Set(files.map((file) => dirname(file)))];
  const besides = folders.flatMap((folder, index) =>
    readServerFile(join(folder, SERVER_FILE)).map((reading) => ({ ...reading, reader: index + 1 })),
  );
  const names = args['server_metric'];
  return buildServerSeries([...readings, ...besides], Array.isArray(names) ? names.map(String) : []);
}

export function createClientCounter(): ClientCounter {
  let [completed, uncertain, parts] = [0, 0, 1];
  const ttft = createTtft();
  let input: number | null = 0;
  let choiceInput: number | null = 0;
  let output: number | null = 0;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  /** When the clock of the records began, since 1970. */
  let epochMs: number | null = null;
  return {
    add(record) {
      const { outcome, started_at, start_ms, end_ms, ttft_ms, clock_steps, choices = 1, inputs = 1 } = record;
      const { input_tokens, output_tokens, token_source } = record;
      // A server's times are of all that it answered: of warm-ups and of those that were cancelled after their first token.
      if (ttft_ms !== null && clock_steps === undefined) ttft.add(ttft_ms);
      epochMs ??= Date.parse(started_at) - start_ms;
      first = Math.min(first, start_ms);
      last = Math.max(last, end_ms);
      if (outcome !== 'completed') {
        uncertain++;
        return;
      }
      completed++;
      // An embedding model ranks by the vectors of the documents and of the query.
      parts = Math.max(parts, choices, inputs === 1 ? 1 : inputs + 1);
      // A count that is not the server's own says nothing beside the server's.
      input = input === null || input_tokens === null ? null : input + input_tokens;
      choiceInput = choiceInput === null || input_tokens === null ? null : choiceInput + choices * input_tokens;
      output = output === null || output_tokens === null || token_source !== 'usage' ? null : output + output_tokens;
    },
    compare(series, unfinished) {
      const span = epochMs === null ? null : { fromMs: epochMs + first, toMs: epochMs + last };
      const summary = span === null ? null : summarizeServer(series, span);
      if (summary === null) return null;
      const tokens = { input_tokens: input, output_tokens: output, choice_input_tokens: choiceInput };
      const counts = { completed, uncertain: uncertain + unfinished, parts, ...tokens };
      return { summary, reconciliation: reconcile(summary, { ...counts, ...ttft.describe() }) };
    },
  };
}

/** The mean of TTFT and its standard error, by Welford's sums. */
function createTtft() {
  let [count, mean, squares] = [0, 0, 0];
  return {
    add(value: Milliseconds): void {
      const off = value - mean;
      mean += off / ++count;
      squares += off * (value - mean);
    },
    describe: (): Pick<ClientCounts, 'ttft_avg_ms' | 'ttft_error_ms'> => ({
      ttft_avg_ms: count === 0 ? null : mean,
      ttft_error_ms: count < 2 ? null : Math.sqrt(squares / (count - 1) / count),
    }),
  };
}
