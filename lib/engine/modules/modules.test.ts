import { describe, expect, it } from 'vitest';
import { jsonLines, runScript, type ScriptOptions } from '../../../tests/support/engine/run-script.ts';

/** Runs `body` as the default function, with everything imported; what it prints comes back parsed. */
async function run(
  body: string,
  { top = '', options = '{ iterations: 1 }', ...rest }: ScriptOptions & { top?: string; options?: string } = {},
) {
  const result = await runScript(
    `import exec from 'k6/execution';
     import { check, fail, group, sleep } from 'k6';
     import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
     import { SharedArray } from 'k6/data';
     export const options = ${options};
     const print = (value) => console.log(JSON.stringify(value));
     const tell = (action) => { try { print(action() ?? null); } catch (e) { print(e.message); } };
     ${top}
     export default async function (data) { ${body} }
     ${top.includes('handleSummary') ? '' : `export function handleSummary() { return { stdout: '' }; }`}`,
    rest,
  );
  const values = jsonLines(result);
  return { ...result, values };
}

describe('k6/metrics', () => {
  it('is one metric for all VUs, with tags, metadata and sub-metrics', async () => {
    const { data, read } = await run(
      `exec.vu.metrics.metadata.record = '{"x":"ü"}';
       ttft.add(exec.vu.idInTest * 10, { model: 'a' });
       delete exec.vu.metrics.metadata.record;
       ttft.add(5); ok.add(true); ok.add(0); level.add(3); level.add(1); count.add(2);`,
      {
        top: `const ttft = new Trend('ttft', true), ok = new Rate('ok'), level = new Gauge('level'), count = new Counter('count');`,
        options: `{ scenarios: { s: { executor: 'per-vu-iterations', vus: 2, iterations: 1 } }, summaryTrendStats: ['count', 'max'], thresholds: { 'ttft{model:a}': [] } }`,
        out: ['json=OUT/samples.json'],
      },
    );
    expect(data.metrics['ttft']).toEqual({ type: 'trend', contains: 'time', values: { count: 4, max: 20 } });
    expect(data.metrics['ttft{model:a}']?.values).toEqual({ count: 2, max: 20 });
    expect(data.metrics['ok']?.values).toEqual({ rate: 0.5, passes: 2, fails: 2 });
    expect(data.metrics['level']?.values).toEqual({ value: 1, min: 1, max: 3 });
    expect(data.metrics['count']?.values['count']).toBe(4);
    const points = read('samples.json')
      .split('\n')
      .filter((line) => line.startsWith('{"metric":"ttft"'));
    expect(points[0]).toMatch(
      /^\{"metric":"ttft","type":"Point","data":\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z","value":10,"tags":\{"group":"","model":"a","scenario":"s"\},"metadata":\{"record":"\{\\"x\\":\\"ü\\"\}"\}\}\}$/,
    );
    expect(points.filter((line) => line.includes('metadata'))).toHaveLength(2);
  });

  it('refuses values, names and times as k6 does', async () => {
    const { values, stderr } = await run(
      `print([t.add('x'), t.add(null), t.add(), t.add('12'), t.add(true), t.name]);
       tell(() => new Trend('late'));
       tell(() => t.add(1, { a: {} }));`,
      { top: `const t = new Trend('tt'); tell(() => t.add(1)); tell(() => new Counter('tt'));` },
    );
    // Two lines of init in the first copy and in the VU, then the iteration.
    expect(values.slice(4, 7)).toEqual([
      [false, false, false, true, true, 'tt'],
      'metrics must be declared in the init context',
      "cannot add tags for the 'tt' custom metric: invalid value for metric tag 'a': only String, Boolean and Number types are accepted as a metric tag values",
    ]);
    expect(values.slice(0, 2)).toEqual([
      'Adding to metrics in the init context is not supported',
      "metric 'tt' already exists but with type trend, instead of counter",
    ]);
    expect(stderr).toContain("'x' is an invalid value for metric 'tt', a number or a boolean value is expected");
    expect(stderr).toContain("no value was provided for metric 'tt'");
  });
});

describe('k6/execution', () => {
  it('stays right when its objects are kept over iterations', async () => {
    const { values } = await run(
      `vu ??= exec.vu; sc ??= exec.scenario; inst ??= exec.instance;
       print([vu.idInInstance, vu.idInTest, vu.iterationInInstance, vu.iterationInScenario, sc.iterationInTest, sc.iterationInInstance, sc.name, sc.executor, inst.iterationsCompleted, inst.vusActive, inst.vusInitialized, __VU, __ITER]);
       print([sc.progress, typeof sc.startTime, inst.currentTestRunDuration > last, Number.isInteger(inst.currentTestRunDuration)]);
       last = inst.currentTestRunDuration;`,
      {
        top: 'let vu, sc, inst, last = 0;',
        options: `{ scenarios: { loop: { executor: 'shared-iterations', vus: 1, iterations: 3 } } }`,
      },
    );
    expect(values.filter((_value, index) => index % 2 === 0)).toEqual(
      [0, 1, 2].map((i) => [1, 1, i, i, i, i, 'loop', 'shared-iterations', i, 1, 1, 1, i]),
    );
    expect(values.filter((_value, index) => index % 2 === 1)).toEqual(
      [0, 1 / 3, 2 / 3].map((progress) => [progress, 'number', true, false]),
    );
  });

  it('throws where k6 throws', async () => {
    const { values } = await run('', {
      top: `tell(() => exec.instance); tell(() => exec.scenario); tell(() => exec.vu); tell(() => exec.test.options); tell(() => exec.test.fail());
        export function setup() { print(exec.instance.vusActive); tell(() => exec.scenario.name); print(exec.vu.idInTest); }
        export function teardown() { tell(() => exec.instance); }
        export function handleSummary() { tell(() => exec.instance); return { stdout: '' }; }`,
    });
    const instance = 'getting instance information in the init context is not supported';
    const scenario = 'getting scenario information outside of the VU context is not supported';
    const init = [
      instance,
      scenario,
      'getting VU information in the init context is not supported',
      'getting test options in the init context is not supported',
      'execution.test.fail() called outside of VU context',
    ];
    expect(values.slice(0, 5)).toEqual(init);
    expect(values.filter((value) => !init.includes(value as string))).toEqual([0, 0]);
    // Init of the first copy, the VU, setup, teardown and summary; then setup's scenario, teardown's and summary's instance.
    expect(values.filter((value) => value === instance)).toHaveLength(5 + 2);
    expect(values.filter((value) => value === scenario)).toHaveLength(5 + 1);
  });

  it('keeps tags and metadata of a VU until they are deleted, and no longer than its scenario', async () => {
    const { values } = await run(
      `const { tags, metadata } = exec.vu.metrics;
       print([Object.keys(tags).sort(), metadata.m ?? null, tags.mine ?? null, 'mine' in tags]);
       tags.mine = 1; exec.vu.tags.also = true; metadata.m = 2;
       if (__ITER === 1) { delete tags.mine; delete metadata.m; }
       tell(() => { tags.bad = {}; });`,
      {
        options: `{ tags: { run: 'r' }, scenarios: { a: { executor: 'shared-iterations', iterations: 2, tags: { st: 'x' } } } }`,
      },
    );
    const error =
      "invalid value for metric tag 'bad': only String, Boolean and Number types are accepted as a metric tag values";
    expect(values).toEqual([
      [['group', 'run', 'scenario', 'st'], null, null, false],
      error,
      [['also', 'group', 'mine', 'run', 'scenario', 'st'], '2', '1', true],
      error,
    ]);
  });
});

describe('k6/data', () => {
  it('builds once per run and gives frozen copies', async () => {
    const { values, stderr } = await run(
      `print([array.length, array[1], array.map((x) => x.n), Array.isArray(array), [...array].length, array[9] === undefined]);
       tell(() => { 'use strict'; array[0].n = 5; return array[0].n; });
       tell(() => { array.push(1); });
       tell(() => new SharedArray('late', () => []));
       print(same.length);`,
      {
        top: `const array = new SharedArray('a', () => { console.log('building'); return [{ n: 1 }, { n: 2, d: undefined, x: NaN }]; });
              const same = new SharedArray('a', () => [1, 2, 3]);`,
        options: `{ scenarios: { s: { executor: 'shared-iterations', vus: 1, iterations: 1 } } }`,
      },
    );
    expect(values).toEqual([
      [2, { n: 2, x: null }, [1, 2], true, 2, true],
      expect.stringContaining('read only'),
      'SharedArray is immutable',
      'new SharedArray must be called in the init context',
      2,
    ]);
    expect(stderr.match(/building/g)).toHaveLength(1);
  });

  it('refuses what is not an array', async () => {
    const { values } = await run('', { top: `if (__VU === 0) tell(() => new SharedArray('c', () => ({})));` });
    expect(values[0]).toBe('only arrays can be made into SharedArray');
  });
});

describe('k6', () => {
  it('counts checks and groups in the tree of the summary', async () => {
    const { data, values } = await run(
      `print(group('outer', () => group('inner', () => check(1, { one: (x) => x === 1, two: false }))));
       print(check(0, { top: true }, { extra: 'x' }));
       tell(() => check(0, { thrower: () => { throw new Error('inside'); } }));
       tell(() => group('a::b', () => {}));
       tell(() => group('g', async () => {}));
       tell(() => fail('on purpose'));`,
    );
    expect(values).toEqual([
      false,
      true,
      'inside',
      "group and check names may not contain '::'",
      'group() does not support async functions as arguments',
      'on purpose',
    ]);
    expect(data.metrics['checks']?.values).toEqual({ rate: 0.5, passes: 2, fails: 2 });
    // The ids are k6's for these paths: the MD5 of the path.
    expect(data.root_group).toMatchObject({
      name: '',
      id: 'd41d8cd98f00b204e9800998ecf8427e',
      groups: [
        {
          name: 'outer',
          path: '::outer',
          groups: [
            {
              path: '::outer::inner',
              checks: [
                { name: 'one', path: '::outer::inner::one', passes: 1, fails: 0 },
                { name: 'two', passes: 0, fails: 1 },
              ],
            },
          ],
        },
      ],
      checks: [
        { name: 'top', passes: 1 },
        { name: 'thrower', fails: 1 },
      ],
    });
    expect(data.metrics['group_duration']?.type).toBe('trend');
  });

  it('sleeps as long as asked', async () => {
    const { values } = await run(
      `const t = exec.instance.currentTestRunDuration;
       await sleep(0.05);
       print(exec.instance.currentTestRunDuration - t >= 49.9);
`,
    );
    expect(values).toEqual([true]);
  });
});
