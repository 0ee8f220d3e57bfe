import { escapeText } from '../../../shared/escape-text.ts';
import { formatNumber } from '../format-value.ts';

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

export function hint(text: string): HTMLElement {
  return element('p', { class: 'hint' }, text);
}

/** Texts as a list; nothing without any. */
export function list(texts: readonly string[]): HTMLElement | null {
  return texts.length === 0 ? null : element('ul', {}, ...texts.map((text) => element('li', {}, text)));
}

export type Tone = 'good' | 'warn' | 'bad' | 'none';

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', warn: '!', bad: '✗', none: '–' };

/** A word that stands out. @param attributes of the element; with `href` it is a link */
export function badge(tone: Tone, text: string, attributes: Readonly<Record<string, string>> = {}): HTMLElement {
  const tag = 'href' in attributes ? 'a' : 'span';
  return element(tag, { class: `badge ${tone}`, ...attributes }, `${SIGNS[tone]} ${text}`);
}

/** A cell of a table. What is sorted by is its number where it has one, else its text. */
export type Cell = string | Node | NumberCell;

interface NumberCell {
  readonly value: number | null;
  readonly format: (value: number | null) => string;
  /** Where a click on it leads. */
  readonly href?: string;
}

export function number(value: number | null, format = formatNumber): NumberCell {
  return { value, format };
}

/** A column of a table of like rows; numbers, unless it says otherwise. */
export interface Column<Row> {
  readonly header: string;
  readonly cell: (row: Row) => Cell;
  readonly isText?: true;
}

/** A table in which a click on a header sorts by its column. */
export function sortableTable<Row>(id: string, columns: readonly Column<Row>[], rows: readonly Row[]): HTMLElement {
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)));
  const headers = columns.map(({ header }) => header);
  const textColumns = columns.flatMap(({ isText }, i) => (isText ? [i] : []));
  const frame = table(id, headers, cells, textColumns, (header) => element('button', { type: 'button' }, header));
  makeSortable([...frame.querySelectorAll('th')], frame.querySelector('tbody') as HTMLElement);
  return frame;
}

/**
 * A table with a header row; numbers are aligned to the right.
 *
 * @param textColumns positions of the others
 */
export function table(
  id: string,
  headers: readonly string[],
  rows: readonly (readonly Cell[])[],
  textColumns: readonly number[] = [0],
  toHeader: (header: string) => Child = (header) => header,
): HTMLElement {
  const cellClass = (column: number): Record<string, string> =>
    textColumns.includes(column) ? {} : { class: 'number' };
  const body = element(
    'tbody',
    {},
    ...rows.map((row) => element('tr', {}, ...row.map((cell, i) => toElement(cell, cellClass(i))))),
  );
  const heads = headers.map((header, i) => element('th', { scope: 'col', ...cellClass(i) }, toHeader(header)));
  return element(
    'div',
    { class: 'table-frame' },
    element('table', { 'data-table': id }, element('thead', {}, element('tr', {}, ...heads)), body),
  );
}

function toElement(cell: Cell, attributes: Readonly<Record<string, string>>): HTMLElement {
  if (typeof cell === 'string' || cell instanceof Node) return element('td', attributes, cell);
  const { value, format, href } = cell;
  const text = format(value);
  const shown = href === undefined ? text : element('a', { href }, text);
  return element('td', { ...attributes, 'data-value': value === null ? '' : `${value}` }, shown);
}

/** A first click sorts numbers downwards and texts upwards, the next one the other way; no value goes last. */
function makeSortable(heads: readonly HTMLElement[], body: HTMLElement): void {
  const keyOf = (row: Element, column: number): number | string => {
    const cell = row.children[column] as HTMLElement;
    const { value } = cell.dataset;
    if (value === undefined) return cell.textContent ?? '';
    return value === '' ? Number.NaN : Number(value);
  };
  heads.forEach((head, column) => {
    head.addEventListener('click', () => {
      const rows = [...body.children].map((row) => ({ row, key: keyOf(row, column) }));
      const first = rows.some(({ key }) => typeof key === 'number') ? 'descending' : 'ascending';
      const other = first === 'ascending' ? 'descending' : 'ascending';
      const order = head.getAttribute('aria-sort') === first ? other : first;
      for (const each of heads) each.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', order);
      const sign = order === 'ascending' ? 1 : -1;
      rows.sort((a, b) => compareKeys(a.key, b.key, sign));
      body.append(...rows.map(({ row }) => row));
    });
  });
}

function compareKeys(a: number | string, b: number | string, sign: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : `${a}`.localeCompare(`${b}`));
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
