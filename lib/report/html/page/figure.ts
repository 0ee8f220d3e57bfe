import * as Plot from '@observablehq/plot';
import { formatTick } from '../format-value.ts';
import { element, type LegendEntry, legend } from './dom.ts';

/** Colours are the page's own variables, so that charts follow light, dark and print without being drawn again. */
export const COLORS = {
  main: 'var(--c-main)',
  second: 'var(--c-second)',
  third: 'var(--c-third)',
  waiting: 'var(--c-waiting)',
  failure: 'var(--c-failure)',
  good: 'var(--good)',
  bad: 'var(--bad)',
  muted: 'var(--c-muted)',
  text: 'var(--text)',
} as const;

/** What a chart shows, or why it has nothing to show. */
export type Chart = DrawnChart | EmptyChart;

interface DrawnChart {
  /** Names the chart for tests and links. */
  readonly id: string;
  readonly title: string;
  /** One sentence on what is drawn, for readers of the page and of the screen alike. */
  readonly text: string;
  readonly legend?: readonly LegendEntry[];
  /** What is drawn at a width in pixels. */
  readonly draw: (width: number) => Plot.PlotOptions;
}

interface EmptyChart {
  readonly id: string;
  readonly title: string;
  readonly missing: string;
}

const drawings: (() => void)[] = [];

/** A chart that fills the width it has and is drawn again when that changes. */
export function figure(chart: Chart): HTMLElement {
  const { node, draw } = createFigure(chart);
  drawings.push(draw);
  return node;
}

/** A place for one chart after another, as the reader picks them; empty until the first is shown. */
export function changingFigure(): { readonly node: HTMLElement; show(chart: Chart): void } {
  const node = element('div', { class: 'charts one' });
  let draw = (): void => undefined;
  drawings.push(() => draw());
  return {
    node,
    show(chart) {
      const next = createFigure(chart);
      node.replaceChildren(next.node);
      draw = next.draw;
      draw();
    },
  };
}

function createFigure(chart: Chart): { readonly node: HTMLElement; readonly draw: () => void } {
  const isEmpty = 'missing' in chart;
  const frame = element('div', { class: 'plot' });
  const node = element(
    'figure',
    { 'data-chart': chart.id, ...(isEmpty ? { class: 'empty' } : {}) },
    element('figcaption', {}, element('h3', {}, chart.title), element('p', {}, isEmpty ? chart.missing : chart.text)),
    isEmpty || chart.legend === undefined ? null : legend(chart.legend),
    isEmpty ? null : frame,
  );
  return { node, draw: isEmpty ? () => undefined : createDrawing(chart, frame) };
}

/** Charts beside each other where there is room, at most so many in a row. */
export function figures(columns: 'one' | 'two' | 'three', charts: readonly Chart[]): HTMLElement {
  return element('div', { class: `charts ${columns}` }, ...charts.map(figure));
}

function createDrawing({ title, text, draw }: DrawnChart, frame: HTMLElement): () => void {
  let drawnWidth = 0;
  return () => {
    const width = Math.floor(frame.clientWidth);
    if (width === 0 || width === drawnWidth) return;
    drawnWidth = width;
    const defaults = { height: 210, marginTop: 34, marginBottom: 40, marginLeft: 52 };
    const options = { width, ...defaults, ariaLabel: title, ariaDescription: text, ...draw(width) };
    frame.replaceChildren(Plot.plot(options));
  };
}

/** Draws all charts of the page, and again whenever its width changes. */
export function drawCharts(): void {
  const drawAll = (): void => {
    for (const draw of drawings) draw();
  };
  drawAll();
  let waiting = false;
  new ResizeObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      drawAll();
    });
  }).observe(document.body);
}

/** A horizontal axis with as many ticks as there is room for. */
export function xAxis(label: string, width: number, more: Plot.ScaleOptions = {}): Plot.ScaleOptions {
  return { label, ticks: width / 80, tickFormat: formatTick, ...more };
}

/** The time of a run, or of a part of it. */
export function runAxis(
  { from_ms, to_ms }: { readonly from_ms: number; readonly to_ms: number },
  width: number,
  more: Plot.ScaleOptions = {},
): Plot.ScaleOptions {
  return xAxis('time since the start of the run (s)', width, { domain: [from_ms / 1000, to_ms / 1000], ...more });
}

/** A vertical axis with lines across the chart. */
export function yAxis(label: string, more: Plot.ScaleOptions = {}): Plot.ScaleOptions {
  return { label, grid: true, ticks: 5, tickFormat: formatTick, nice: true, ...more };
}

/** The line that bars stand on. */
export function baseLine(): Plot.Markish {
  return Plot.ruleY([0], { stroke: COLORS.text, strokeOpacity: 0.5 });
}

/** Values that appear beside the pointer: the `title` of the row nearest to it, across the chart or in both directions. */
export function hoverValues(
  rows: readonly { readonly title: string }[],
  places: Plot.TipOptions & Plot.PointerOptions,
  along: 'x' | 'xy' = 'x',
): Plot.Markish {
  const pointer = along === 'x' ? Plot.pointerX : Plot.pointer;
  return Plot.tip(rows, pointer({ ...places, title: 'title' }));
}

/** A name beside a dot, readable on lines. */
export function label(rows: readonly unknown[], options: Plot.TextOptions): Plot.Markish {
  return Plot.text(rows as Plot.Data, {
    fill: COLORS.text,
    stroke: 'var(--surface)',
    strokeWidth: 3,
    ...options,
  });
}

/** A line that is named by its colour. */
interface NamedLine {
  readonly name: string;
  readonly color: string;
  /** As `stroke-dasharray` has it. Absent, or `none`: without gaps. */
  readonly dash?: string;
}

/** What the colours of lines mean. */
export function lineLegend(lines: readonly NamedLine[]): LegendEntry[] {
  return lines.map(({ name, color, dash = 'none' }) => ({
    label: name,
    color,
    shape: dash === 'none' ? 'line' : 'dash',
  }));
}

/** Lines over the same points, each with a column of its own. */
export function columnLines<Line extends NamedLine & { readonly width: number }>(
  points: readonly { readonly at: number }[],
  lines: readonly Line[],
  x: string,
  read: (line: Line, at: number) => number,
): Plot.Markish[] {
  return lines.map((line) =>
    Plot.lineY(points as Plot.Data, {
      x,
      y: ({ at }: { at: number }) => read(line, at),
      ...{ stroke: line.color, strokeWidth: line.width, strokeDasharray: line.dash ?? 'none' },
    }),
  );
}

/** The unit of an axis: seconds where milliseconds would be long numbers, else as it is. */
export interface AxisUnit {
  readonly name: string;
  readonly scale: (value: number) => number;
}

/** @param largest in the unit */
export function chooseUnit(unit: string, largest: number): AxisUnit {
  return unit === 'ms' && largest >= 10_000
    ? { name: 's', scale: (milliseconds) => milliseconds / 1000 }
    : { name: unit, scale: (value) => value };
}

/** The ends of an axis: from 0 where that costs little room, else a little beyond the values on both sides. */
export function fitDomain(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  if (low >= 0 && low < high / 2) return [0, high + room];
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}
