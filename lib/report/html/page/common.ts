import { ownValue } from '../../../shared/own-value.ts';
import type { PageData } from '../report-data.ts';
import { element, section, table } from './dom.ts';

/** Title, what was measured and when, the verdict, and links to the sections. */
export function pageHeader(data: PageData, sections: readonly HTMLElement[]): HTMLElement {
  const { args } = data;
  const concurrency =
    data.kind === 'run' ? `${data.summary.concurrency ?? '–'} parallel` : `${data.points.length} points`;
  const facts = [args['url'], args['dataset'], concurrency, formatStart(data.started_at)];
  return element(
    'header',
    {},
    element('p', { class: 'kind' }, data.kind === 'run' ? 'LLM load test' : 'LLM load sweep'),
    element('h1', {}, data.model === '' ? 'no requests' : data.model),
    element(
      'p',
      { class: 'facts' },
      ...(data.kind === 'run' ? [verdictBadge(data.validity.verdict)] : []),
      ...facts.filter((fact) => typeof fact === 'string' && fact !== '').map((fact) => element('span', {}, `${fact}`)),
    ),
    element(
      'nav',
      { 'aria-label': 'Sections' },
      ...sections.map((part) =>
        element('a', { href: `#${part.id}` }, part.querySelector('h2')?.textContent ?? part.id),
      ),
    ),
  );
}

/** `2026-03-01 12:00:00 UTC`. */
function formatStart(startedAt: string | null): string {
  return startedAt === null ? '' : `${startedAt.slice(0, 19).replace('T', ' ')} UTC`;
}

const TONES: Readonly<Record<string, 'good' | 'warn' | 'none'>> = {
  VALID: 'good',
  SUSPECT: 'warn',
  'NOT JUDGED': 'none',
  'NO RUN': 'none',
};

export function verdictBadge(verdict: string): HTMLElement {
  const tone = ownValue(TONES, verdict) ?? 'bad';
  const sign = { good: '✓', warn: '!', none: '–', bad: '✗' }[tone];
  return element('span', { class: `badge ${tone}`, 'data-verdict': verdict }, `${sign} ${verdict}`);
}

/** A number with its name and a line below. */
export function tile(name: string, value: string, note: string, tone: 'plain' | 'bad' = 'plain'): HTMLElement {
  return element(
    'div',
    { class: `tile ${tone}`, 'data-tile': name },
    element('span', { class: 'name' }, name),
    element('strong', {}, value),
    // A number stays with its unit where the line breaks.
    element('small', {}, note.replace(/ (ms|s)\b/g, '\u00a0$1')),
  );
}

/** What was set, a row each; what was left out is only counted. */
export function configurationSection(args: Readonly<Record<string, unknown>>): HTMLElement {
  const set = Object.entries(args).filter(([, value]) => value !== null && value !== undefined);
  const unset = Object.keys(args).length - set.length;
  return section(
    'configuration',
    'Configuration',
    set.length === 0
      ? element('p', { class: 'hint' }, 'The samples do not tell how the run was configured.')
      : table(
          'configuration',
          ['Setting', 'Value'],
          set.map(([key, value]) => [
            element('code', {}, key),
            element('code', {}, typeof value === 'string' ? value : JSON.stringify(value)),
          ]),
          [0, 1],
        ),
    unset === 0 ? null : element('p', { class: 'hint' }, `${unset} more settings were left out. Secrets are masked.`),
  );
}

export function notesSection(notes: readonly string[]): HTMLElement | null {
  if (notes.length === 0) return null;
  return section('notes', 'Notes', element('ul', {}, ...notes.map((note) => element('li', {}, note))));
}
