import { escapeText } from '../../shared/escape-text.ts';
import { type Check, hasFailed, listChecks, type RunVerdict } from './check-list.ts';

/** GitHub shows no more than ten of a kind for one step. */
const SHOWN = 10;

/**
 * GitHub's workflow commands for a log: an error for every condition that does not hold, a warning where the measurement
 * is SUSPECT or INVALID, a notice where it is not judged, and none where all is well.
 *
 * Source of the form: "Workflow commands for GitHub Actions", `::error title={title}::{message}`.
 * @returns lines, without line feeds
 */
export function renderGithubAnnotations(verdict: RunVerdict): string[] {
  const crossed = listChecks(verdict).filter(hasFailed);
  // The last line tells how many are not shown.
  const shown = crossed.length > SHOWN ? crossed.slice(0, SHOWN - 1) : crossed;
  const lines = shown.map((check) => annotate('error', titleOf(check, verdict), textOf(check)));
  if (shown.length < crossed.length) {
    lines.push(annotate('error', 'Crossed', `and ${crossed.length - shown.length} more, see the report`));
  }
  const { verdict: word, reasons } = verdict.validity;
  if (word === 'VALID' || verdict.nothing !== null) return lines;
  return [...lines, annotate(word === 'NOT JUDGED' ? 'notice' : 'warning', `Measurement ${word}`, reasons.join('; '))];
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
