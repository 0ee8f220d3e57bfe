import { escapeText } from '../../../shared/escape-text.ts';

type Child = Node | string | null;

/**
 * An element with attributes and children. Texts become text nodes, never markup, and what would reorder the writing
 * around them is made visible.
 */
export function element(
  tag: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: Child[]
): HTMLElement {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  for (const child of children) {
    if (child !== null) node.append(typeof child === 'string' ? escapeText(child) : child);
  }
  return node;
}

/** A part of the page with a heading, that the navigation can lead to; null children are left out. */
export function section(id: string, title: string, ...children: Child[]): HTMLElement {
  return element('section', { id }, element('h2', {}, title), ...children);
}

/** A table with a header row; numbers are aligned to the right. */
export function table(
  id: string,
  headers: readonly string[],
  rows: readonly (readonly (string | Node)[])[],
  textColumns: readonly number[] = [0],
): HTMLElement {
  const cellClass = (column: number): Record<string, string> =>
    textColumns.includes(column) ? {} : { class: 'number' };
  const head = element(
    'tr',
    {},
    ...headers.map((header, i) => element('th', { scope: 'col', ...cellClass(i) }, header)),
  );
  const body = rows.map((row) => element('tr', {}, ...row.map((cell, i) => element('td', cellClass(i), cell))));
  return element(
    'div',
    { class: 'table-frame' },
    element('table', { 'data-table': id }, element('thead', {}, head), element('tbody', {}, ...body)),
  );
}

/** A colour with its meaning, for the legend of a chart. */
export interface LegendEntry {
  readonly label: string;
  readonly color: string;
  readonly shape?: 'box' | 'line' | 'dash' | 'cross';
}

export function legend(entries: readonly LegendEntry[]): HTMLElement {
  return element(
    'div',
    { class: 'legend' },
    ...entries.map(({ label, color, shape = 'box' }) =>
      element('span', {}, element('i', { class: `swatch ${shape}`, style: `--swatch: ${color}` }), label),
    ),
  );
}
