import { readTags } from '../metrics/tag-set.ts';
import { callAt, now } from '../timing.ts';
import type { Vu } from '../vu/vu.ts';

type K6 = typeof import('k6');

/** `k6` for one VU. `sleep` returns a promise where k6 blocks. */
export function createK6Module(vu: Vu): Pick<K6, 'check' | 'fail' | 'group'> & {
  sleep(seconds: number): Promise<void>;
} {
  return {
    sleep: (seconds: number) => sleep(vu, seconds),
    check: ((value: unknown, checks: unknown, tags?: unknown) => check(vu, value, checks, tags)) as K6['check'],
    group: ((name: string, body: unknown) => group(vu, name, body)) as K6['group'],
    fail: (message?: string): never => {
      throw new Error(message);
    },
  };
}

function sleep(vu: Vu, seconds: number): Promise<void> {
  const target = now() + Math.max(Number(seconds) || 0, 0) * 1000;
  return vu.wait((resolve) => callAt(target, () => vu.run.turns.take(resolve)));
}

/** One sample of `checks` for each entry; an exception in one counts as failed and goes on to the script. */
function check(vu: Vu, value: unknown, checks: unknown, extra: unknown): boolean {
  vu.refuseInInit('Using check() in the init context is not supported');
  if (typeof checks !== 'object' || checks === null) throw new Error('no checks provided to `check`');
  const tags = vu.tags.with(readTags(extra) ?? {});
  let all = true;
  for (const [name, condition] of Object.entries(checks)) {
    refuseSeparator(name);
    if (isAsync(condition)) throw new Error('the built-in check() does not support async functions as arguments');
    const { passed, error } = evaluate(condition, value);
    if (!passed) all = false;
    vu.record(vu.run.builtin.checks, passed ? 1 : 0, vu.has('check') ? tags.with({ check: name }) : tags);
    if (!vu.scope.done) vu.run.groups.check(tags.map['group'] ?? '', name, passed);
    if (error) throw error.value;
  }
  return all;
}

function evaluate(condition: unknown, value: unknown): { passed: boolean; error: { value: unknown } | null } {
  if (typeof condition !== 'function') return { passed: Boolean(condition), error: null };
  try {
    return { passed: Boolean((condition as (value: unknown) => unknown)(value)), error: null };
  } catch (error) {
    return { passed: false, error: { value: error } };
  }
}

/** Runs `body` with the group's tag. Only synchronous functions, as in k6. */
function group(vu: Vu, name: string, body: unknown): unknown {
  vu.refuseInInit('Using group() in the init context is not supported');
  if (typeof body !== 'function') throw new Error('group() requires a callback as a second argument');
  if (isAsync(body)) throw new Error('group() does not support async functions as arguments');
  refuseSeparator(name);
  const outer = vu.tags.map['group'] ?? '';
  const path = outer === '' && name === '' ? '' : `${outer}::${name}`;
  if (vu.has('group')) vu.setTag('group', path);
  const started = now();
  try {
    return (body as () => unknown)();
  } finally {
    vu.record(vu.run.builtin.group_duration, now() - started);
    vu.run.groups.group(path);
    if (vu.has('group')) vu.setTag('group', outer);
  }
}

function refuseSeparator(name: string): void {
  if (name.includes('::')) throw new Error("group and check names may not contain '::'");
}

function isAsync(value: unknown): boolean {
  return typeof value === 'function' && value.constructor.name === 'AsyncFunction';
}
