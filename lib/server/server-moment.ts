import { mean } from '../shared/mean.ts';
import { ACCEPTED_BY_POSITION, KNOWN_METRICS, type KnownMetric, type ServerMetricName } from './known-metrics.ts';
import type { MetricSample } from './parse-metrics.ts';

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
  /** Numbers that were asked for by name: the series of a name added up, as they are. */
  readonly named: Readonly<Record<string, number>>;
}

/** One series of a server, as it is now. */
export interface Series {
  readonly sample: MetricSample;
  /** As `deviceOf` has it; kept, for every moment asks. */
  readonly device: string;
  /** As the page has it. */
  value: number;
  /** The last one that is a number; null before the first. */
  last: number | null;
  /** The look that had it last, from 0; histograms are on the first and the last alone. */
  lastLook: number;
  /** What it rose by since the first look; after a fall it began anew, from 0. */
  added: number;
}

/** A server at one moment. */
interface ServerState {
  /** How many of its looks were answered. */
  readonly looks: number;
  readonly byName: ReadonlyMap<string, readonly Series[]>;
  /** false: its last look failed, so that nobody knows its levels. */
  readonly isUp: boolean;
}

/** @param names further metrics, by the names that the servers give them */
export function describeMoment(at_ms: number, servers: readonly ServerState[], names: readonly string[]): ServerMoment {
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

/** What counts: its names as a page has them. */
export const COUNT_NAMES: ReadonlySet<string> = new Set(
  [...NAMES].flatMap(([metric, names]) => {
    const { kind } = KNOWN_METRICS[metric];
    if (kind === 'gauge') return [];
    const suffixes = kind === 'counter' ? ['', '_total'] : ['_bucket', '_sum', '_count'];
    return names.flatMap((parts) => parts.flatMap(({ name }) => suffixes.map((suffix) => name + suffix)));
  }),
);

/** The label that names the device, by the names of metrics of devices, as a page has them. */
export const DEVICE_LABELS: ReadonlyMap<string, string> = new Map(
  [...NAMES].flatMap(([metric, names]) => {
    const { perLabel } = KNOWN_METRICS[metric] as KnownMetric;
    if (perLabel === undefined) return [];
    const spellings = names.flatMap((parts) => parts.flatMap(({ name }) => [name, `${name}_total`]));
    return spellings.map((name) => [name, perLabel] as const);
  }),
);

/** The series of a name, with what a client library puts after the name of a count, or without it. */
function seriesOf({ byName }: ServerState, ...spellings: readonly string[]): readonly Series[] {
  return spellings.map((name) => byName.get(name) ?? []).find(({ length }) => length > 0) ?? [];
}

/**
 * The series of the first of a metric's names that a server has.
 *
 * @param suffix   of a histogram
 * @param isWanted others are passed over, as if the server had them not
 */
function findSeries(
  server: ServerState,
  metric: ServerMetricName,
  suffix = '',
  isWanted: (one: Series) => boolean = () => true,
): readonly Series[] {
  const find = ({ name, label, text }: NamePart): readonly Series[] => {
    const named = suffix === '' ? seriesOf(server, `${name}_total`, name) : seriesOf(server, name + suffix);
    const labelled = label === undefined ? named : named.filter(({ sample }) => sample.labels.get(label) === text);
    return labelled.filter(isWanted);
  };
  for (const parts of NAMES.get(metric) ?? []) {
    const [first, ...others] = parts.map(find);
    if (first !== undefined && first.length > 0) return [...first, ...others.flat()];
  }
  return [];
}

/** The processes of one model that is spread over GPUs (SGLang): each tells the same, where all of them do. */
const RANK_LABELS: ReadonlySet<string> = new Set(['tp_rank', 'pp_rank', 'moe_ep_rank']);

/** The device, or the engine, that a series tells of: others of the same one repeat its value, or have a share of it. */
export function deviceOf({ name, labels }: MetricSample): string {
  const deviceLabel = DEVICE_LABELS.get(name);
  const device = deviceLabel === undefined ? undefined : labels.get(deviceLabel);
  const others = [...labels].filter(([label]) => !RANK_LABELS.has(label));
  return device ?? keyOf(name, others);
}

/** Of each device, or each engine, the largest value of its series. */
function perDevice(series: readonly Series[], read: (one: Series) => number): number[] {
  const devices = new Map<string, number>();
  for (const one of series) {
    devices.set(one.device, Math.max(devices.get(one.device) ?? Number.NEGATIVE_INFINITY, read(one)));
  }
  return [...devices.values()];
}

interface NamePart {
  readonly name: string;
  readonly label: string | undefined;
  readonly text: string | undefined;
}

function isUp(server: ServerState): boolean {
  return server.isUp;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function scaleOf(metric: ServerMetricName): number {
  return (KNOWN_METRICS[metric] as KnownMetric).scale ?? 1;
}

function readLevel(servers: readonly ServerState[], metric: ServerMetricName): number | null {
  const values = servers.filter(isUp).flatMap((server) => {
    const told = findSeries(server, metric, '', ({ value }) => Number.isFinite(value));
    return perDevice(told, ({ value }) => value);
  });
  if (values.length === 0) return null;
  const { joins } = KNOWN_METRICS[metric] as KnownMetric;
  return (joins === 'mean' ? mean(values) : sum(values)) * scaleOf(metric);
}

/** A count that is the sum of a histogram (TGI) is known where a look has that. */
function readCount(servers: readonly ServerState[], metric: ServerMetricName): number | null {
  const found = servers.map((server) => findSeries(server, metric));
  const isPassedOver = ({ sample, lastLook }: Series, { looks }: ServerState): boolean =>
    sample.name.endsWith('_sum') && lastLook < looks - 1;
  if (servers.some((server, place) => found[place]?.some((one) => isPassedOver(one, server)))) return null;
  const { stepLabel, zeroBeside = '' } = KNOWN_METRICS[metric] as KnownMetric;
  const isZero = (server: ServerState): boolean => isCounted(seriesOf(server, `${zeroBeside}_total`, zeroBeside));
  if (!isCounted(found.flat())) return servers.some(isZero) ? 0 : null;
  if (stepLabel !== undefined && found.some((series) => countValues(series, stepLabel) > 1)) return null;
  return sum(found.flatMap((series) => perDevice(series, ({ added }) => added))) * scaleOf(metric);
}

function isCounted(series: readonly Series[]): boolean {
  return series.some(({ last }) => last !== null);
}

function countValues(series: readonly Series[], label: string): number {
  return new Set(series.map(({ sample }) => sample.labels.get(label))).size;
}

/** Of histograms with unlike edges only those that all of them have: between two edges nobody knows how many there are. */
function readBuckets(servers: readonly ServerState[], metric: ServerMetricName): Buckets | null {
  const [buckets, sums, counts] = ['_bucket', '_sum', '_count'].map((suffix) =>
    servers.flatMap((server) => findSeries(server, metric, suffix)),
  ) as [Series[], Series[], Series[]];
  if (counts.length === 0) return null;
  const scale = scaleOf(metric);
  const atMost = new Map<number, number[]>();
  for (const { sample, added } of buckets) {
    const le = sample.labels.get('le') ?? '';
    const edge = /^\+?inf$/i.test(le) ? Number.POSITIVE_INFINITY : Number(le) * scale;
    if (le !== '' && !Number.isNaN(edge)) atMost.set(edge, [...(atMost.get(edge) ?? []), added]);
  }
  const shared = [...atMost].filter(([, added]) => added.length === counts.length);
  return {
    count: sum(counts.map(({ added }) => added)),
    sum: sum(sums.map(({ added }) => added)) * scale,
    atMost: new Map(shared.sort(([a], [b]) => a - b).map(([edge, added]) => [edge, sum(added)])),
  };
}

function readPositions(servers: readonly ServerState[]): number[] {
  const places: number[] = [];
  for (const { sample, added } of servers.flatMap((server) =>
    ACCEPTED_BY_POSITION.flatMap((name) => seriesOf(server, `${name}_total`, name)),
  )) {
    const place = Number(sample.labels.get('position'));
    if (Number.isInteger(place) && place >= 0 && place <= 99) places[place] = (places[place] ?? 0) + added;
  }
  return Array.from(places, (value) => value ?? 0);
}

function readNamed(servers: readonly ServerState[], name: string): (readonly [string, number])[] {
  const found = servers.filter(isUp).flatMap((server) => seriesOf(server, name, `${name}_total`));
  const values = found.map(({ value }) => value).filter(Number.isFinite);
  return values.length === 0 ? [] : [[name, sum(values)]];
}

/** What tells series apart: their labels, in whichever order a page has them. */
export function keyOf(name: string, labels: readonly (readonly [string, string])[]): string {
  const pairs = labels.map(([label, text]) => `${label}=${text}`);
  return `${name}\n${pairs.sort().join('\n')}`;
}
