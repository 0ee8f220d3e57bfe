import { ownValue } from '../shared/own-value.ts';
import { createNameFilter, type NameFilter } from './metric-names.ts';
import { type MetricSample, parseSample } from './parse-metrics.ts';
import {
  COUNT_NAMES,
  DEVICE_LABELS,
  describeMoment,
  deviceOf,
  keyOf,
  type Series,
  type ServerMoment,
} from './server-moment.ts';
import { GIVEN_UP, type ServerReading } from './server-reading.ts';

/** Everything that the servers of a run told, in the order of time. */
export interface ServerSeries {
  readonly urls: readonly string[];
  /** The programs that the names of the metrics tell of: `vllm`, `sglang`, … */
  readonly programs: readonly string[];
  readonly moments: readonly ServerMoment[];
  /** When looks failed, milliseconds since 1970, and the words of the first of them. */
  readonly failedAt: readonly number[];
  /** Looks in all, those at several servers one each. */
  readonly looks: number;
  readonly firstFailure: string | null;
  /** Servers that were left alone while the run went on, since they gave no answer. */
  readonly givenUp: readonly string[];
  /** Servers that answered with a page on which nothing is known. */
  readonly silent: readonly string[];
  /** Metrics that were asked for by name, and that no look had as a number. */
  readonly absent: readonly string[];
  /** Series that a page had twice with different values, which are left out. */
  readonly ambiguous: number;
  /** Servers of which a count fell, and how many looks found one that had. */
  readonly falls: readonly { readonly url: string; readonly times: number }[];
}

/**
 * A server that is started anew counts from 0 once. Where counts fall again and again, several servers answer there in turn, and
 * what one of them shows says nothing of what another one has added.
 */
export const MIXED_FALLS = 2;

/** A sample of a page, and whether it is below what the same reader had there before. */
interface Reading {
  readonly sample: MetricSample;
  readonly isFall: boolean;
}

/** One server, as it is now: its series by the text before their value. */
interface Server {
  readonly series: Map<string, Series>;
  readonly byName: Map<string, Series[]>;
  /** Series that a page had twice. */
  readonly ambiguous: Set<string>;
  /** What each reader has seen last. */
  readonly pages: Map<number, Map<string, MetricSample>>;
  lastReader: number | null;
  looks: number;
  /** Looks that found a count below what it was. */
  falls: number;
  /** The last of those. */
  fellAt: number;
  /** false: its last look failed, so that nobody knows its levels. */
  isUp: boolean;
}

/**
 * Puts looks at servers together.
 *
 * @param readings of any number of servers, each server's in the order of time
 * @param names further metrics, by the names that the servers give them
 */
export function buildServerSeries(readings: readonly ServerReading[], names: readonly string[] = []): ServerSeries {
  const servers = new Map<string, Server>();
  const programs = new Set<string>();
  const isKept = createNameFilter(names);
  const moments: ServerMoment[] = [];
  const failed = readings.filter(({ error }) => error !== null);
  const inOrder = [...readings].sort((a, b) => a.at_ms - b.at_ms);
  let isAnswered = false;
  inOrder.forEach((reading, index) => {
    take(servers, reading, programs, isKept);
    isAnswered ||= reading.error === null;
    // Servers that are looked at together are one moment, which ends with the last of them.
    if (inOrder[index + 1]?.at_ms === reading.at_ms) return;
    if (isAnswered) moments.push(describeMoment(reading.at_ms, [...servers.values()], names));
    isAnswered = false;
  });
  const all = [...servers];
  return {
    urls: [...new Set(readings.map(({ url }) => url))],
    programs: [...programs],
    moments,
    failedAt: failed.map(({ at_ms }) => at_ms),
    looks: readings.length,
    firstFailure: failed[0]?.error ?? null,
    givenUp: [...new Set(failed.flatMap(({ url, error }) => (error?.endsWith(GIVEN_UP) === true ? [url] : [])))],
    silent: all.flatMap(([url, { looks, series }]) => (looks > 0 && series.size === 0 ? [url] : [])),
    absent: names.filter((name) => !moments.some(({ named }) => Object.hasOwn(named, name))),
    ambiguous: all.reduce((sum, [, { ambiguous }]) => sum + ambiguous.size, 0),
    falls: all.flatMap(([url, { falls: times }]) => (times > 0 ? [{ url, times }] : [])),
  };
}

function take(
  servers: Map<string, Server>,
  { url, lines, isWhole = false, error, reader = 0 }: ServerReading,
  programs: Set<string>,
  isKept: NameFilter,
): void {
  const server = servers.get(url) ?? createServer();
  servers.set(url, server);
  server.isUp = error === null;
  if (error !== null) return;
  const samples = readSamples(lines, server.ambiguous);
  for (const key of server.ambiguous) dropSeries(server, key);
  if (isWhole) addGone(samples, server.pages.get(reader) ?? new Map(), isKept);
  let hasFallen = false;
  for (const [key, { sample, isFall }] of pageOf(server, reader, samples)) {
    const program = /^(vllm|sglang|tgi|llamacpp|trtllm|lmdeploy|nv|DCGM|gpu)[:_]/.exec(sample.name)?.[1];
    if (program !== undefined && !/^(DCGM|gpu)$/.test(program))
      programs.add(ownValue(PROGRAM_NAMES, program) ?? program);
    const known = server.series.get(key);
    if (known === undefined) {
      addSeries(server, key, sample);
      continue;
    }
    const { value, lastLook } = known;
    const isOnEach = isKept(sample.name, false);
    const look = isOnEach || samples.has(key) ? server.looks : lastLook;
    if (!updateSeries(known, sample.value, { isFall, look }) || !COUNT_NAMES.has(sample.name)) continue;
    // What was not on the page since the others fell, or is on the first and the last look alone, fell with them.
    hasFallen ||= (isOnEach && Number.isFinite(value)) || lastLook >= server.fellAt;
  }
  if (hasFallen) {
    server.falls++;
    server.fellAt = server.looks;
  }
  server.looks++;
}

/** What the page has by now: beside what is new, where another reader looked since, what this one knew before. */
function pageOf(server: Server, reader: number, news: ReadonlyMap<string, MetricSample>): ReadonlyMap<string, Reading> {
  const known = server.pages.get(reader) ?? new Map<string, MetricSample>();
  const isAlone = server.lastReader === reader;
  const page = new Map<string, Reading>();
  if (!isAlone) for (const [key, sample] of known) page.set(key, { sample, isFall: false });
  for (const [key, sample] of news) {
    const before = known.get(key);
    // Two readers may be answered in another order than they asked: what is behind the other alone has not fallen.
    page.set(key, { sample, isFall: before === undefined || !(sample.value >= before.value) });
    known.set(key, sample);
  }
  for (const key of server.ambiguous) {
    known.delete(key);
    page.delete(key);
  }
  server.pages.set(reader, known);
  server.lastReader = reader;
  return page;
}

/**
 * What a reader knew and finds no more has no value from then on: no level, and a count stays where it was. What only the first
 * look keeps is on the page, for all that the others know.
 */
function addGone(news: Map<string, MetricSample>, known: ReadonlyMap<string, MetricSample>, isKept: NameFilter): void {
  for (const [key, sample] of known) {
    if (!news.has(key) && isKept(sample.name, false)) news.set(key, { ...sample, value: Number.NaN });
  }
}

function createServer(): Server {
  return {
    ...{ series: new Map(), byName: new Map(), ambiguous: new Set() },
    ...{ pages: new Map(), lastReader: null, looks: 0, falls: 0, fellAt: 0, isUp: true },
  };
}

/** The samples by their series; one that a page has twice with different values says nothing, from then on. */
function readSamples(lines: readonly string[], ambiguous: Set<string>): Map<string, MetricSample> {
  const samples = new Map<string, MetricSample>();
  for (const line of lines) {
    const sample = parseSample(line);
    if (sample === null) continue;
    const key = keyOf(sample.name, [...sample.labels]);
    const other = samples.get(key);
    if (other !== undefined && !Object.is(other.value, sample.value)) ambiguous.add(key);
    samples.set(key, sample);
  }
  for (const key of ambiguous) samples.delete(key);
  return samples;
}

function addSeries({ series, byName, looks }: Server, key: string, sample: MetricSample): void {
  const { name, value } = sample;
  const isNumber = Number.isFinite(value);
  const others = byName.get(name) ?? [];
  const added = looks === 0 || !isNumber ? 0 : addedSoFar(sample, others);
  const one = { sample, device: deviceOf(sample), value, last: isNumber ? value : null, lastLook: looks, added };
  series.set(key, one);
  byName.set(name, [...others, one]);
}

/**
 * What a series that comes later has added. It began at 0, since client libraries write it when it has its first value; but
 * that of a device is as old as the device, and goes on where it had other labels, such as those of who uses it.
 */
function addedSoFar({ name, labels, value }: MetricSample, others: readonly Series[]): number {
  const device = DEVICE_LABELS.get(name);
  if (device === undefined) return value;
  const before = others.filter(({ sample }) => sample.labels.get(device) === labels.get(device));
  return before.reduce((most, { added, last }) => Math.max(most, added + Math.max(0, value - (last ?? value))), 0);
}

function dropSeries({ series, byName }: Server, key: string): void {
  const one = series.get(key);
  if (one === undefined) return;
  series.delete(key);
  const { name } = one.sample;
  byName.set(
    name,
    (byName.get(name) ?? []).filter((other) => other !== one),
  );
}

/** @returns whether it began anew */
function updateSeries(
  series: Series,
  value: number,
  { isFall, look }: { readonly isFall: boolean; readonly look: number },
): boolean {
  series.value = value;
  const { last } = series;
  if (!Number.isFinite(value) || (last !== null && value < last && !isFall)) return false;
  const isNew = last !== null && value < last;
  if (last !== null) series.added += isNew ? value : value - last;
  series.last = value;
  series.lastLook = look;
  return isNew;
}

const PROGRAM_NAMES: Readonly<Record<string, string>> = { nv: 'triton', llamacpp: 'llama.cpp', trtllm: 'tensorrt-llm' };
