import { mean } from '../shared/mean.ts';
import { ownValue } from '../shared/own-value.ts';
import { ACCEPTED_BY_POSITION, KNOWN_METRICS, type ServerMetricName } from './known-metrics.ts';
import { type MetricSample, parseSample } from './parse-metrics.ts';
import { GIVEN_UP, type ServerReading } from './server-reading.ts';

/** A distribution as a server tells it: how many values were at most `le`, in our unit, for each bucket. */
export interface Buckets {
  readonly count: number;
  readonly sum: number;
  /** By upper edge, ascending; the last one is infinite. */
  readonly atMost: ReadonlyMap<number, number>;
}

/**
 * All servers at one moment. Levels are those of the moment; counts and distributions are what was added since the first
 * look, so that a server that was started anew in between loses nothing but what it had not shown.
 */
export interface ServerMoment {
  readonly at_ms: number;
  readonly levels: Readonly<Partial<Record<ServerMetricName, number>>>;
  readonly counts: Readonly<Partial<Record<ServerMetricName, number>>>;
  readonly distributions: Readonly<Partial<Record<ServerMetricName, Buckets>>>;
  /** Draft tokens that were taken, by their place from 0. */
  readonly accepted_by_position: readonly number[];
  /** Numbers that were asked for by name: the series of a name added up, as they stand. */
  readonly named: Readonly<Record<string, number>>;
}

/** Everything that the servers of a run told, in the order of time. */
export interface ServerSeries {
  readonly urls: readonly string[];
  /** The programs that the names of the metrics tell of: `vllm`, `sglang`, … */
  readonly programs: readonly string[];
  readonly moments: readonly ServerMoment[];
  /** Looks that failed, and the words of the first of them. */
  readonly failures: number;
  /** Looks in all, those at several servers one each. */
  readonly looks: number;
  readonly firstFailure: string | null;
  /** Servers that were left alone while the run went on, since they gave no answer. */
  readonly givenUp: readonly string[];
  /** Servers that answered with a page on which nothing is known. */
  readonly silent: readonly string[];
  /** Series that a page had twice with different values, which are left out. */
  readonly ambiguous: number;
}

interface Series {
  readonly sample: MetricSample;
  /** As the page has it. */
  value: number;
  /** The last one that is a number; null before the first. */
  last: number | null;
  /** What it rose by since the first look; after a fall it began anew, from 0. */
  added: number;
}

/** One server, as it stands: its series by the text before their value. */
interface Server {
  readonly series: Map<string, Series>;
  readonly byName: Map<string, Series[]>;
  /** Series that a page had twice. */
  readonly ambiguous: Set<string>;
  /** What each reader has seen last. */
  readonly pages: Map<number, Map<string, MetricSample>>;
  lastReader: number | null;
  looks: number;
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
  const moments: ServerMoment[] = [];
  const failed = readings.filter(({ error }) => error !== null);
  const inOrder = [...readings].sort((a, b) => a.at_ms - b.at_ms);
  let isAnswered = false;
  inOrder.forEach((reading, index) => {
    take(servers, reading, programs);
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
    failures: failed.length,
    looks: readings.length,
    firstFailure: failed[0]?.error ?? null,
    givenUp: [...new Set(failed.flatMap(({ url, error }) => (error?.endsWith(GIVEN_UP) === true ? [url] : [])))],
    silent: all.flatMap(([url, { looks, series }]) => (looks > 0 && series.size === 0 ? [url] : [])),
    ambiguous: all.reduce((sum, [, { ambiguous }]) => sum + ambiguous.size, 0),
  };
}

function take(
  servers: Map<string, Server>,
  { url, lines, error, reader = 0 }: ServerReading,
  programs: Set<string>,
): void {
  const server = servers.get(url) ?? createServer();
  servers.set(url, server);
  server.isUp = error === null;
  if (error !== null) return;
  const samples = readSamples(lines, server.ambiguous);
  for (const key of server.ambiguous) dropSeries(server, key);
  for (const [key, sample] of pageOf(server, reader, samples)) {
    const program = /^(vllm|sglang|tgi|llamacpp|trtllm|lmdeploy|nv|DCGM|gpu)[:_]/.exec(sample.name)?.[1];
    if (program !== undefined && !/^(DCGM|gpu)$/.test(program))
      programs.add(ownValue(PROGRAM_NAMES, program) ?? program);
    const known = server.series.get(key);
    if (known === undefined) addSeries(server, key, sample);
    else updateSeries(known, sample.value);
  }
  server.looks++;
}

/** What the page has by now: beside what is new, where another reader looked since, what this one knew before. */
function pageOf(
  server: Server,
  reader: number,
  news: ReadonlyMap<string, MetricSample>,
): ReadonlyMap<string, MetricSample> {
  const known = server.pages.get(reader) ?? new Map<string, MetricSample>();
  for (const [key, sample] of news) known.set(key, sample);
  for (const key of server.ambiguous) known.delete(key);
  server.pages.set(reader, known);
  const isAlone = server.lastReader === reader;
  server.lastReader = reader;
  return isAlone ? news : known;
}

function createServer(): Server {
  return {
    ...{ series: new Map(), byName: new Map(), ambiguous: new Set() },
    ...{ pages: new Map(), lastReader: null, looks: 0, isUp: true },
  };
}

/** The samples by their series; one that a page has twice with different values says nothing, from then on. */
function readSamples(lines: readonly string[], ambiguous: Set<string>): Map<string, MetricSample> {
  const samples = new Map<string, MetricSample>();
  for (const line of lines) {
    const sample = parseSample(line);
    if (sample === null) continue;
    const key = `${sample.name}\n${[...sample.labels].map(([name, text]) => `${name}=${text}`).join('\n')}`;
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
  // A series that comes later began at 0: client libraries write it when it has its first value.
  const added = looks === 0 || !isNumber ? 0 : value;
  const one = { sample, value, last: isNumber ? value : null, added };
  series.set(key, one);
  const others = byName.get(name);
  if (others === undefined) byName.set(name, [one]);
  else others.push(one);
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

function updateSeries(series: Series, value: number): void {
  series.value = value;
  if (!Number.isFinite(value)) return;
  const { last } = series;
  if (last !== null) series.added += value >= last ? value - last : value;
  series.last = value;
}

const PROGRAM_NAMES: Readonly<Record<string, string>> = { nv: 'triton', llamacpp: 'llama.cpp', trtllm: 'tensorrt-llm' };

function describeMoment(at_ms: number, servers: readonly Server[], names: readonly string[]): ServerMoment {
  const levels: Partial<Record<ServerMetricName, number>> = {};
  const counts: Partial<Record<ServerMetricName, number>> = {};
  const distributions: Partial<Record<ServerMetricName, Buckets>> = {};
  for (const [name, { kind }] of Object.entries(KNOWN_METRICS) as [ServerMetricName, { kind: string }][]) {
    if (kind === 'gauge') setKnown(levels, name, readLevel(servers, name));
    else if (kind === 'counter') setKnown(counts, name, readCount(servers, name));
    else setKnown(distributions, name, readBuckets(servers, name));
  }
  return {
    ...{ at_ms, levels, counts, distributions },
    accepted_by_position: readPositions(servers),
    named: Object.fromEntries(names.flatMap((name) => readNamed(servers, name))),
  };
}

function setKnown<Value>(
  into: Partial<Record<ServerMetricName, Value>>,
  name: ServerMetricName,
  value: Value | null,
): void {
  if (value !== null) into[name] = value;
}

/** A metric's names in their parts, each with the label that picks its series; taken apart once, for every moment reads them. */
const NAMES = new Map(
  (Object.keys(KNOWN_METRICS) as ServerMetricName[]).map((metric) => [
    metric,
    KNOWN_METRICS[metric].names.map((full) =>
      full.split(' + ').map((part) => {
        const [, name = '', label, text] = /^([^{]+)(?:\{(\w+)=(.*)\})?$/.exec(part) ?? [];
        return { name, label, text };
      }),
    ),
  ]),
);

/** The series of a name, with what a client library puts behind the name of a count or without it. */
function seriesOf({ byName }: Server, name: string): readonly Series[] {
  return [name, `${name}_total`].flatMap((spelling) => byName.get(spelling) ?? []);
}

/** The series of the first of a metric's names that a server has, of all servers; `suffix` is a histogram's. */
function findSeries(servers: readonly Server[], metric: ServerMetricName, suffix = ''): Series[] {
  return servers.flatMap((server) => {
    const find = ({ name, label, text }: NamePart): readonly Series[] => {
      const named = suffix === '' ? seriesOf(server, name) : (server.byName.get(`${name}${suffix}`) ?? []);
      return label === undefined ? named : named.filter(({ sample }) => sample.labels.get(label) === text);
    };
    for (const parts of NAMES.get(metric) ?? []) {
      const [first, ...others] = parts.map(find);
      if (first !== undefined && first.length > 0) return [...first, ...others.flat()];
    }
    return [];
  });
}

/** What is told of each device; where parts of one repeat its value, or have a share of it, the largest. */
function perDevice(series: readonly Series[], metric: ServerMetricName, read: (one: Series) => number): number[] {
  const { perLabel } = KNOWN_METRICS[metric] as { readonly perLabel?: string };
  const devices = new Map<string, number>();
  series.forEach((one, index) => {
    const device = perLabel === undefined ? undefined : one.sample.labels.get(perLabel);
    const key = device ?? `series ${index}`;
    devices.set(key, Math.max(devices.get(key) ?? Number.NEGATIVE_INFINITY, read(one)));
  });
  return [...devices.values()];
}

interface NamePart {
  readonly name: string;
  readonly label: string | undefined;
  readonly text: string | undefined;
}

function isUp(server: Server): boolean {
  return server.isUp;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function scaleOf(metric: ServerMetricName): number {
  return (KNOWN_METRICS[metric] as { readonly scale?: number }).scale ?? 1;
}

function readLevel(servers: readonly Server[], metric: ServerMetricName): number | null {
  const told = findSeries(servers.filter(isUp), metric).filter(({ value }) => Number.isFinite(value));
  const values = perDevice(told, metric, ({ value }) => value);
  if (values.length === 0) return null;
  const { joins } = KNOWN_METRICS[metric] as { readonly joins?: 'sum' | 'mean' };
  return (joins === 'mean' ? mean(values) : sum(values)) * scaleOf(metric);
}

function readCount(servers: readonly Server[], metric: ServerMetricName): number | null {
  const found = findSeries(servers, metric);
  if (found.every(({ last }) => last === null)) return null;
  return sum(perDevice(found, metric, ({ added }) => added)) * scaleOf(metric);
}

function readBuckets(servers: readonly Server[], metric: ServerMetricName): Buckets | null {
  const buckets = findSeries(servers, metric, '_bucket');
  const [sums, counts] = [findSeries(servers, metric, '_sum'), findSeries(servers, metric, '_count')];
  if (counts.length === 0) return null;
  const scale = scaleOf(metric);
  const atMost = new Map<number, number>();
  for (const { sample, added } of buckets) {
    const le = sample.labels.get('le') ?? '';
    const edge = /^\+?inf$/i.test(le) ? Number.POSITIVE_INFINITY : Number(le) * scale;
    if (le !== '' && !Number.isNaN(edge)) atMost.set(edge, (atMost.get(edge) ?? 0) + added);
  }
  return {
    count: sum(counts.map(({ added }) => added)),
    sum: sum(sums.map(({ added }) => added)) * scale,
    atMost: new Map([...atMost].sort(([a], [b]) => a - b)),
  };
}

function readPositions(servers: readonly Server[]): number[] {
  const places: number[] = [];
  for (const { sample, added } of servers.flatMap((server) =>
    ACCEPTED_BY_POSITION.flatMap((name) => seriesOf(server, name)),
  )) {
    const place = Number(sample.labels.get('position'));
    if (Number.isInteger(place) && place >= 0 && place <= 99) places[place] = (places[place] ?? 0) + added;
  }
  return Array.from(places, (value) => value ?? 0);
}

function readNamed(servers: readonly Server[], name: string): (readonly [string, number])[] {
  const found = servers.filter(isUp).flatMap((server) => seriesOf(server, name));
  const values = found.map(({ value }) => value).filter(Number.isFinite);
  return values.length === 0 ? [] : [[name, sum(values)]];
}
