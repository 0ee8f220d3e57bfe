import type { RunStages, StageSummary } from '../../stats/run-stages.ts';
import { type Column, fixed, listCells, type PageTable, percent, renderColumnTable } from './column-table.ts';

const TITLE = 'By stage';

/** The table of a load's stages, and what a reader has to know of it; empty without stages. */
export function describeStageNumbers(stages: RunStages | null, columns?: number): string[] {
  if (stages === null) return [];
  return [`${TITLE}: `, renderColumnTable(listColumns(stages.of), stages.stages, columns), describeRule(stages), ''];
}

/** The same for a page; a list, since a run without stages has none. */
export function listStageTables(stages: RunStages | null): PageTable[] {
  if (stages === null) return [];
  return [{ title: TITLE, ...listCells(listColumns(stages.of), stages.stages), line: describeRule(stages) }];
}

function describeRule({ of, outside_requests: outside, cut_stages: cut, stages }: RunStages): string {
  const more = outside === 0 ? '' : ` ${outside} started after the last stage, or left no record.`;
  const isWarm = stages.some(
    ({ stage, requests_per_s, duration_s }) => requests_per_s === null && duration_s > 0 && !cut.includes(stage),
  );
  const warm = isWarm ? ' Of a stage that the warm-up is in, rate and requests in flight are not known.' : '';
  const which = cut.length === 1 ? `stage ${cut[0]}` : `stages ${cut[0]} to ${cut.at(-1)}`;
  const ended = cut.length === 0 ? '' : ` The load did not get to the end of ${which}: no rate and none in flight.`;
  return `A request belongs to the stage in which it ${of === 'rate' ? 'was due' : 'started'}.${more}${warm}${ended}`;
}

function listColumns(of: RunStages['of']): readonly Column<StageSummary>[] {
  return [
    { header: ['Stage', ''], cell: ({ stage }) => String(stage) },
    {
      header: of === 'rate' ? ['Asked', 'req/s'] : ['Users', ''],
      cell: ({ from, to }) => (from === to ? String(to) : `${from}-${to}`),
    },
    { header: ['Time', 's'], cell: ({ duration_s }) => String(duration_s) },
    { header: ['Reqs', ''], cell: ({ requests }) => String(requests) },
    { header: ['Rate', 'req/s'], cell: ({ requests_per_s }) => fixed(requests_per_s, 2) },
    { header: ['In', 'flight'], cell: ({ in_flight }) => fixed(in_flight, 2) },
    { header: ['TTFT', 'mean ms'], cell: ({ ttft_avg_ms }) => fixed(ttft_avg_ms, 1) },
    { header: ['TTFT', 'p99 ms'], cell: ({ ttft_p99_ms }) => fixed(ttft_p99_ms, 1) },
    { header: ['Latency', 'p99 ms'], cell: ({ latency_p99_ms }) => fixed(latency_p99_ms, 1) },
    { header: ['Success', ''], cell: ({ success_ratio }) => percent(success_ratio) },
  ];
}
