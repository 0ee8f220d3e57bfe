import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { createOwnFolder } from '../../../tests/support/own-folder.ts';
import { REQUEST_METRICS } from '../../metrics/request-metrics.ts';
import { ConfigError } from '../../shared/errors.ts';
import { createResultDatabase } from './node-database.ts';

const folder = createOwnFolder('result-database');

function query(path: string, sql: string) {
  const database = new sqlite.Database(path, { readOnly: true });
  try {
    return database.all(sql);
  } finally {
    database.close();
  }
}

describe('createResultDatabase', () => {
  it('writes completed and failed requests with the columns of both of evalscope’s eras, in seconds', () => {
    const path = join(folder, 'both.db');
    const database = createResultDatabase(path);
    database.add(
      exampleRecord({ prompt: 'Why "sky"?\u0000', response: '天空\n', chunk_gaps_ms: [2.8, 2.803, 2.8, 3] }),
    );
    database.add(exampleFailure({ index: 1, start_ms: 1200.5, end_ms: 1250.75 }));
    database.close();

    expect(query(path, 'SELECT * FROM result')).toMatchObject([
      {
        request: '{"model":"qwen2.5","prompt":"Why \\"sky\\"?\\u0000","stream":true}',
        start_time: 1,
        chunk_times: '[1.1,1.1028,1.105603,1.108403,1.111403]',
        inter_token_latencies: '[0.0028,0.002803,0.0028,0.003]',
        success: 1,
        response_messages: '["天空\\n"]',
        completed_time: 1.141,
        latency: 0.14,
        first_chunk_latency: 0.1,
        n_chunks: 5,
        chunk_time: 0.011403,
        prompt_tokens: 20,
        completion_tokens: 5,
        max_gpu_memory_cost: null,
        time_per_output_token: 0.01,
        request_id: 'openqa-0',
        is_stream: 1,
      },
      {
        request: null,
        start_time: 1.2005,
        chunk_times: '[]',
        inter_token_latencies: '[]',
        success: 0,
        response_messages: null,
        completed_time: 1.25075,
        latency: null,
        first_chunk_latency: null,
        n_chunks: null,
        chunk_time: null,
        prompt_tokens: null,
        completion_tokens: null,
        max_gpu_memory_cost: null,
        time_per_output_token: null,
        request_id: 'openqa-1',
        is_stream: 1,
      },
    ]);
  });

  it('has a view `requests` under the names that people guess, in milliseconds, also of failed requests', () => {
    const path = join(folder, 'view.db');
    const database = createResultDatabase(path);
    database.add(exampleRecord({ dataset_index: 7, chunk_gaps_ms: [2.8, 2.803, 2.8, 3] }));
    database.add(exampleFailure({ index: 1, start_ms: 1200.5, end_ms: 1250.75 }));
    database.close();
    const columns = 'request_index, prompt_index, success, outcome, ttft_ms, tpot_ms, max_itl_ms, output_tokens';
    expect(query(path, `SELECT ${columns} FROM requests`)).toEqual([
      {
        ...{ request_index: 0, prompt_index: 7, success: 1, outcome: 'completed' },
        ...{ ttft_ms: 100, tpot_ms: 10, max_itl_ms: 3, output_tokens: 5 },
      },
      {
        ...{ request_index: 1, prompt_index: null, success: 0, outcome: 'failed' },
        ...{ ttft_ms: null, tpot_ms: null, max_itl_ms: null, output_tokens: null },
      },
    ]);
    const { failure } = exampleFailure();
    expect(query(path, 'SELECT status, failure_kind, failure_detail FROM requests WHERE success = 0')).toEqual([
      { status: failure?.status, failure_kind: failure?.kind, failure_detail: failure?.detail },
    ]);
    expect(query(path, "SELECT name FROM pragma_table_info('requests')").map(({ name }) => name)).toEqual(
      expect.arrayContaining(REQUEST_METRICS.map(({ key }) => key)),
    );
  });

  it('writes thousands of rows that SQLite finds nothing wrong with, and leaves no other file', () => {
    const path = join(folder, 'many.db');
    const database = createResultDatabase(path);
    for (let index = 0; index < 5000; index++) database.add(exampleRecord({ index, response: 'x'.repeat(500) }));
    database.close();
    expect(query(path, 'SELECT count(*) AS n, count(DISTINCT request_id) AS ids FROM result')).toEqual([
      { n: 5000, ids: 5000 },
    ]);
    expect(query(path, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(readdirSync(folder).filter((name) => name.startsWith('many'))).toEqual(['many.db']);
  });

  it('gives the file the mode that the umask leaves, and its name when it is whole', () => {
    const path = join(folder, 'mode.db');
    const plain = join(folder, 'plain.txt');
    writeFileSync(plain, '');
    const database = createResultDatabase(path);
    database.add(exampleRecord());
    expect(existsSync(path)).toBe(false);
    database.close();
    expect(statSync(path).mode).toBe(statSync(plain).mode);
  });

  it('refuses a file that exists, and leaves it alone', () => {
    const path = join(folder, 'there.db');
    writeFileSync(path, 'mine');
    expect(() => createResultDatabase(path)).toThrow(ConfigError);
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it('leaves no file behind when it is discarded', () => {
    const path = join(folder, 'discarded.db');
    const database = createResultDatabase(path);
    database.add(exampleRecord());
    database.discard();
    expect(existsSync(path)).toBe(false);
  });
});
