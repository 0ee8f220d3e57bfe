import { describe, expect, it } from 'vitest';
import { EngineError } from '../engine-error.ts';
import { readScriptOptions } from './script-options.ts';

function read(options: unknown) {
  const warnings: string[] = [];
  return { options: readScriptOptions(options, (text) => warnings.push(text)), warnings };
}

function refusal(options: unknown): EngineError {
  try {
    read(options);
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

const scenario = (fields: object) => ({ scenarios: { a: fields } });

describe('readScriptOptions', () => {
  it('runs one iteration in one VU without options, as k6 does', () => {
    expect(read(undefined).options.scenarios).toMatchObject([
      { name: 'default', executor: 'per-vu-iterations', vus: 1, iterations: 1, maxDuration: 600_000, exec: 'default' },
    ]);
  });

  it('turns the shortcuts into scenarios', () => {
    expect(read({ vus: 2, iterations: 5 }).options.scenarios).toMatchObject([
      { executor: 'shared-iterations', vus: 2, iterations: 5 },
    ]);
    expect(read({ vus: 2, duration: '3s' }).options.scenarios).toMatchObject([
      { executor: 'constant-vus', vus: 2, duration: 3000 },
    ]);
    expect(read({ stages: [{ duration: '1s', target: 4 }] }).options.scenarios).toMatchObject([
      { executor: 'ramping-vus', startVUs: 1, stages: [{ duration: 1000, target: 4 }] },
    ]);
    expect(read({ vus: 3 }).options.scenarios).toMatchObject([{ executor: 'shared-iterations', iterations: 3 }]);
  });

  it('fills in the defaults of k6', () => {
    const { options } = read(
      scenario({ executor: 'constant-arrival-rate', rate: '5', duration: '1s', preAllocatedVUs: 2 }),
    );
    expect(options.scenarios).toMatchObject([
      { rate: 5, timeUnit: 1000, preAllocatedVUs: 2, maxVUs: 2, gracefulStop: 30_000, startTime: 0 },
    ]);
    expect(options.summaryTrendStats).toEqual(['avg', 'min', 'med', 'max', 'p(90)', 'p(95)']);
    expect(options.setupTimeout).toBe(60_000);
    expect(options.systemTags.has('scenario')).toBe(true);
    expect(options.systemTags.has('vu')).toBe(false);
  });

  // Texts of k6 v2.2, run with the same options.
  it.each([
    [scenario({ executor: 'shared-iterations', durration: '1s' }), 'json: unknown field "durration"'],
    [scenario({ executor: 'shared-iter' }), "unknown executor type 'shared-iter'"],
    [scenario({ vus: 1 }), "scenario 'a' doesn't have a specified executor type"],
    [
      scenario({ executor: 'constant-arrival-rate', rate: 0.5 }),
      'json: cannot unmarshal number 0.5 into Go struct field Options.scenarios.rate of type int64',
    ],
    [
      { scenarios: { a: { executor: 'shared-iterations', vus: 3, iterations: 2, maxDuration: '10ms' } } },
      "There were problems with the specified script configuration:\n\t- scenario a has configuration errors: the number of iterations (2) can't be less than the number of VUs (3), the maxDuration must be at least 1s, but is 10ms",
    ],
    [
      scenario({ executor: 'constant-vus' }),
      'There were problems with the specified script configuration:\n\t- scenario a has configuration errors: the duration is unspecified',
    ],
    [{ vus: 'x' }, 'strconv.ParseInt: parsing "x": invalid syntax'],
    [
      { iterations: 2, ...scenario({ executor: 'shared-iterations' }) },
      'using `iterations` and `scenarios` options simultaneously is not allowed',
    ],
    [
      { thresholds: { checks: 'rate<1' } },
      'json: cannot unmarshal string into Go struct field Options.thresholds of type []metrics.thresholdConfig',
    ],
  ])('refuses %j with the text of k6 and code 104', (options, text) => {
    const error = refusal(options);
    expect(error.message).toBe(text);
    expect(error.exitCode).toBe(104);
  });

  it('names all that is wrong with ramping and arrival-rate scenarios', () => {
    expect(refusal(scenario({ executor: 'ramping-vus', startVUs: 0, stages: [{ target: -1 }] })).message).toContain(
      "either startVUs or one of the stages' target values must be greater than 0, stage 1 doesn't have a duration, the target for stage 1 can't be negative",
    );
    expect(refusal(scenario({ executor: 'ramping-arrival-rate', timeUnit: 0, maxVUs: 1 })).message).toContain(
      "the timeUnit must be more than 0, at least one stage has to be specified, the number of preAllocatedVUs isn't specified",
    );
  });

  it('warns of unknown keys and refuses options that it cannot honour', () => {
    expect(read({ foo: 1 }).warnings).toEqual([
      'There were unknown fields in the options exported in the script: json: unknown field "foo"',
    ]);
    expect(refusal({ rps: 5 }).message).toBe(
      "the option 'rps' is not supported by the Node engine; run this script with k6",
    );
  });

  it('refuses a percentile out of range with code 255, as k6 does', () => {
    const error = refusal({ summaryTrendStats: ['p(101)'] });
    expect(error.message).toBe("invalid percentile trend stat value 'p(101)', provide a number between 0 and 100");
    expect(error.exitCode).toBe(255);
  });
});
