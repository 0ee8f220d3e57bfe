import { type PlotOptions, plot } from '@observablehq/plot';
import { element, type LegendEntry, legend } from './dom.ts';

/** Colours are the page's own variables, so that charts follow light, dark and print without being drawn again. */
export const COLORS = {
  main: 'var(--c-main)',
  second: 'var(--c-second)',
  third: 'var(--c-third)',
  waiting: 'var(--c-waiting)',
  failure: 'var(--c-failure)',
  muted: 'var(--c-muted)',
  text: 'var(--text)',
} as const;

export interface ChartOptions {
  /** Names the chart for tests and links. */
  readonly id: string;
  readonly title: string;
  /** One sentence on what is drawn, for readers of the page and of the screen alike. */
  readonly text: string;
  readonly legend?: readonly LegendEntry[];
  readonly wide?: boolean;
  /** Chart options for a width in pixels. */
  readonly draw: (width: number) => PlotOptions;
}

const drawings: (() => void)[] = [];

/** A chart that fills the width it has and is drawn again when that changes. */
export function chart(options: ChartOptions): HTMLElement {
  const frame = element('div', { class: 'plot' });
  const figure = element(
    'figure',
    { 'data-chart': options.id, ...(options.wide ? { class: 'wide' } : {}) },
    element('figcaption', {}, element('h3', {}, options.title), element('p', {}, options.text)),
    options.legend === undefined ? null : legend(options.legend),
    frame,
  );
  let drawnWidth = 0;
  drawings.push(() => {
    const width = Math.floor(frame.clientWidth);
    if (width === 0 || width === drawnWidth) return;
    drawnWidth = width;
    frame.replaceChildren(
      plot({
        width,
        marginTop: 34,
        marginBottom: 40,
        ariaLabel: options.title,
        ariaDescription: options.text,
        ...options.draw(width),
      }),
    );
  });
  return figure;
}

/** Stands where a chart has nothing to show. */
export function noChart(id: string, title: string, reason: string): HTMLElement {
  return element(
    'figure',
    { 'data-chart': id, class: 'empty' },
    element('figcaption', {}, element('h3', {}, title), element('p', {}, reason)),
  );
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
