import { formatCount } from '../../../shared/format-count.ts';
import { ownValue } from '../../../shared/own-value.ts';
import type { RunReportData } from '../report-data.ts';
import { badge, element, hint, list, section, type Tone, table } from './dom.ts';

interface Page {
  /** What kind of page it is. */
  readonly kind: string;
  readonly title: string;
  readonly badges: readonly HTMLElement[];
  /** What was measured, where and when; what is not a text is left out. */
  readonly facts: readonly unknown[];
  /** What the badges mean, a line each. */
  readonly reasons: readonly (HTMLElement | string)[];
  /** What the navigation leads to; null: nothing to show. */
  readonly sections: readonly (HTMLElement | null)[];
}

/** Title, how it came out and why, what was measured and when, links to the sections, and the sections. */
export function layOutPage({ kind, title, badges, facts, reasons, sections: all }: Page): Node[] {
  const texts = facts.filter((fact) => typeof fact === 'string' && fact !== '').map((fact) => `${fact}`);
  const sections = all.filter((part) => part !== null);
  const header = element(
    'header',
    {},
    element('p', { class: 'kind' }, kind),
    element('h1', {}, title),
    element('p', { class: 'facts' }, ...badges, ...texts.map((text) => element('span', {}, text))),
    reasons.length === 0
      ? null
      : element('ul', { class: 'reasons' }, ...reasons.map((reason) => element('li', {}, reason))),
    element(
      'nav',
      { 'aria-label': 'Sections' },
      ...sections.map((part) =>
        element('a', { href: `#${part.id}` }, part.querySelector('h2')?.textContent ?? part.id),
      ),
    ),
  );
  return [header, ...sections];
}

/** `2026-03-01 12:00:00 UTC`. */
export function formatStart(startedAt: string | null): string {
  return startedAt === null ? '' : `${startedAt.slice(0, 19).replace('T', ' ')} UTC`;
}

const TONES: Readonly<Record<string, Tone>> = {
  VALID: 'good',
  SUSPECT: 'warn',
  'NOT JUDGED': 'none',
  'NO RUN': 'none',
};

export function verdictBadge(verdict: string): HTMLElement {
  return badge(ownValue(TONES, verdict) ?? 'bad', verdict, { 'data-verdict': verdict });
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

/** What every page of runs ends with: how they were configured, and what is to be known of them. */
export function closingSections({ args, notes }: Pick<RunReportData, 'args' | 'notes'>): (HTMLElement | null)[] {
  return [configurationSection(args), notes.length === 0 ? null : section('notes', 'Notes', list(notes))];
}

/** What was set, a row each, and the machine; what was left out is only counted. */
function configurationSection({ machine, ...args }: Readonly<Record<string, unknown>>): HTMLElement {
  const isSet = ([, value]: readonly [string, unknown]): boolean => value !== null && value !== undefined;
  const set = Object.entries(args).filter(isSet);
  const unset = Object.keys(args).length - set.length;
  const facts = typeof machine === 'object' ? Object.entries(machine ?? {}).filter(isSet) : [];
  const toRow = ([key, value]: readonly [string, unknown]) => [
    element('code', {}, key),
    element('code', {}, typeof value === 'string' ? value : JSON.stringify(value)),
  ];
  return section(
    'configuration',
    'Configuration',
    set.length === 0
      ? hint('The samples do not tell how the run was configured.')
      : table('configuration', ['Setting', 'Value'], set.map(toRow), [0, 1]),
    unset === 0
      ? null
      : hint(`${formatCount(unset, 'more setting was', 'more settings were')} left out. Secrets are masked.`),
    facts.length === 0 ? null : element('h3', {}, 'The client'),
    facts.length === 0 ? null : table('machine', ['', ''], facts.map(toRow), [0, 1]),
  );
}
