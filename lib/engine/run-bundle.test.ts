import { describe, expect, it } from 'vitest';
import { lines, runScript } from '../../tests/support/engine/run-script.ts';

const QUIET = `export function handleSummary() { return { stdout: '' }; }`;
const run = (source: string, options = {}) => runScript(`${source}\n${QUIET}`, options);

describe('exit codes and texts', () => {
  // Run in k6 v2.2 with the same scripts: the same codes, and its texts after `error: `.
  it.each([
    ['no function', 'export const options = {};', 255, 'no exported functions in script'],
    ['no default', 'export function foo() {}', 104, "executor default: function 'default' not found in exports"],
    [
      'no exec function',
      "export const options = { scenarios: { a: { executor: 'shared-iterations', exec: 'foo' } } }; export default () => {};",
      104,
      "executor a: function 'foo' not found in exports",
    ],
    [
      'unknown executor',
      "export const options = { scenarios: { a: { executor: 'x' } } }; export default () => {};",
      104,
      ": unknown executor type 'x'",
    ],
    [
      'bad threshold',
      "export const options = { thresholds: { checks: ['avg<1'] } }; export default () => {};",
      104,
      'unsupported aggregation method avg on metric of type rate',
    ],
    [
      'unknown metric',
      "export const options = { thresholds: { nope: ['rate<1'] } }; export default () => {};",
      104,
      'invalid threshold defined on nope; reason: no metric name "nope" found',
    ],
    ['exception in init', "throw new Error('boom'); export default () => {};", 107, 'Error: boom'],
    [
      'abort in init',
      "import exec from 'k6/execution'; exec.test.abort('because'); export default () => {};",
      108,
      'test aborted: because',
    ],
    [
      'setup is no function',
      'export const setup = 1; export default () => {};',
      255,
      "exported 'setup' must be a function",
    ],
  ])('%s', async (_name, script, code, text) => {
    const result = await runScript(script);
    expect(result.exitCode).toBe(code);
    expect(result.stderr).toContain(text);
    expect(result.summaryData).toBeNull();
  });

  it.each([
    [
      'exception in setup',
      "export function setup() { throw new Error('boom'); } export default () => {};",
      107,
      'Error: boom',
    ],
    [
      'exception in teardown',
      "export function teardown() { throw new Error('boom'); } export default () => {};",
      107,
      'Error: boom',
    ],
    [
      'abort in setup',
      "import exec from 'k6/execution'; export function setup() { exec.test.abort('because'); } export default () => {};",
      108,
      'test aborted: because',
    ],
    [
      'abort in an iteration',
      "import exec from 'k6/execution'; export default () => { try { exec.test.abort('because'); } catch {} };",
      108,
      'test aborted: because',
    ],
    [
      'fail in an iteration',
      "import exec from 'k6/execution'; export default () => { exec.test.fail('why'); };",
      110,
      'test marked as failed: why',
    ],
    [
      'setup takes too long',
      "import { sleep } from 'k6'; export const options = { setupTimeout: '50ms' }; export async function setup() { await sleep(9); } export default () => {};",
      100,
      'setup() execution timed out after 0.05 seconds',
    ],
    [
      'crossed thresholds',
      "export const options = { thresholds: { iterations: ['count<1'], iteration_duration: ['avg<0'] } }; export default () => {};",
      99,
      "thresholds on metrics 'iteration_duration, iterations' have been crossed",
    ],
  ])('%s, and the summary is still made', async (_name, script, code, text) => {
    const result = await run(script);
    expect(result.exitCode).toBe(code);
    expect(result.stderr).toContain(text);
    expect(result.data.metrics).toHaveProperty('data_sent');
  });

  it('logs an exception of an iteration with the script line, counts the iteration, and ends well', async () => {
    const result = await run(`
      export const options = { iterations: 3 };
      export default function () { throw new Error('inner'); }`);
    expect(result.exitCode).toBe(0);
    expect(result.data.metrics['iterations']?.values['count']).toBe(3);
    expect(result.stderr).toMatch(/error: Error: inner\n\s+at default \(file:.*script\.js:3:\d+\)\n/);
  });

  it('names a missing script', async () => {
    const result = await runScript('export default () => {}', { bundlePath: '/nowhere/x.js' } as object);
    expect(result.exitCode).toBe(255);
    expect(result.stderr).toContain('/nowhere/x.js');
  });

  it('reports thresholds one by one', async () => {
    const { thresholds, data } = await run(
      "export const options = { thresholds: { iterations: ['count>0', 'count>5'], vus: [] } }; export default () => {};",
    );
    expect(thresholds).toEqual([
      { metric: 'iterations', expression: 'count>0', ok: true },
      { metric: 'iterations', expression: 'count>5', ok: false },
    ]);
    expect(data.metrics['iterations']?.thresholds).toEqual({ 'count>0': { ok: true }, 'count>5': { ok: false } });
    expect(data.metrics['vus']).toEqual({ type: 'gauge', contains: 'default', values: { value: 0, min: 0, max: 0 } });
  });
});

describe('lifecycle', () => {
  it('runs init once per copy, passes setup data as copies, and calls teardown', async () => {
    const result = await runScript(`
      console.log('init ' + __VU);
      let state = 0;
      export const options = { scenarios: { a: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } } };
      export function setup() { state = 5; return { n: 1, u: undefined, d: new Date(0) }; }
      export default function (data) { console.log('iteration ' + JSON.stringify([__VU, __ITER, state, data])); data.n++; }
      export function teardown(data) { console.log('teardown ' + JSON.stringify(data)); }
      export function handleSummary(data) { console.log('summary ' + JSON.stringify([state, data.setup_data])); return {}; }
    `);
    const said = lines(result);
    expect(said.filter((line) => line.startsWith('init')).sort()).toEqual([
      'init 0',
      'init 0',
      'init 0',
      'init 0',
      'init 1',
      'init 2',
    ]);
    const data = (n: number) => `{"n":${n},"u":null,"d":"1970-01-01T00:00:00.000Z"}`;
    expect(said.filter((line) => line.startsWith('iteration')).sort()).toEqual([
      `iteration [1,0,0,${data(1)}]`,
      `iteration [1,1,0,${data(2)}]`,
      `iteration [2,0,0,${data(1)}]`,
      `iteration [2,1,0,${data(2)}]`,
    ]);
    expect(said).toContain(`teardown ${data(1)}`);
    expect(said).toContain(`summary [0,${data(1)}]`);
  });

  it('gives __ENV, and that of the scenario on top', async () => {
    const result = await run(
      `export const options = { scenarios: { a: { executor: 'shared-iterations', env: { B: 'own' }, exec: 'work' } } };
       console.log(__ENV.A + __ENV.B);
       export function work() { console.log(__ENV.A + __ENV.B); }`,
      { env: { A: 'x', B: 'y' } },
    );
    expect(lines(result)).toEqual(['xy', 'xy', 'xown', 'xy']);
  });

  it('writes what handleSummary returns and keeps the exit code when that fails', async () => {
    const result = await runScript(`
      export default () => {};
      export async function handleSummary(data) {
        return { stdout: 'out', stderr: 'err', 'summary.json': JSON.stringify(data), 'bytes.bin': new Uint8Array([1, 2]).buffer, 'no/such/folder': 'x' };
      }`);
    expect(result.stdout).toBe('out');
    expect(result.stderr).toContain('err');
    expect([...result.bytes('bytes.bin')]).toEqual([1, 2]);
    expect(result.stderr).toContain(
      "failed to handle the end-of-test summary: Could not save some summary information:\n\t- could not open 'no/such/folder'",
    );
    expect(result.exitCode).toBe(0);
    const data = JSON.parse(result.read('summary.json')) as Record<string, unknown>;
    expect(Object.keys(data).sort()).toEqual(['metrics', 'options', 'root_group', 'state']);
    expect(data['options']).toEqual({
      summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'],
      summaryTimeUnit: '',
      noColor: false,
    });
    expect(data['state']).toEqual({ isStdOutTTY: false, isStdErrTTY: false, testRunDurationMs: expect.any(Number) });
    expect(data['metrics']).not.toHaveProperty('http_reqs');
  });

  it('prints its own summary without handleSummary, and when that throws', async () => {
    const without = await runScript('export default () => {};');
    expect(without.stdout).toMatch(/metrics\n.*\n {2}iterations\.*: count=1 rate=/s);
    const thrower = await runScript(
      "export default () => {}; export function handleSummary() { throw new Error('oops'); }",
    );
    expect(thrower.stdout).toContain('iterations');
    expect(thrower.stderr).toContain('oops');
    expect(thrower.exitCode).toBe(0);
  });

  it('runs one run after the other in one process, each with its own metrics and a fresh script', async () => {
    const script = (n: number) => `
      import { Counter } from 'k6/metrics';
      const c = new Counter('runs');
      export const options = { vus: 2, iterations: ${n} };
      export default () => { c.add(1); };`;
    expect((await run(script(2))).data.metrics['runs']?.values['count']).toBe(2);
    expect((await run(script(5))).data.metrics['runs']?.values['count']).toBe(5);
  });

  it('leaves no timer and no connection behind', async () => {
    const before = process
      .getActiveResourcesInfo()
      .filter((name) => name === 'Timeout' || name.startsWith('TCP')).length;
    await run(`
      import { sleep } from 'k6'; import http from 'k6/http';
      export const options = { scenarios: { a: { executor: 'constant-vus', vus: 3, duration: '1s', gracefulStop: '0s' } },
        thresholds: { iterations: [{ threshold: 'count>=0', abortOnFail: true }] } };
      export default async function () { setTimeout(() => {}, 60000); setInterval(() => {}, 1000); http.get('http://127.0.0.1:1/'); await sleep(60); }`);
    const after = process
      .getActiveResourcesInfo()
      .filter((name) => name === 'Timeout' || name.startsWith('TCP')).length;
    expect(after).toBeLessThanOrEqual(before);
  });
});

describe('stopping', () => {
  it('stops iterations at once on the signal, runs teardown and summary, and ends with 105', async () => {
    const controller = new AbortController();
    let stderr = '';
    const result = await runScript(
      `import { sleep } from 'k6'; import { Counter } from 'k6/metrics';
       const begun = new Counter('begun'), ended = new Counter('ended');
       export const options = { vus: 3, duration: '60s' };
       export default async function () { begun.add(1); console.log('BEGUN'); try { await sleep(50); } finally { ended.add(1); } }
       export function teardown() { console.log('TEARDOWN'); }
       export function handleSummary() { return { stdout: 'SUMMARY' }; }`,
      {
        signal: controller.signal,
        out: ['json=OUT/samples.json'],
        stderr: {
          write: (text) => {
            stderr += text;
            if (stderr.split('BEGUN').length > 3) controller.abort();
          },
        },
      },
    );
    expect(result.exitCode).toBe(105);
    expect(result.stdout).toBe('SUMMARY');
    expect(stderr).toContain('TEARDOWN');
    expect(stderr).toContain("test run was aborted because the Node engine received an 'interrupt' signal");
    expect(result.data.metrics['begun']?.values['count']).toBe(3);
    expect(result.data.metrics).not.toHaveProperty('ended');
    expect(result.data.metrics).not.toHaveProperty('iterations');
    expect(result.read('samples.json').match(/"metric":"begun","type":"Point"/g)).toHaveLength(3);
  });

  it('ends with 105 before it began when the signal is already there', async () => {
    const result = await run('export default () => {};', { signal: AbortSignal.abort() });
    expect(result.exitCode).toBe(105);
  });

  it('stops when a threshold with abortOnFail is crossed', async () => {
    const result = await run(`
      import { sleep } from 'k6'; import { Rate } from 'k6/metrics';
      const failed = new Rate('failed');
      export const options = { vus: 1, duration: '60s', thresholds: { failed: [{ threshold: 'rate<0.5', abortOnFail: true }] } };
      export default async function () { failed.add(1); await sleep(0.2); }`);
    expect(result.exitCode).toBe(99);
    expect(result.stderr).toContain(
      "thresholds on metrics 'failed' were crossed; at least one has abortOnFail enabled, stopping test prematurely",
    );
    expect(result.data.state.testRunDurationMs).toBeLessThan(10_000);
  });
});
