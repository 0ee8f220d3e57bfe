import { formatNumber } from '../report/html/format-value.ts';
import { describeLoad } from '../report/html/point-load.ts';
import { type Column, fixed, renderColumnTable } from '../report/tables/column-table.ts';
import { describeDoubts } from '../report/text/describe-doubts.ts';
import { escapeText } from '../shared/escape-text.ts';
import { formatCount } from '../shared/format-count.ts';
import { NO_VALUE } from '../shared/format-digits.ts';
import { headlineValue } from '../stats/run-summary.ts';
import type { SearchName } from './search-flags.ts';
import { describeAnswer, describeUnproven, type SearchFile, type SearchProbe } from './search-json.ts';

/**
 * What a person gets at the end of a search: the table of all probes, and the answer.
 *
 * @param columns of the terminal; absent: as wide as the table is
 * @returns lines, the last one ended
 */
export function renderSearch(file: SearchFile, columns?: number): string {
  const { find, probes, answer, requests, sent_requests } = file;
  if (probes.length === 0) return 'Search results: no load was tried.\n';
  const lines = [
    'Search results: ',
    renderColumnTable(listColumns(find, probes), probes, columns),
    ...(isCurve(find) ? [] : ['Side: of a look what its numbers show; of a probe that resolves what is sure.']),
    ...(find === 'max-rate' ? ['A rate that the service did not reach counts as crossed.'] : []),
    ...(probes.some(({ client_at_limit }) => client_at_limit) ? [CLIENT_NOTE] : []),
    ...probes.filter(({ open }) => open.length > 0).map((probe) => escapeText(describeOpen(probe))),
    ...describeDoubts(probes.filter(isDoubtful)).map(escapeText),
    '',
    ...(answer === null ? [] : [describeCost(requests, sent_requests, probes.length)]),
    ...describeUnproven(file).map(escapeText),
    escapeText(describeAnswer(file)),
  ];
  return `${lines.join('\n')}\n`;
}

const CLIENT_NOTE = `client: INVALID because of the client, which says nothing about the service.`;

/** Of a look, which proves nothing, only that it says nothing at all. */
function isDoubtful({ kind, validity: { verdict } }: SearchProbe): boolean {
  return verdict === 'INVALID' || (verdict === 'SUSPECT' && kind !== 'look');
}

function describeOpen({ open, requests, ...probe }: SearchProbe): string {
  return `Unresolved at ${describeLoad(probe)} after ${formatCount(requests, 'request')}: ${open.join(', ')}`;
}

/** What a probe sent after those that told its side is in no column of requests. */
function describeCost(requests: number, sent: number, probes: number): string {
  const more = sent > requests ? `, and ${sent - requests} more that were sent before a probe ended` : '';
  return `It took ${formatCount(requests, 'request')} in ${formatCount(probes, 'probe')}${more}.`;
}

/** A probe as one line. */
export function renderProbeLine(probe: SearchProbe): string {
  const { kind, side, requests, gates, open, validity } = probe;
  const doubt = isDoubtful(probe) ? `, ${validity.verdict}` : '';
  if (kind === 'measure')
    return `${describeLoad(probe)}: ${formatReached(probe.reached)} a second, ${formatCount(requests, 'request')}${doubt}\n`;
  const values = gates.map(({ gate, value }) => `${gate}: ${value === null ? '–' : formatNumber(value)}`);
  if (probe.client_at_limit)
    return `${describeLoad(probe)}, ${kind}: INVALID because of the client, after ${formatCount(requests, 'request')}; says nothing about the service\n`;
  const by = open.length === 0 ? '' : ` by ${escapeText(open.join(', '))}`;
  return `${describeLoad(probe)}, ${kind}: ${side}${by} after ${formatCount(requests, 'request')} (${escapeText(values.join(', '))})${doubt}\n`;
}

function listColumns(find: SearchName, probes: readonly SearchProbe[]): Column<SearchProbe>[] {
  const ofGates = (probes[0]?.gates ?? []).map(({ gate, operator }, index): Column<SearchProbe> => {
    const at = gate.lastIndexOf(operator);
    return {
      header: [escapeText(gate.slice(0, at).trim()), escapeText(gate.slice(at).trim())],
      cell: ({ gates }) => formatNumber(gates[index]?.value ?? null),
    };
  });
  return [
    { header: find === 'max-rate' ? ['Rate', 'req/s'] : ['Parallel', ''], cell: ({ load }) => String(load) },
    { header: ['Probe', ''], cell: ({ kind }) => kind },
    { header: ['Requests', ''], cell: ({ requests }) => String(requests) },
    isCurve(find)
      ? { header: [find === 'knee' ? 'QPS' : 'Good req/s', '95 %'], cell: ({ reached }) => formatReached(reached) }
      : { header: ['Side', ''], cell: ({ side, client_at_limit }) => (client_at_limit ? 'client' : side) },
    ...ofGates,
    { header: ['QPS', ''], cell: ({ summary }) => fixed(summary.requests_per_s, 3) },
    { header: ['TTFT', 'p99 ms'], cell: ({ summary }) => fixed(headlineValue(summary, 'ttft', 'p99'), 1) },
  ];
}

/** Whether loads are measured for what they reach, whatever the gates say. */
function isCurve(find: SearchName): boolean {
  return find === 'knee' || find === 'max-goodput';
}

function formatReached(reached: SearchProbe['reached']): string {
  if (reached === null) return NO_VALUE;
  const { value, low, high } = reached;
  const interval = low === null || high === null ? '' : ` (${formatNumber(low)} to ${formatNumber(high)})`;
  return `${formatNumber(value)}${interval}`;
}
