import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { lines, runScript } from '../../../tests/support/engine/run-script.ts';

const END = `export function handleSummary() { return { stdout: '' }; }`;

describe('loading a script', () => {
  it.each([
    ["import ws from 'k6/ws'; export default () => {};", 'unknown module: k6/ws'],
    ["import x from 'k6/x/other'; export default () => {};", 'unknown module: k6/x/other'],
    ["import fs from 'node:fs'; export default () => {};", 'unknown module: node:fs'],
    ["import x from 'https://jslib.k6.io/a.js'; export default () => {};", 'unknown module: https://jslib.k6.io/a.js'],
    [
      "import { batch } from 'k6/http'; export default () => {};",
      "The requested module 'k6/http' does not provide an export named 'batch'",
    ],
  ])('%s is refused by name, with the advice to use k6', async (script, text) => {
    const result = await runScript(script);
    expect(result.exitCode).toBe(107);
    expect(result.stderr).toContain(text);
    expect(result.stderr).toContain('run this script with k6');
  });

  it('takes default, named and namespace imports of every module', async () => {
    const result = await runScript(`
      import k6, { sleep } from 'k6'; import * as k6All from 'k6';
      import http, { get } from 'k6/http'; import * as httpAll from 'k6/http';
      import metrics, { Trend } from 'k6/metrics';
      import data, { SharedArray } from 'k6/data';
      import exec, { vu, scenario } from 'k6/execution';
      import sse, { open as openStream } from 'k6/x/sse';
      export default () => {
        console.log(k6.sleep === sleep, k6All.sleep === sleep, http.get === get, httpAll.get === get, metrics.Trend === Trend,
          data.SharedArray === SharedArray, vu.idInTest === exec.vu.idInTest, scenario.name, sse.open === openStream);
      };
      ${END}`);
    expect(lines(result)).toEqual(['true true true true true true true default true']);
  });

  it('gives each copy its own state, also in modules that it imports', async () => {
    const result = await runScript(
      `import { next } from './counter.js';
       export const options = { scenarios: { a: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } } };
       export default () => console.log(__VU + ':' + next());
       ${END}`,
      { files: { 'counter.js': 'let n = 0; export const next = () => __VU * 10 + ++n;' } },
    );
    expect(lines(result).sort()).toEqual(['1:11', '1:12', '2:21', '2:22']);
  });

  it.each([
    ['export const a = 1; export { a as b }; export default 3;', 'import d, { a, b } from "./m.js";', 'd + a + b', '5'],
    ['export function f() { return g(); } const g = () => 4;', 'import * as m from "./m.js";', 'm.f()', '4'],
    ['export * from "./n.js"; export * as n from "./n.js";', 'import { one, n } from "./m.js";', 'one + n.one', '2'],
    [
      'export { one as "a b", default } from "./n.js";',
      'import d from "./m.js"; import { "a b" as x } from "./m.js";',
      'x + d.name',
      '1N',
    ],
    ['export default (0, () => 6); // )', 'import f from "./m.js";', 'f() + f.name', '6'],
    ['export default (() => 6)', 'import f from "./m.js";', 'f() + f.name', '6default'],
    [
      'export const { a, b: [c = 7], ...rest } = { a: 1, b: [], z: 2 };',
      'import { c, rest } from "./m.js";',
      'c + rest.z',
      '9',
    ],
    [
      'export default () => import.meta.resolve("./n.js");',
      'import f from "./m.js";',
      'f.name + f().slice(-5)',
      'default/n.js',
    ],
    ['export let n = 0; export const add = () => ++n;', 'import * as m from "./m.js"; m.add();', 'm.n', '1'],
    [
      'export class A {}; export const got = await Promise.resolve(8);',
      'import { A, got } from "./m.js";',
      'got + A.name',
      '8A',
    ],
    ['#!/bin/k6\nexport default class {}', 'import C from "./m.js";', 'typeof C + this', 'functionundefined'],
  ])('links %j with %s', async (module, imports, expression, expected) => {
    const result = await runScript(
      `${imports} const value = ${expression}; export default () => console.log(value); ${END}`,
      {
        files: { 'm.js': module, 'n.js': 'export const one = 1; export default class N {}' },
      },
    );
    expect(result.stderr).toBe(`${expected}\n`);
  });

  it.each([
    ['export let n = 0; export const add = () => ++n;', "'n' of './m.js' has changed since it was imported"],
    ['import "./script.js"; export let n = 0; export const add = () => {};', 'script.js imports itself in a circle'],
    ['export let n = ;', 'SyntaxError: Unexpected token'],
    [
      'import d, { a, "b c" as e } from "./script.js";',
      'SyntaxError: the Node engine reads no quoted name beside a def',
    ],
  ])('says what it cannot link: %j', async (module, text) => {
    const result = await runScript(
      `import { n, add } from './m.js'; export default () => { add(); console.log(n); }; ${END}`,
      {
        files: { 'm.js': module },
      },
    );
    expect(result.stderr).toContain(text);
    expect(result.exitCode).toBe(107);
  });

  it('lets the script declare names that k6 has as globals', async () => {
    const result = await runScript(`
      function open(name) { return 'own ' + name; }
      const setTimeout = 1;
      class Math { static max() { return 'mine'; } }
      let __ITER = 'x';
      export default () => console.log(open('a'), setTimeout, Math.max(), __ITER, __VU);
      ${END}`);
    expect(lines(result)).toEqual(['own a 1 mine x 1']);
  });

  it('leaves nothing of its copies when the run is over', async () => {
    const kept = globalThis as { copies?: WeakRef<object>[] };
    kept.copies = [];
    await runScript(`const own = {}; copies.push(new WeakRef(own)); export default () => own; ${END}`);
    setFlagsFromString('--expose-gc');
    // A weak reference holds what it refers to until the end of the turn that made or read it.
    await new Promise((resolve) => setImmediate(resolve));
    (runInNewContext('gc') as () => void)();
    expect(kept.copies.map((copy) => copy.deref())).toEqual(kept.copies.map(() => undefined));
    expect(kept.copies.length).toBeGreaterThan(1);
  });

  it('keeps line numbers of the script in stacks', async () => {
    const result = await runScript(`// one\n// two\nexport default () => { throw new Error('here'); };\n${END}`);
    expect(result.stderr).toMatch(/script\.js:3:/);
  });

  it('opens files beside the script, in init only, and later only those the first copy opened', async () => {
    const result = await runScript(
      `const text = open('./data.txt');
       const bytes = open('data.txt', 'b');
       let refused; if (__VU > 0) { try { open('other.txt'); } catch (e) { refused = e.message; } }
       export default () => {
         console.log(text, bytes.byteLength, /weren't previously opened/.test(refused));
         try { open('data.txt'); } catch (e) { console.log(e.message); }
       };
       ${END}`,
      { files: { 'data.txt': 'hé', 'other.txt': '' } },
    );
    expect(lines(result)).toEqual([
      'hé 3 true',
      'The "open()" function is only available in the init stage (i.e. the global scope)',
    ]);
    const missing = await runScript(`open('nothing.txt'); export default () => {};`);
    expect(missing.exitCode).toBe(107);
    expect(missing.stderr).toMatch(/open .*nothing\.txt: no such file or directory/);
  });

  it('sends console to stderr in the form of k6', async () => {
    const result = await runScript(`
      export default () => {
        console.log('a', 1, true, null, undefined, { a: 1, b: ['x', { c: null }] }, [], () => {});
        console.warn('w'); console.error(new Error('e')); console.info('i'); console.debug('d');
      };
      ${END}`);
    expect(lines(result)).toEqual([
      'a 1 true null undefined { a: 1, b: [ "x", { c: null } ] } [] [object Function]',
      'w',
      'Error: e',
      'i',
    ]);
    expect(result.stdout).toBe('');
  });

  it('lets an iteration last as long as its timers and open requests', async () => {
    const result = await runScript(`
      import { sleep } from 'k6';
      export const options = { iterations: 2 };
      let n = 0;
      export default () => {
        console.log('begin ' + ++n);
        setTimeout(() => console.log('timer ' + n), 20);
        const id = setTimeout(() => console.log('never'), 10); clearTimeout(id);
        let ticks = 0; const every = setInterval(() => { if (++ticks === 2) clearInterval(every); }, 5);
        sleep(0.03).then(() => console.log('slept ' + n + ' ' + ticks));
      };
      ${END}`);
    expect(lines(result)).toEqual(['begin 1', 'timer 1', 'slept 1 2', 'begin 2', 'timer 2', 'slept 2 2']);
  });

  it('logs a promise that nobody awaited, and goes on', async () => {
    const result = await runScript(`
      export const options = { iterations: 2 };
      export default () => { Promise.reject(new Error('lost')); };
      ${END}`);
    expect(result.exitCode).toBe(0);
    expect(result.stderr.match(/Uncaught \(in promise\) Error: lost/g)).toHaveLength(2);
  });

  it('logs such a promise of the last call of all', async () => {
    const result = await runScript(`
      export default () => {};
      export function handleSummary() { Promise.reject(new Error('lost at the end')); return { stdout: '' }; }`);
    expect(result.stderr).toContain('Uncaught (in promise) Error: lost at the end');
  });
});
