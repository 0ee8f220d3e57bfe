import { isObject, parseJson } from '../shared/json.ts';
import { mean } from '../shared/mean.ts';
import { ownValue } from '../shared/own-value.ts';

/** evalscope's metrics: where 1.14 has them in its two files, and the seconds of the unit they are compared in. */
const METRICS: Readonly<
  Record<string, { readonly key: string; readonly label: string | null; readonly unitS: number }>
> = {
  avg_latency: { key: 'Avg Latency (s)', label: null, unitS: 1 },
  p99_latency: { key: 'Latency (s)', label: '99%', unitS: 1 },
  avg_ttft: { key: 'Avg TTFT (ms)', label: null, unitS: 0.001 },
  p50_ttft: { key: 'TTFT (ms)', label: '50%', unitS: 0.001 },
  p90_ttft: { key: 'TTFT (ms)', label: '90%', unitS: 0.001 },
  p99_ttft: { key: 'TTFT (ms)', label: '99%', unitS: 0.001 },
  avg_tpot: { key: 'Avg TPOT (ms)', label: null, unitS: 0.001 },
  p50_tpot: { key: 'TPOT (ms)', label: '50%', unitS: 0.001 },
  p90_tpot: { key: 'TPOT (ms)', label: '90%', unitS: 0.001 },
  p99_tpot: { key: 'TPOT (ms)', label: '99%', unitS: 0.001 },
  rps: { key: 'Req Throughput (req/s)', label: null, unitS: 0 },
  tps: { key: 'Output Throughput (tok/s)', label: null, unitS: 0 },
};

/** One condition on a metric; `max` and `min` have no limit. */
interface SlaCriterion {
  readonly metric: string;
  readonly operator: '<=' | '<' | '>=' | '>' | 'max' | 'min';
  /** In the unit of evalscope's file: seconds, milliseconds, or per second. */
  readonly limit: number;
  /** As it was written: `p99_ttft<=500ms`. */
  readonly text: string;
}

/** Conditions that have to hold together; each group is searched alone. */
export type SlaGroup = readonly SlaCriterion[];

/** A summary and a percentile table in evalscope's keys, the mean of several runs. */
export interface SlaResult {
  readonly metrics: Readonly<Record<string, number>>;
  readonly percentiles: Readonly<Record<string, readonly (number | string | null)[]>>;
}

/** @returns the groups of `--sla-params`, or what is wrong with them */
export function parseSlaParams(text: string): readonly SlaGroup[] | string {
  const value = parseJson(text);
  const groups = isObject(value) ? [value] : value;
  if (!Array.isArray(groups) || groups.length === 0) return 'not a JSON list of groups';
  const parsed: SlaCriterion[][] = [];
  for (const group of groups) {
    if (!isObject(group) || Object.keys(group).length === 0)
      return 'a group that is not a JSON object with a condition';
    const criteria: SlaCriterion[] = [];
    for (const [metric, condition] of Object.entries(group)) {
      const criterion = readCriterion(metric, condition);
      if (typeof criterion === 'string') return criterion;
      criteria.push(criterion);
    }
    parsed.push(criteria);
  }
  const seekers = parsed.filter((group) => group.some(({ operator }) => operator === 'max' || operator === 'min'));
  const isAlone = parsed.length === 1 && parsed[0]?.length === 1;
  return seekers.length > 0 && !isAlone ? 'max and min must be alone: one group with one metric' : parsed;
}

const CONDITION = /^\s*(<=|<|>=|>|≤|≥|≧)\s*(\d+(?:\.\d+)?)\s*(ms|s)?\s*$/;

function readCriterion(metric: string, condition: unknown): SlaCriterion | string {
  const known = ownValue(METRICS, metric);
  if (known === undefined) return `a metric that is none of ${Object.keys(METRICS).join(', ')}`;
  const words = typeof condition === 'string' ? condition.trim() : '';
  if (words === 'max' || words === 'min') return { metric, operator: words, limit: 0, text: `${metric} ${words}` };
  const [, sign = '', number, unit] = CONDITION.exec(words) ?? [];
  if (number === undefined || (unit !== undefined && known.unitS === 0))
    return `a condition of ${metric} that is not read`;
  const operator = sign === '≤' ? '<=' : sign === '≥' || sign === '≧' ? '>=' : (sign as SlaCriterion['operator']);
  const scale = unit === undefined ? 1 : (unit === 's' ? 1 : 0.001) / known.unitS;
  return {
    metric,
    operator,
    limit: Number((Number(number) * scale).toPrecision(12)),
    text: `${metric}${words.replace(/\s/g, '')}`,
  };
}

/** The value of a metric; null where nobody has it. */
export function readSlaMetric(metric: string, { metrics, percentiles }: SlaResult): number | null {
  const known = ownValue(METRICS, metric);
  if (known === undefined) return null;
  if (known.label === null) return ownValue(metrics, known.key) ?? null;
  const row = (ownValue(percentiles, 'Percentiles') ?? []).indexOf(known.label);
  const value = ownValue(percentiles, known.key)?.[row];
  return typeof value === 'number' ? value : null;
}

/** Whether all conditions of a group hold, and every request succeeded, as evalscope asks for. */
export function passesSla(group: SlaGroup, result: SlaResult): boolean {
  if (!succeeded(result)) return false;
  return group.every(({ metric, operator, limit }) => {
    const value = readSlaMetric(metric, result);
    if (value === null) return false;
    if (operator === '<=') return value <= limit;
    if (operator === '<') return value < limit;
    return operator === '>=' ? value >= limit : value > limit;
  });
}

/** The value of a group that looks for the most or the least, larger where it is better; a failure is the worst there is. */
export function scoreSla([criterion]: SlaGroup, result: SlaResult): number {
  const value = criterion === undefined || !succeeded(result) ? null : readSlaMetric(criterion.metric, result);
  if (value === null) return Number.NEGATIVE_INFINITY;
  return criterion?.operator === 'min' ? -value : value;
}

function succeeded({ metrics }: SlaResult): boolean {
  const total = ownValue(metrics, 'Total Requests') ?? 0;
  return total > 0 && ownValue(metrics, 'Success Requests') === total;
}

/** One run's two files. */
export interface SlaRun {
  readonly summary: Readonly<Record<string, unknown>>;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** The mean of every value of the summaries, and of every cell of the percentile tables, over the runs that have it. */
export function averageSlaRuns(runs: readonly SlaRun[]): SlaResult {
  const metrics = Object.fromEntries(
    [...new Set(runs.flatMap(({ summary }) => Object.keys(summary)))].flatMap((key) => {
      const value = meanOfNumbers(runs.map(({ summary }) => summary[key]));
      return value === null ? [] : [[key, value]];
    }),
  );
  const rows = runs.find((run) => run.rows.length > 0)?.rows ?? [];
  const columns = [...new Set(runs.flatMap((run) => run.rows.flatMap(Object.keys)))];
  const cell = (key: string, row: number): number | string | null =>
    key === 'Percentiles' ? String(rows[row]?.[key]) : meanOfNumbers(runs.map((run) => run.rows[row]?.[key]));
  const percentiles = Object.fromEntries(columns.map((key) => [key, rows.map((_, row) => cell(key, row))]));
  return { metrics, percentiles };
}

function meanOfNumbers(values: readonly unknown[]): number | null {
  const numbers = values.filter((value): value is number => typeof value === 'number');
  return numbers.length === 0 ? null : mean(numbers);
}
