import type { Figure, Part } from '../support/context.ts';
import { type JudgedPlan, type JudgedRun, runJudged } from '../support/judged-run.ts';

/** Streams and the pace of each, which the mock keeps on two cores. */
const LOADS = [
  { parallel: 1, msPerToken: 10 },
  { parallel: 8, msPerToken: 20 },
  { parallel: 32, msPerToken: 20 },
  { parallel: 64, msPerToken: 20 },
  { parallel: 256, msPerToken: 40 },
  { parallel: 512, msPerToken: 60 },
];

/** What the verdict takes for small, and what makes INVALID right. */
const SMALL = { ratio: 0.05, ms: 1 };
const LARGE_RATIO = 0.1;
const AIMS = { VALID: 0.95, INVALID: 0.9 };

/** Whether VALID and INVALID are said of the right runs, against the mock's truth. */
export const measureJudge: Part = async (context) => {
  const runs: JudgedRun[] = [];
  const plans = listPlans(context.quick, context.k6Path === null ? ['node'] : ['k6', 'node']);
  const [part, parts] = context.slice;
  // Every Nth, so that each part has all loads.
  for (const plan of plans.filter((_, index) => index % parts === part - 1)) {
    context.say(`judge: ${describePlan(plan)}`);
    runs.push(await runJudged(context, plan));
  }
  return [countRight(runs, 'VALID'), countRight(runs, 'SUSPECT'), countRight(runs, 'INVALID')];
};

/** All combinations: 66 with both engines; for a look 8. */
function listPlans(quick: boolean, engines: readonly JudgedPlan['engine'][]): JudgedPlan[] {
  const loads = quick ? LOADS.filter(({ parallel }) => parallel === 1 || parallel === 64) : LOADS;
  return loads.flatMap((load) =>
    (quick ? [0, 2] : [0, 1, 2]).flatMap((hogs) =>
      (load.parallel === 1 ? [false] : quick ? [true] : [false, true]).flatMap((lockstep) =>
        engines.map((engine) => ({ engine, ...load, hogs, lockstep })),
      ),
    ),
  );
}

function describePlan({ engine, parallel, hogs, lockstep }: JudgedPlan): string {
  return `${engine}, ${parallel} streams${lockstep ? ' in step' : ''}, ${hogs} busy loops beside`;
}

function isRight({ numbers }: JudgedRun, verdict: 'VALID' | 'SUSPECT' | 'INVALID'): boolean {
  const errors = numbers.map(({ measured_ms, true_ms }) => ({ error: Math.abs(measured_ms - true_ms), true_ms }));
  return verdict === 'INVALID'
    ? errors.some(({ error, true_ms }) => error > true_ms * LARGE_RATIO)
    : errors.every(({ error, true_ms }) => error <= Math.max(SMALL.ms, true_ms * SMALL.ratio));
}

function countRight(runs: readonly JudgedRun[], verdict: 'VALID' | 'SUSPECT' | 'INVALID'): Figure {
  const own = runs.filter(({ validity }) => validity.verdict === verdict);
  const right = own.filter((run) => isRight(run, verdict)).length;
  const what = verdict === 'INVALID' ? 'with a number beyond 10 %' : 'with every number within 5 % or 1 ms';
  const least = verdict === 'SUSPECT' ? null : AIMS[verdict];
  return {
    part: 'judge',
    name: `runs called ${verdict} ${what}`,
    value: `${right} of ${own.length}`,
    detail: `${runs.length} runs in all`,
    ...(least === null
      ? {}
      : { aim: { text: `at least ${least * 100} %`, reached: own.length > 0 && right >= own.length * least } }),
    values: { verdict, runs: own },
  };
}
