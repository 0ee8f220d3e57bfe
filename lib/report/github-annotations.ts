import { escapeText } from '../shared/escape-text.ts';
import { listChecks, type RunVerdict } from './check-list.ts';

/** GitHub shows no more than ten of a kind for one step. */
const SHOWN = 10;

/**
 * GitHub's workflow commands for a log: an error for every condition that does not hold, a warning where the measurement
 * is SUSPECT or INVALID, and none where all is well.
 *
 * Source of the form: "Workflow commands for GitHub Actions", `::error title={title}::{message}`.
 * @returns lines, without line feeds
 */
export function renderGithubAnnotations(verdict: RunVerdict): string[] {
  const crossed = listChecks(verdict).filter(({ ok }) => !ok);
  // The last line tells how many are not shown.
  const shown = crossed.length > SHOWN ? crossed.slice(0, SHOWN - 1) : crossed;
  const lines = shown.map(({ group, name, detail }) => {
    const title = { thresholds: 'Threshold crossed', gates: 'Gate crossed', measurement: 'Invalid measurement' }[group];
    return annotate('error', title, detail === null ? name : `${name} (${detail})`);
  });
  if (shown.length < crossed.length) {
    lines.push(annotate('error', 'Crossed', `and ${crossed.length - shown.length} more, see the report`));
  }
  const { verdict: word, reasons } = verdict.validity;
  if (word !== 'VALID') lines.push(annotate('warning', `Measurement ${word}`, reasons.join('; ')));
  return lines;
}

function annotate(level: 'error' | 'warning', title: string, message: string): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return escapeText(text).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
