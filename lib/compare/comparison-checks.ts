import type { Check } from '../report/text/check-list.ts';
import { describeNoneCompleted } from '../verdict/nothing-measured.ts';
import type { Comparison } from './comparison.ts';
import type { GateOutcome } from './regression-gate.ts';

const STATES = { passed: 'passed', failed: 'crossed', unsure: 'no-value' } as const satisfies Readonly<
  Record<GateOutcome['state'], Check['state']>
>;

/** What decides whether a comparison passes, in the form that reports for CI systems take. */
export function listComparisonChecks({ base, next, gates }: Comparison): Check[] {
  const unmeasured = [base, next].filter(({ completed }) => completed === 0);
  return [
    ...unmeasured.map(
      ({ name, requests }): Check => ({
        group: 'measurement',
        name: `a request of ${name} completed`,
        state: 'crossed',
        detail: describeNoneCompleted(requests),
      }),
    ),
    ...gates.map(
      ({ source, state, detail }): Check => ({ group: 'gates', name: source, state: STATES[state], detail }),
    ),
  ];
}
