import type { SearchChartData } from '../report/html/report-data.ts';
import type { SearchFile } from './search-json.ts';

/** What the page of a search draws: each gate against the load, or what the loads reached. */
export function listSearchCharts({ find, probes: all, answer }: SearchFile): SearchChartData[] {
  const probes = all.filter(({ client_at_limit }) => !client_at_limit);
  const axis = all[0]?.varies === 'rate' ? 'rate (requests/s)' : 'concurrency (requests at a time)';
  const range =
    answer === null || answer.low === null || answer.high === null ? null : { low: answer.low, high: answer.high };
  const common = { axis, answer: range };
  if (find === 'knee' || find === 'max-goodput') {
    const title = find === 'knee' ? 'Requests per second' : 'Good requests per second';
    const points = probes.flatMap(({ load, reached }) =>
      reached === null ? [] : [{ load, side: 'measured', ...reached }],
    );
    return [{ ...common, title, unit: 'requests/s', limit: null, points }];
  }
  return (probes[0]?.gates ?? []).map(({ gate, unit, limit }, i) => ({
    ...common,
    title: gate,
    unit,
    limit,
    points: probes.flatMap(({ load, side, kind, gates, gate_intervals }) => {
      const value = gates[i]?.value ?? null;
      const { low, high } = gate_intervals[i] ?? { low: null, high: null };
      const word = kind === 'look' ? `${side} (a look)` : side;
      return value === null ? [] : [{ load, side: word, value, low, high }];
    }),
  }));
}
