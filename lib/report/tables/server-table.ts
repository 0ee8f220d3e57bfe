import { formatPercent } from '../../evalscope/cell.ts';
import { formatPythonFloat, roundPython } from '../../evalscope/python-number.ts';
import { type CountPair, describeWarmCache, type Reconciliation } from '../../server/reconcile.ts';
import { MIXED_FALLS, type ServerSeries } from '../../server/server-series.ts';
import type { ServerSummary } from '../../server/summarize-server.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { NO_VALUE } from '../../shared/format-digits.ts';
import type { PageTable } from './column-table.ts';
import { renderGridTable } from './grid-table.ts';

/** What servers said of a run, and how it fits what the client saw. */
export interface ServerReport {
  readonly summary: ServerSummary;
  readonly reconciliation: Reconciliation;
}

type Level = ServerSummary['running'];

/** The table of the server: six rows, and more for what some servers alone have. No lines where no server was asked. */
export function describeServer(report: ServerReport | null, columns?: number): string[] {
  if (report === null) return [];
  const rows = buildServerRows(report).map(([key, value]) => [key, value]);
  return [`${TITLE}: `, renderGridTable({ headers: ['Key', 'Value'], rows }, columns), ''];
}

const TITLE = 'The server';

/** The same for Markdown; a list, since a run that asked no server has none. */
export function listServerTables(report: ServerReport | null): PageTable[] {
  return report === null ? [] : [{ title: TITLE, headers: ['Key', 'Value'], rows: buildServerRows(report) }];
}

/** The rows, for the report page too. */
export function buildServerRows({ summary, reconciliation }: ServerReport): (readonly [string, string])[] {
  const { running, waiting, kv_cache_ratio, prefix_cache_hit_ratio, prefix_cache_queries } = summary;
  return [
    ['Requests running', formatLevel(running, number)],
    ['Requests waiting', formatLevel(waiting, number)],
    ['KV cache in use', formatLevel(kv_cache_ratio, formatPercent)],
    [
      'Prompt tokens from the prefix cache',
      prefix_cache_hit_ratio === null
        ? NO_VALUE
        : `${formatPercent(prefix_cache_hit_ratio)} of ${number(prefix_cache_queries ?? 0)}`,
    ],
    ["TTFT by the server's clock, mean (ms)", formatTtft(summary, reconciliation)],
    ['Tokens in, tokens out', formatTokens(reconciliation, summary)],
    ...rareRows(summary, reconciliation),
  ];
}

/** Only of servers that have them, and of counts only those that are not 0. */
function rareRows(
  summary: ServerSummary,
  { energy_per_output_token_j: perToken, output_tokens_per_j: perJoule }: Reconciliation,
): (readonly [string, string])[] {
  const { preemptions, acceptance_ratio, acceptance_by_position, queue, prefill, gpu_energy_j, named } = summary;
  const places = acceptance_by_position.map((share) => formatPercent(share)).join(', ');
  const rows: (readonly [string, string] | null)[] = [
    preemptions === null || preemptions === 0 ? null : ['Requests preempted', number(preemptions)],
    queue === null ? null : ["Wait in the server's queue, mean (ms)", number(queue.mean_ms)],
    prefill === null ? null : ['Prefill, mean (ms)', number(prefill.mean_ms)],
    acceptance_ratio === null
      ? null
      : [
          'Drafted tokens taken',
          `${formatPercent(acceptance_ratio)} of ${number(summary.draft_tokens ?? 0)}${places === '' ? '' : `; by place ${places}`}`,
        ],
    summary.gpu_utilization_ratio === null
      ? null
      : ['GPU in use', formatLevel(summary.gpu_utilization_ratio, formatPercent)],
    summary.gpu_memory_mib === null ? null : ['GPU memory (MiB)', formatLevel(summary.gpu_memory_mib, number)],
    summary.gpu_power_w === null ? null : ['GPU power (W)', formatLevel(summary.gpu_power_w, number)],
    gpu_energy_j === null ? null : ['GPU energy (J)', number(gpu_energy_j)],
    perToken === null || perJoule === null
      ? null
      : ['GPU energy of an output token (J)', `${digits(perToken)}, ${digits(perJoule)} tokens a joule`],
    ...Object.entries(named).map(
      ([name, { first, last, mean, max }]) =>
        [escapeText(name), `${shown(first)} to ${shown(last)}, mean ${number(mean)}, most ${number(max)}`] as const,
    ),
  ];
  return rows.filter((row) => row !== null);
}

function formatLevel(level: Level, format: (value: number) => string): string {
  return level === null ? NO_VALUE : `mean ${format(level.mean)}, most ${format(level.max)}`;
}

/** `48.2, 2.1 below ours`: the difference is network, queueing in front of the server, and the client. */
function formatTtft({ ttft }: ServerSummary, { ttft_beyond_server_ms: beyond }: Reconciliation): string {
  if (ttft === null) return NO_VALUE;
  const side = beyond === null ? '' : `, ${number(Math.abs(beyond))} ${beyond < 0 ? 'above' : 'below'} ours`;
  return `${number(ttft.mean_ms)}${side}`;
}

/** `1200 and 5120, as we counted`, or what we counted. */
function formatTokens(
  { prompt_tokens, generation_tokens }: Reconciliation,
  { prompt_tokens: input, generation_tokens: output }: ServerSummary,
): string {
  if (input === null && output === null) return NO_VALUE;
  const pairs = [prompt_tokens, generation_tokens].filter((pair): pair is CountPair => pair !== null);
  const ofServer = `${shown(input)} and ${shown(output)}`;
  if (pairs.length === 0) return ofServer;
  if (pairs.length === 2 && pairs.every(({ server, client }) => server === client)) return `${ofServer}, as we counted`;
  return `${ofServer}; we counted ${shown(prompt_tokens?.client ?? null)} and ${shown(generation_tokens?.client ?? null)}`;
}

function shown(value: number | null): string {
  return value === null ? NO_VALUE : number(value);
}

function number(value: number): string {
  const rounded = roundPython(value, 1);
  return Number.isInteger(rounded) ? `${rounded}` : formatPythonFloat(rounded);
}

/** Of small numbers too. */
function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** What is wrong with what the server told, and where it and the client disagree. */
export function describeServerNotes(report: ServerReport | null, series: ServerSeries): string[] {
  const { failedAt, looks, firstFailure, givenUp, urls, silent, ambiguous, falls } = series;
  const absent = describeAbsent(series);
  if (urls.length === 0) return absent;
  const failed =
    failedAt.length === 0
      ? []
      : [
          `${failedAt.length} of ${looks} looks at the server's metrics failed, the first with ${escapeText(firstFailure ?? '')}.`,
        ];
  const alone = givenUp.map(
    (url) => `${escapeText(url)} gave no answer in time twice in a row, and was not read again until the run was over.`,
  );
  const unknown = silent.map(
    (url) =>
      `${escapeText(url)} answers, but no metric on it is known: is it a page of metrics? --server-metric NAME reads others.`,
  );
  const twice =
    ambiguous === 0
      ? []
      : [`${ambiguous} of the server's series are on its page twice with different values, and left out.`];
  if (report === null) return [...failed, ...alone, ...unknown, ...absent];
  const warm = describeWarmCache(report.summary);
  return [
    ...failed,
    ...alone,
    ...unknown,
    ...absent,
    ...twice,
    ...falls.map(describeFalls),
    ...describeStill(report.summary),
    ...(warm === null ? [] : [warm]),
    ...report.reconciliation.notes,
  ];
}

/** Metrics that were asked for by name and are in no row. */
function describeAbsent({ absent, urls, moments }: ServerSeries): string[] {
  const names = `--server-metric ${absent.map(escapeText).join(', ')}`;
  if (absent.length === 0 || (urls.length > 0 && moments.length === 0)) return [];
  return urls.length === 0
    ? [`${names}: no page of metrics was read. Name it, --server-metrics URL.`]
    : [`${names}: not a number on any page. Of a histogram, name its _sum or its _count.`];
}

function describeFalls({ url, times }: ServerSeries['falls'][number]): string {
  return times < MIXED_FALLS
    ? `The counts at ${escapeText(url)} fell once and went on from there: a server was restarted. What it had not shown is in no number, and no histogram is taken.`
    : `The counts at ${escapeText(url)} fell ${times} times, as where several servers answer there in turn: no count is taken. Name the page of each, --server-metrics URL,URL.`;
}

/** A share of the run that is worth a note. */
const NOTED_STILL = 0.1;

function describeStill({ gpu_energy_still_ratio: still, gpu_energy_j: joules }: ServerSummary): string[] {
  if (still === null || still <= NOTED_STILL) return [];
  const seen = `The GPUs' counters of energy stood still for ${formatPercent(still)} of the run`;
  return [
    joules === null
      ? `${seen}, so its energy is not known: have the exporter renew them more often, or run longer.`
      : `${seen}, so its energy may be off by as much.`,
  ];
}
