/** What a results folder calls the page to open. */
export const PAGE_FILE = 'perf_report.html';

function twoDigits(value: number): string {
  return `${value}`.padStart(2, '0');
}

/** evalscope's name of a run's folder, local time: `20241216_194204`. */
function formatTimestamp(date: Date): string {
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join('');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join('');
  return `${day}_${time}`;
}

/**
 * A name as one part of a path on every system: characters that one of them forbids become `_`, and so do names that
 * would lead elsewhere (`..`) or nowhere.
 */
export function toFolderName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are among what is forbidden
  const safe = name.replace(/[\u0000-\u001f\u007f<>:"/\\|?*]/g, '_').trim();
  return /^\.*$/.test(safe) ? '_' : safe;
}

/**
 * Where the results of a run lie: `<outputs>/<timestamp>/<name>`, or `<outputs>/<name>` without a timestamp.
 *
 * `outputs` stays as it was written (`./outputs`), since the path is shown in the first table.
 */
export function formatReportFolder(outputs: string, startedAt: Date | null, name: string, suffix = ''): string {
  const time = startedAt === null ? [] : [`${formatTimestamp(startedAt)}${suffix}`];
  const parts = [outputs.replace(/[/\\]+$/, '') || '/', ...time];
  return [...parts, toFolderName(name)].join('/').replace(/^\/\//, '/');
}
