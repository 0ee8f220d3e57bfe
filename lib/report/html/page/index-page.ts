import { formatCount } from '../../../shared/format-count.ts';
import { NO_VALUE } from '../../../shared/format-digits.ts';
import { formatMetric, formatNumber } from '../format-value.ts';
import { describeLoad, loadOf } from '../point-load.ts';
import type { IndexedRun, IndexReportData } from '../report-data.ts';
import { trend } from './charts/trend.ts';
import { formatStart, layOutPage, verdictBadge } from './common.ts';
import { badge, type Cell, type Column, element, hint, list, section, sortableTable } from './dom.ts';
import { changingFigure } from './figure.ts';

/** The columns of numbers, by their metrics. */
const NUMBERS = ['mean(ttft)', 'p99(ttft)', 'mean(tpot)', 'output_tokens_per_s', 'success_rate'];
/** What runs can be picked by, beside words. */
const PICKED_BY = {
  Model: ({ model }: IndexedRun): string => model ?? NO_VALUE,
  Dataset: ({ dataset }: IndexedRun): string => dataset ?? NO_VALUE,
  Load: describeLoad as (run: IndexedRun) => string,
  Verdict: ({ verdict }: IndexedRun): string => verdict,
  Gates: describeConditions,
};
const ALL = 'all';

/** The page of many runs: the trend of a metric, filters, the table of all, and the line that compares those ticked. */
export function indexPage(data: IndexReportData): Node[] {
  const { folder, skipped, metrics } = data;
  const runs = [...data.runs].reverse();
  const chart = changingFigure();
  const compared = createComparedLine();
  const metric = select(
    'metric',
    metrics.map(({ name }) => name),
  );
  const words = element('input', { type: 'search', 'data-control': 'words' }) as HTMLInputElement;
  const picks = Object.entries(PICKED_BY).map(([name, of]) => ({
    ...{ name, of, box: select(name, [ALL, ...[...new Set(runs.map(of))].sort(compareWords)]) },
  }));
  const table = sortableTable('runs', columnsOf(data, compared.toBox), runs);
  const rows = [...table.querySelectorAll('tbody tr')] as HTMLElement[];
  const count = hint('');

  const update = (): void => {
    const wanted = words.value.toLowerCase().split(/\s+/);
    const shown = runs.filter((run, i) => {
      const text = `${run.path} ${run.model} ${run.dataset}`.toLowerCase();
      const isShown =
        wanted.every((word) => text.includes(word)) &&
        picks.every(({ box, of }) => box.selectedIndex === 0 || box.value === of(run));
      (rows[i] as HTMLElement).hidden = !isShown;
      return isShown;
    });
    count.textContent = `${formatNumber(shown.length)} of ${formatNumber(runs.length)} runs. Click a header to sort by it, or a run to open its report.`;
    const at = metric.selectedIndex;
    const picked = metrics[at];
    if (picked !== undefined) chart.show(trend(shown, picked, at));
  };
  for (const control of [words, metric, ...picks.map(({ box }) => box)]) control.addEventListener('input', update);

  const sections = [
    section('trend', 'Trend', element('div', { class: 'controls' }, labelled('Metric', metric)), chart.node),
    section(
      'runs',
      'Runs',
      element(
        'div',
        { class: 'controls' },
        labelled('Words', words),
        ...picks.map(({ name, box }) => labelled(name, box)),
      ),
      compared.node,
      table,
      count,
    ),
    skipped.length === 0
      ? null
      : section('skipped', 'What was skipped', list(skipped.map(({ path, why }) => `${path}: ${why}`))),
  ];
  update();
  const newest = runs[0]?.started_at ?? null;
  return layOutPage({
    kind: 'LLM load tests',
    title: folder,
    badges: [],
    facts: [
      formatCount(runs.length, 'run', undefined, formatNumber),
      newest !== null && `the newest of ${formatStart(newest)}`,
    ],
    reasons: [],
    sections,
  });
}

function columnsOf({ metrics }: IndexReportData, toBox: (run: IndexedRun) => Node): Column<IndexedRun>[] {
  const numbers = NUMBERS.flatMap((name): Column<IndexedRun>[] => {
    const at = metrics.findIndex((metric) => metric.name === name);
    const metric = metrics[at];
    if (metric === undefined) return [];
    const { title, unit } = metric;
    const format = (value: number | null): string => formatMetric(value, unit);
    return [{ header: title, cell: (run) => ({ value: run.numbers[at]?.[0] ?? null, format }) }];
  });
  const text = (header: string, cell: (run: IndexedRun) => Cell): Column<IndexedRun> => ({
    header,
    cell,
    isText: true,
  });
  return [
    text('', toBox),
    text('Date (UTC)', ({ started_at }) => element('time', {}, formatStart(started_at).slice(0, 16))),
    text('Run', ({ path, href, sweep_href }) =>
      element(
        'span',
        {},
        href === null ? path : element('a', { href }, path),
        sweep_href === null ? null : ' (',
        sweep_href === null ? null : element('a', { href: sweep_href }, 'sweep'),
        sweep_href === null ? null : ')',
      ),
    ),
    text('Model', PICKED_BY.Model),
    { header: 'Load', cell: (run) => ({ value: loadOf(run), format: () => describeLoad(run) }) },
    text('Dataset', PICKED_BY.Dataset),
    ...numbers,
    text('Verdict', ({ verdict }) => verdictBadge(verdict)),
    text('Gates', (run) =>
      run.conditions === 0 ? NO_VALUE : badge(run.crossed > 0 ? 'bad' : 'good', describeConditions(run)),
    ),
  ];
}

function describeConditions({ conditions, crossed }: IndexedRun): string {
  if (conditions === 0) return NO_VALUE;
  return crossed > 0 ? 'crossed' : 'passed';
}

/** Boxes of rows, and the command line that compares the ticked ones, the oldest first. */
function createComparedLine() {
  const ticked = new Set<IndexedRun>();
  const node = hint('Tick two runs or more, and the command that compares them is shown here.');
  const show = (): void => {
    const words = [...ticked]
      .sort((a, b) => a.started_at.localeCompare(b.started_at))
      .map(({ compared_as }) => compared_as);
    const line = element('code', { class: 'to-copy', 'data-compare': '' }, `k6-llm-perf compare ${words.join(' ')}`);
    if (words.length < 2) node.replaceChildren(words.length === 0 ? 'Tick two runs or more.' : 'Tick one more run.');
    else node.replaceChildren(line, ' (where this index was written)');
  };
  const toBox = (run: IndexedRun): Node => {
    const box = element('input', { type: 'checkbox', 'aria-label': `compare ${run.path}` }) as HTMLInputElement;
    if (run.compared_as === null) {
      box.disabled = true;
      box.title = 'Its folder holds no records to compare.';
    }
    box.addEventListener('change', () => {
      if (box.checked) ticked.add(run);
      else ticked.delete(run);
      show();
    });
    return box;
  };
  return { node, toBox };
}

function select(name: string, choices: readonly string[]): HTMLSelectElement {
  const options = choices.map((value) => element('option', { value }, value));
  return element('select', { 'data-control': name }, ...options) as HTMLSelectElement;
}

function labelled(name: string, control: HTMLElement): HTMLElement {
  return element('label', {}, name, control);
}

/** `parallel 8` goes before `parallel 16`. */
function compareWords(a: string, b: string): number {
  return a.localeCompare(b, undefined, { numeric: true });
}
