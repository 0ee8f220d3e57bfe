import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import type { SummaryFile } from '../lib/report/json/summary-json.ts';
import { createFolder, runCli } from './support/cli.ts';
import { describeEngines } from './support/engines.ts';
import { reserveRefusedPort } from './support/refused-port.ts';

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 2, tpotMs: 1, outputTokens: 4 });
});
afterAll(() => mock.close());

describeEngines('several URLs and models', (engine) => {
  it('have rows that add up, thresholds and gates of their own, whatever became of them', async () => {
    const cwd = createFolder();
    const path = '/v1/chat/completions';
    const [host, dead] = [mock.url.slice(7), `127.0.0.1:${await reserveRefusedPort()}`];
    // The URLs take turns, and with each round of them the models do: x, y, x.
    const thresholds = {
      'llm_requests{model:x}': ['count==4'],
      'llm_requests_completed{model:y}': ['count==1'],
      [`llm_requests_sent{url:http://${host}${path}}`]: ['count==3'],
      [`llm_request_failed{url:http://${dead}${path}}`]: ['rate==1'],
    };
    writeFileSync(join(cwd, 'thresholds.json'), JSON.stringify(thresholds));
    const gates = [
      'total_requests{model:x}==4',
      'p99(ttft){model:y}<60000',
      `success_rate{url:${host}}==1`,
      `success_rate{url:http://${dead}${path}}==0`,
    ];
    const words = [
      ...['--engine', engine, '--url', `${mock.url}/v1?key=sesame,http://${dead}/v1`, '--model', 'x:2,y:1'],
      ...['--number', '6', '--parallel', '2', '--no-timestamp', '--no-test-connection'],
      ...['--thresholds', 'thresholds.json', ...gates.flatMap((gate) => ['--gate', gate])],
    ];
    const { code, stdout, stderr } = await runCli(words, { cwd });
    expect(stdout).toContain('Gates: 4 passed, 0 crossed');
    expect(stdout).toContain('Thresholds: 4 passed, 0 crossed');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /By model: \n.+\n\| Model \| Requests \| Success .+\n.+\n.+\n\| +x \| +4 \| +50\.0% \| .+\n\| +y \| +2 /,
    );
    expect(stdout).toMatch(
      new RegExp(`By URL: \\n(.+\\n)+\\| +${dead} \\| +3 \\| +0\\.0% \\| +– \\| +– \\| +– \\| +– \\|`),
    );
    const folder = join(cwd, 'outputs', 'x+y');
    const { summary } = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as SummaryFile;
    const rowsOf = (rows: typeof summary.by_model) =>
      rows.map(({ name, completed, failed }) => [name, completed, failed]);
    expect(rowsOf(summary.by_model)).toEqual([
      ['x', 2, 2],
      ['y', 1, 1],
    ]);
    expect(summary.by_url.map(({ completed, failed }) => completed * 10 + failed).sort()).toEqual([3, 30]);
    const markdown = readFileSync(join(folder, 'summary.md'), 'utf8');
    expect(markdown).toContain('| Model | Requests | Success | TTFT ms |');
    const page = readFileSync(join(folder, 'perf_report.html'), 'utf8');
    expect(page).toContain('"title":"By URL"');
    expect([stdout, stderr, markdown, page].some((text) => text.includes('sesame'))).toBe(false);
  });
});
