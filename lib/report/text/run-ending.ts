import { LARGE_CONNECTING } from '../../metrics/without-connecting.ts';
import { displayWidth } from '../../shared/display-width.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { toSeconds } from '../../shared/units.ts';
import { wrapText } from '../../shared/wrap-text.ts';
import type { InputsSummary } from '../../stats/inputs-summary.ts';
import type { IntervalNumber, RunIntervals } from '../../stats/run-intervals.ts';
import {
  connectingShare,
  HEADLINE_STATISTICS,
  type HeadlineMetric,
  headlineValue,
  type RunSummary,
} from '../../stats/run-summary.ts';
import { formatInterval, formatMilliseconds, formatNumber } from '../html/format-value.ts';
import { takeWidth } from '../tables/fit-columns.ts';
import { hasFailed, listChecks, type RunVerdict } from './check-list.ts';
import { describeLoad } from './describe-load.ts';
import { type Paint, PLAIN, type Tone } from './paint.ts';

/** What the last lines of a run are made from. */
export interface RunEnding {
  readonly summary: RunSummary;
  readonly verdict: RunVerdict;
  /** Of its numbers; null or absent where only k6's metrics are known. */
  readonly intervals?: RunIntervals | null;
  /** What rose or fell while it ran, a sentence each; nobody should take the means of such a run for its level. */
  readonly drift?: readonly string[];
  /** The configuration, which has the rate of an open loop. */
  readonly args?: Readonly<Record<string, unknown>>;
  /** The file to open. */
  readonly page: string;
}

/** How a verdict on the measurement is coloured. */
export const VERDICT_TONES: Readonly<Record<RunVerdict['validity']['verdict'], Tone>> = {
  VALID: 'good',
  SUSPECT: 'doubt',
  'NOT JUDGED': 'doubt',
  INVALID: 'bad',
  'NO RUN': 'bad',
};

/**
 * The five lines nearest the prompt: requests with rates and load, TTFT and TPOT (or latency and
 * inputs), whether the run passed and can be believed,
 * and the page to open. On a terminal a verdict has further lines, and any other line that is too long is cut; the page has all.
 *
 * @param columns of the terminal; absent: no line is cut
 * @returns lines, the last one ended
 */
export function renderEnding(
  { summary, verdict, intervals = null, drift = [], args = {}, page }: RunEnding,
  { columns = Number.POSITIVE_INFINITY, paint = PLAIN }: { readonly columns?: number; readonly paint?: Paint } = {},
): string {
  const [tone, judgement] = describeVerdict(verdict);
  const line = (label: string, text: string, inTone?: Tone): string => {
    const room = columns - LABEL_WIDTH;
    const cut = displayWidth(text) > room ? `${takeWidth(text, room - 1).trimEnd()}…` : text;
    return `${paint('label', label.padEnd(LABEL_WIDTH))}${inTone === undefined ? cut : paint(inTone, cut)}\n`;
  };
  // Where there is no room for all of it, the interval is in the tables.
  const timing = (label: string, metric: HeadlineMetric): string => {
    const whole = describeTiming(summary, metric, intervals);
    return line(label, displayWidth(whole) > columns - LABEL_WIDTH ? describeTiming(summary, metric, null) : whole);
  };
  // A reason that is cut is none.
  const told = (label: string, text: string, inTone: Tone): string[] => {
    const lines = wrapText(text, columns - LABEL_WIDTH);
    const rest = lines.slice(MOST_LINES - 1).join(' ');
    return [...lines.slice(0, MOST_LINES - 1), ...(rest === '' ? [] : [rest])].map((part, at) =>
      line(at === 0 ? label : '', part, inTone),
    );
  };
  return [
    line('Requests', describeRequests(summary, args['rate']), summary.failed_requests > 0 ? 'bad' : undefined),
    ...(summary.inputs === null
      ? [timing('TTFT', 'ttft'), timing('TPOT', 'tpot')]
      : [timing('Latency', 'latency'), line('Inputs', describeInputs(summary.inputs))]),
    ...told('Verdict', judgement, tone),
    ...(drift.length === 0 ? [] : told('Drift', drift.join(' '), 'doubt')),
    // A path that is cut cannot be opened.
    `${paint('label', 'Report'.padEnd(LABEL_WIDTH))}${escapeText(page)}\n`,
  ].join('');
}

const LABEL_WIDTH = 10;
/** Of a verdict or a drift on a terminal: the page and the lines above have all of it. */
const MOST_LINES = 4;

function describeRequests(summary: RunSummary, rate: unknown): string {
  const { completed_requests, total_requests, failed_requests, cancelled_requests, time_taken_ms } = summary;
  return [
    `${completed_requests} of ${total_requests} completed`,
    ...(failed_requests > 0 ? [`${failed_requests} failed`] : []),
    ...(cancelled_requests > 0 ? [`${cancelled_requests} cancelled`] : []),
    `${formatNumber(summary.requests_per_s)} req/s`,
    ...(summary.inputs === null ? [`${formatNumber(summary.output_tokens_per_s)} tok/s`] : []),
    ...describeLoad(summary, rate),
    `${formatNumber(toSeconds(time_taken_ms))} s`,
  ].join(', ');
}

/** `mean 53.7 ms (95 %: 52.8 to 54.9), p50 51.8 ms, p99 85.4 ms` */
function describeTiming(summary: RunSummary, metric: HeadlineMetric, intervals: RunIntervals | null): string {
  const [mean, p50, p99] = HEADLINE_STATISTICS.map((of) => formatMilliseconds(headlineValue(summary, metric, of)));
  const share = metric === 'ttft' ? connectingShare(summary) : null;
  const beside = [
    ...describeInterval(intervals?.timings[`${metric}_ms`].mean),
    ...(share === null || share <= LARGE_CONNECTING
      ? []
      : [`${formatMilliseconds(summary.connecting?.connect_ms ?? null)} of it connecting`]),
  ].join('; ');
  const turns = metric === 'ttft' ? describeTurns(summary) : '';
  return `mean ${mean}${beside === '' ? '' : ` (${beside})`}, p50 ${p50}, p99 ${p99}${turns}`;
}

/** None with too few requests. */
function describeInterval(mean: IntervalNumber | undefined): string[] {
  if (mean?.state !== 'ok') return [];
  const [value, low, high] = ([mean.value, mean.low, mean.high] as const).map(formatMilliseconds);
  return [`95 %: ${formatInterval(value as string, low as string, high as string)}`];
}

/** What a conversation's first turn waits for, and what the later ones, whose beginning the service may know. */
function describeTurns({ conversations }: RunSummary): string {
  if (conversations === null) return '';
  const { first_ttft_avg_ms: first, later_ttft_avg_ms: later } = conversations;
  return `; turn 1 ${formatMilliseconds(first)}, later ${formatMilliseconds(later)}`;
}

function describeInputs({ inputs_total, inputs_avg, inputs_per_s, input_tokens_per_s }: InputsSummary): string {
  const rates = `${formatNumber(inputs_per_s)} inputs/s, ${formatNumber(input_tokens_per_s)} tok/s`;
  return `${inputs_total}, ${formatNumber(inputs_avg)} per request, ${rates}`;
}

/** Whether the conditions hold, and whether the measurement can be believed, with the first reason against either. */
function describeVerdict(verdict: RunVerdict): readonly [Tone, string] {
  if (verdict.nothing !== null) return ['bad', escapeText(verdict.nothing.text)];
  const all = listChecks(verdict);
  const checks = all.filter(({ group }) => group !== 'measurement');
  const crossed = checks.filter(hasFailed);
  const { verdict: word, reasons } = verdict.validity;
  const doubt = word === 'VALID' ? '' : `: ${reasons.join('; ')}`;
  const isRefused = all.some((check) => check.group === 'measurement' && hasFailed(check));
  const measurement = `measurement ${word}${isRefused ? ' (--require-valid)' : ''}${doubt}`;
  const [first] = crossed;
  if (first !== undefined) {
    const detail = first.detail === null ? '' : ` (${first.detail})`;
    const text = `${crossed.length} of ${checks.length} crossed: ${first.name}${detail}; ${measurement}`;
    return ['bad', escapeText(text)];
  }
  const tone = all.some(hasFailed) ? 'bad' : VERDICT_TONES[word];
  return [
    tone,
    escapeText(checks.length === 0 ? measurement : `${checks.length} of ${checks.length} passed; ${measurement}`),
  ];
}
