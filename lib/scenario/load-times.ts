import type { PasteStyle } from '../config/describe-problem.ts';
import type { RunConfig } from '../config/parameters.ts';
import { parseTimes } from '../load/parse-times.ts';
import { whyUnreadable } from '../shared/decode-text.ts';
import type { Problem } from '../shared/errors.ts';
import type { RunLoader } from './load-run.ts';

const MOST_SHOWN = 5;

/** Whether the file of the prompts says when they start: a trace. */
export function isOwnSchedule({ schedule, datasetPath }: Pick<RunConfig, 'schedule' | 'datasetPath'>): boolean {
  return schedule !== null && schedule === datasetPath;
}

/**
 * The times of the file that `schedule` names, in seconds since the first; null without one.
 *
 * @param problems what is wrong with the file, or with the moment to start at, is added here
 */
export function loadTimes(
  { schedule, datasetPath, speed, startAt }: RunConfig,
  { readText, style }: Pick<RunLoader, 'readText' | 'style'>,
  problems: Problem[],
  notes: string[],
): readonly number[] | null {
  if (startAt !== null && startAt < Date.now()) {
    const paste = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 60_000).toISOString();
    const allowed = 'a moment that is still to come';
    problems.push(describe('START_AT', 'start-at', 'a moment that is past', allowed, paste, style));
  }
  if (schedule === null || isOwnSchedule({ schedule, datasetPath })) return null;
  const complain = (why: string): void => {
    const allowed = 'a time a line, all in seconds or all as ISO 8601, in the first column';
    problems.push(describe('SCHEDULE', 'schedule', why, allowed, 'times.csv', style));
  };
  let text: string;
  try {
    text = readText(schedule);
  } catch (error) {
    complain(whyUnreadable(error));
    return [];
  }
  const { times, wrong, wasUnsorted } = parseTimes(text, speed);
  if (wrong.length > 0) {
    const more = wrong.length > MOST_SHOWN ? `, and ${wrong.length - MOST_SHOWN} more` : '';
    complain(`no time in ${wrong.slice(0, MOST_SHOWN).join(', ')}${more}`);
  } else if (times.length === 0) complain('a file without a time');
  if (wasUnsorted) notes.push('The schedule was not in order; it is played in order.');
  return times;
}

/** An open loop in which nothing starts. */
export function describeNoStarts(style: PasteStyle): Problem {
  const got = 'no measured request: too short for its rate, or all warm-up';
  const paste = style === 'flag' ? '--rate 5 --duration 1m' : '-e RATE=5 -e DURATION=1m';
  return { key: 'the schedule', got, allowed: 'at least one request after the warm-up', paste };
}

function describe(env: string, flag: string, got: string, allowed: string, value: string, style: PasteStyle): Problem {
  return {
    key: `${env} (--${flag})`,
    got,
    allowed,
    paste: style === 'flag' ? `--${flag} ${value}` : `-e ${env}=${value}`,
  };
}
