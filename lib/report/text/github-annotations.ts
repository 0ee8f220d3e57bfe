import { escapeText } from '../../shared/escape-text.ts';
import { type Check, hasFailed, listChecks, type RunVerdict } from './check-list.ts';

/** GitHub shows no more than ten of a kind for one step. */
const SHOWN = 10;

/**
 * GitHub's workflow commands for a log: an error for every condition that does not hold, a warning where the measurement
 * is SUSPECT or INVALID, a notice where it is not judged, and none where all is well.
 *
 * Source of the form: "Workflow commands for GitHub Actions", `::error title={title}::{message}`.
 * @param place of several runs this one, such as a point of a sweep; null: there is only one
 * @returns lines, without line feeds
 */
export function renderGithubAnnotations(verdict: RunVerdict, place: string | null = null): string[] {
  const lines = annotateCrossed(listChecks(verdict), (check) => titleOf(check, verdict), place);
  const { verdict: word, reasons } = verdict.validity;
  if (word === 'VALID' || verdict.nothing !== null) return lines;
  const level = word === 'NOT JUDGED' ? 'notice' : 'warning';
  return [...lines, annotate(level, atPlace(`Measurement ${word}`, place), reasons.join('; '))];
}

/** An error for every condition that does not hold. */
export function annotateCrossed(
  checks: readonly Check[],
  titleOf: (check: Check) => string,
  place: string | null,
): string[] {
  const crossed = checks.filter(hasFailed);
  // The last line tells how many are not shown.
  const shown = crossed.length > SHOWN ? crossed.slice(0, SHOWN - 1) : crossed;
  const lines = shown.map((check) => annotate('error', atPlace(titleOf(check), place), textOf(check)));
  const more = crossed.length - shown.length;
  return more === 0
    ? lines
    : [...lines, annotate('error', atPlace('Crossed', place), `and ${more} more, see the report`)];
}

function atPlace(title: string, place: string | null): string {
  return place === null ? title : `${title} (${place})`;
}

function titleOf({ group, state }: Check, { nothing, validity }: RunVerdict): string {
  if (state === 'error') return 'No run';
  if (group !== 'measurement') return group === 'gates' ? 'Gate crossed' : 'Threshold crossed';
  if (nothing !== null) return 'Nothing measured';
  return validity.verdict === 'NOT JUDGED' ? 'Measurement not judged' : 'Invalid measurement';
}

/** What tells of a run that measured nothing is a whole sentence. */
function textOf({ group, name, detail }: Check): string {
  if (detail === null) return name;
  return group === 'measurement' ? detail : `${name} (${detail})`;
}

function annotate(level: 'error' | 'warning' | 'notice', title: string, message: string): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return escapeText(text).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
