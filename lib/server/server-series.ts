import { ownValue } from '../shared/own-value.ts';
import { ACCEPTED_BY_POSITION, KNOWN_METRICS, type ServerMetricName } from './known-metrics.ts';
import { type MetricSample, parseSample } from './parse-metrics.ts';
import type { ServerReading } from './server-reading.ts';

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
  readonly firstFailure: string | null;
}

interface Series {
  readonly sample: MetricSample;
  value: number;
  /** What it rose by since the first look; after a fall it began anew, from 0. */
  added: number;
}

/** One server, as it stands: its series by the text before their value. */
interface Server {
  readonly series: Map<string, Series>;
  readonly byName: Map<string, Series[]>;
  looks: number;
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
  const good = readings.filter(({ error }) => error === null).sort((a, b) => a.at_ms - b.at_ms);
  good.forEach((reading, index) => {
    take(servers, reading, programs);
    // Servers that are looked at together are one moment, which ends with the last of them.
    if (good[index + 1]?.at_ms !== reading.at_ms) moments.push(describeMoment(reading.at_ms, servers, names));
  });
  return {
    urls: [...new Set(readings.map(({ url }) => url))],
    programs: [...programs],
    moments,
    failures: failed.length,
    firstFailure: failed[0]?.error ?? null,
  };
}

function take(servers: Map<string, Server>, { url, lines }: ServerReading, programs: Set<string>): void {
  const server = servers.get(url) ?? {
    series: new Map<string, Series>(),
    byName: new Map<string, Series[]>(),
    looks: 0,
  };
  servers.set(url, server);
  for (const line of lines) {
    const sample = parseSample(line);
    if (sample === null) continue;
    const program = /^(vllm|sglang|tgi|llamacpp|trtllm|lmdeploy|nv|DCGM|gpu)[:_]/.exec(sample.name)?.[1];
    if (program !== undefined && !/^(DCGM|gpu)$/.test(program))
      programs.add(ownValue(PROGRAM_NAMES, program) ?? program);
    const { value } = sample;
    const key = `${sample.name}\n${[...sample.labels].map(([name, text]) => `${name}=${text}`).join('\n')}`;
    const known = server.series.get(key);
    if (known === undefined) {
      // A series that comes later began at 0: client libraries write it when it has its first value.
      const added = server.looks === 0 || !Number.isFinite(value) ? 0 : value;
      const series = { sample, value, added };
      server.series.set(key, series);
      const others = server.byName.get(sample.name);
      if (others === undefined) server.byName.set(sample.name, [series]);
      else others.push(series);
      continue;
    }
    if (Number.isFinite(value)) {
      const before = Number.isFinite(known.value) ? known.value : 0;
      known.added += value >= before ? value - before : value;
    }
    known.value = value;
  }
  server.looks++;
}

const PROGRAM_NAMES: Readonly<Record<string, string>> = { nv: 'triton', llamacpp: 'llama.cpp', trtllm: 'tensorrt-llm' };

function describeMoment(at_ms: number, servers: ReadonlyMap<string, Server>, names: readonly string[]): ServerMoment {
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

/** A metric's names, each with the label that picks its series; taken apart once, since every moment looks for all of them. */
const NAMES = new Map(
  (Object.keys(KNOWN_METRICS) as ServerMetricName[]).map((metric) => [
    metric,
    KNOWN_METRICS[metric].names.map((full) => {
      const [, name = '', label, text] = /^([^{]+)(?:\{(\w+)=(.*)\})?$/.exec(full) ?? [];
      return { name, label, text };
    }),
  ]),
);

/** The series of a name, with what a client library puts behind the name of a count or without it. */
function seriesOf({ byName }: Server, name: string): readonly Series[] {
  return [name, `${name}_total`].flatMap((spelling) => byName.get(spelling) ?? []);
}

/** The series of the first of a metric's names that a server has, of all servers; `suffix` is a histogram's. */
function findSeries(servers: ReadonlyMap<string, Server>, metric: ServerMetricName, suffix = ''): Series[] {
  return [...servers.values()].flatMap((server) => {
    for (const { name, label, text } of NAMES.get(metric) ?? []) {
      const named = suffix === '' ? seriesOf(server, name) : (server.byName.get(`${name}${suffix}`) ?? []);
      const found = label === undefined ? named : named.filter(({ sample }) => sample.labels.get(label) === text);
      if (found.length > 0) return found;
    }
    return [];
  });
}

function scaleOf(metric: ServerMetricName): number {
  return (KNOWN_METRICS[metric] as { readonly scale?: number }).scale ?? 1;
}

function readLevel(servers: ReadonlyMap<string, Server>, metric: ServerMetricName): number | null {
  const values = findSeries(servers, metric)
    .map(({ value }) => value)
    .filter(Number.isFinite);
  if (values.length === 0) return null;
  const sum = values.reduce((total, value) => total + value, 0);
  const { joins } = KNOWN_METRICS[metric] as { readonly joins?: 'sum' | 'mean' };
  return (joins === 'mean' ? sum / values.length : sum) * scaleOf(metric);
}

function readCount(servers: ReadonlyMap<string, Server>, metric: ServerMetricName): number | null {
  const found = findSeries(servers, metric);
  return found.length === 0 ? null : found.reduce((total, { added }) => total + added, 0) * scaleOf(metric);
}

function readBuckets(servers: ReadonlyMap<string, Server>, metric: ServerMetricName): Buckets | null {
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
    count: counts.reduce((total, { added }) => total + added, 0),
    sum: sums.reduce((total, { added }) => total + added, 0) * scale,
    atMost: new Map([...atMost].sort(([a], [b]) => a - b)),
  };
}

function readPositions(servers: ReadonlyMap<string, Server>): number[] {
  const places: number[] = [];
  for (const { sample, added } of [...servers.values()].flatMap((server) => seriesOf(server, ACCEPTED_BY_POSITION))) {
    const place = Number(sample.labels.get('position'));
    if (Number.isInteger(place) && place >= 0 && place <= 99) places[place] = (places[place] ?? 0) + added;
  }
  return Array.from(places, (value) => value ?? 0);
}

function readNamed(servers: ReadonlyMap<string, Server>, name: string): (readonly [string, number])[] {
  const found = [...servers.values()].flatMap((server) => seriesOf(server, name));
  const values = found.map(({ value }) => value).filter(Number.isFinite);
  return values.length === 0 ? [] : [[name, values.reduce((total, value) => total + value, 0)]];
}
