import { formatMargin, formatNumber, formatShare } from '../format-value.ts';
import type { ThresholdRow } from '../report-data.ts';
import { badge, element, hint, section, table } from './dom.ts';

/** Nothing without conditions. */
export function conditionsBadge(rows: readonly ThresholdRow[]): HTMLElement[] {
  if (rows.length === 0) return [];
  const crossed = rows.filter(({ ok }) => !ok).length;
  const noun = nameConditions(rows);
  const href = { href: '#thresholds' };
  return [
    crossed === 0
      ? badge('good', `${rows.length} ${noun} passed`, href)
      : badge('bad', `${crossed} of ${rows.length} ${noun} crossed`, href),
  ];
}

/** @param isTitle as a heading: `Gates`, however many there are */
function nameConditions(rows: readonly ThresholdRow[], isTitle = false): string {
  const gates = rows.filter(({ metric }) => metric === null).length;
  const [gate, threshold] = isTitle ? ['Gate', 'Threshold'] : ['gate', 'threshold'];
  if (gates > 0 && gates < rows.length) return `${gate}s and thresholds`;
  return `${gates > 0 ? gate : threshold}${rows.length === 1 && !isTitle ? '' : 's'}`;
}

/** The conditions that were crossed, a line each. */
export function describeCrossed(rows: readonly ThresholdRow[]): HTMLElement[] {
  return rows.filter(({ ok }) => !ok).map(describeOne);
}

function describeOne(row: ThresholdRow): HTMLElement {
  const margin = row.margin_ratio === null ? '' : `, margin ${formatMargin(row.margin_ratio)}`;
  return element('span', {}, 'Crossed: ', element('code', {}, nameCondition(row)), `: ${formatObserved(row)}${margin}`);
}

function nameCondition({ metric, expression }: ThresholdRow): string {
  return metric === null ? expression : `${metric}: ${expression}`;
}

/** Gates and thresholds with what was observed. */
export function conditions(rows: readonly ThresholdRow[]): HTMLElement {
  const crossed = rows.filter(({ ok }) => !ok).length;
  const summary = `${rows.length - crossed} passed, ${crossed} crossed. The margin is the distance to the limit over the limit.`;
  return section(
    'thresholds',
    nameConditions(rows, true),
    hint(summary),
    table(
      'thresholds',
      ['', 'Condition', 'Observed', 'Margin', ''],
      rows.map((row) => [
        badge(row.ok ? 'good' : 'bad', row.ok ? 'passed' : 'crossed'),
        element('code', {}, nameCondition(row)),
        formatObserved(row),
        formatMargin(row.margin_ratio),
        marginBar(row.margin_ratio),
      ]),
      [0, 1, 4],
    ),
  );
}

/** What was compared with the limit, or why there is nothing. */
function formatObserved({ value, unit, note }: ThresholdRow): string {
  if (value === null && note !== null) return note;
  const amount =
    unit === 'share'
      ? formatShare(value)
      : unit === null || value === null
        ? formatNumber(value)
        : `${formatNumber(value)} ${unit}`;
  return note === null ? amount : `${amount}; ${note}`;
}

/** Distance to the limit as a bar from the middle: to the right on the passing side, to the left beyond the limit. */
function marginBar(ratio: number | null): Node {
  if (ratio === null) return element('span');
  const share = Math.min(1, Math.abs(ratio)) * 50;
  const place = ratio >= 0 ? 'left: 50%' : `left: ${50 - share}%`;
  return element(
    'span',
    { class: 'margin', 'aria-hidden': 'true' },
    element('i', { class: ratio >= 0 ? 'good' : 'bad', style: `${place}; width: ${share}%` }),
  );
}
