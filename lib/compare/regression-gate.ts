import type { RegressionGate } from '../conditions/differences.ts';
import type { ComparedNumber } from './compare-runs.ts';

/** How a gate came out. `unsure`: the value is beyond the limit and the interval is not, or there is no interval. */
export interface GateOutcome {
  readonly source: string;
  readonly state: 'passed' | 'unsure' | 'failed';
  readonly detail: string;
}

/**
 * Judges gates on a comparison. A gate fails only when the whole 95 % interval lies beyond its limit: a run that is too
 * short fails nothing, and says so. It fails too where the base has a number and the new run has none, since nothing
 * measured is not a pass.
 */
export function judgeRegressionGates(
  gates: readonly RegressionGate[],
  numbers: readonly ComparedNumber[],
): GateOutcome[] {
  return gates.map((gate) => {
    const number = numbers.find(({ metric, statistic }) => metric === gate.metric && statistic === gate.statistic);
    return { source: gate.source, ...judgeGate(gate, number) };
  });
}

function judgeGate(gate: RegressionGate, number: ComparedNumber | undefined): Omit<GateOutcome, 'source'> {
  if (number === undefined || number.base === null) return { state: 'unsure', detail: 'the base has no such number' };
  if (number.next === null) return { state: 'failed', detail: 'the new run has no such number' };
  const change = gate.isRelative ? number.relative : number.difference;
  if (change === null) return { state: 'unsure', detail: 'the base is 0, so there is no change in percent' };
  const show = (value: number): string => formatChange(value, gate, number);
  const { value, low, high } = change;
  const isBeyond = (limit: number): boolean => (gate.operator === '>' ? limit > gate.limit : limit < gate.limit);
  if (low === null || high === null) return { state: 'unsure', detail: `${show(value)}, ${number.verdict}` };
  const nearest = gate.operator === '>' ? low : high;
  const detail = `${show(value)}, 95 % interval ${show(low)} to ${show(high)}`;
  if (isBeyond(nearest)) return { state: 'failed', detail };
  return isBeyond(value)
    ? { state: 'unsure', detail: `${detail}, which reaches within the limit` }
    : { state: 'passed', detail };
}

function formatChange(value: number, gate: RegressionGate, { unit }: ComparedNumber): string {
  const sign = value < 0 ? '' : '+';
  if (gate.isRelative) return `${sign}${(value * 100).toFixed(1)} %`;
  if (unit === 'share') return `${sign}${(value * 100).toFixed(2)} pp`;
  return `${sign}${Number(value.toPrecision(4))} ${unit}`;
}
