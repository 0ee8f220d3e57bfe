import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { type Duplex, pipeline, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { findApiOfPath, findEnding } from '../../api/apis.ts';
import { formatHttpUrl, parseHttpUrl } from '../../config/http-url.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { type Connections, createConnections, readProxies } from '../../engine/index.ts';
import { formatLine } from '../../records/record-line.ts';
import { createServerReader, type PageAddress, type ServerPage } from '../../scenario/server-reader.ts';
import { createNameFilter } from '../../server/metric-names.ts';
import { textOfPage } from '../../server/node-page-text.ts';
import { nameOfLine } from '../../server/parse-metrics.ts';
import { LOOK_MS } from '../../server/server-reading.ts';
import { describeFetchError } from '../../shared/node-fetch-error.ts';
import { ownValue } from '../../shared/own-value.ts';
import type { Milliseconds } from '../../shared/units.ts';
import { repeat } from './follow-lines.ts';

/** Looks at servers while a run goes on. */
export interface ServerWatch {
  /** The pages of the servers that are read, of GPUs apart; empty where there are none. */
  readonly urls: readonly string[];
  /** Looks once more, and closes the file. */
  end(): Promise<void>;
}

type WatchedSettings = Pick<
  RunConfig,
  'urls' | 'insecure' | 'serverMetrics' | 'serverMetricsHeaders' | 'serverMetricNames' | 'gpuMetrics'
>;

const EVERY_MS = 1000;
/** A server that is busy answers late, and nobody waits for a look beside the load. */
const BESIDE_LOOK_MS = 2000;
/** A run does not wait long for a page that nobody named. */
const LONGEST_TRY_MS = 1000;

/**
 * Looks at the servers' pages of metrics while a run goes on, every second, and after it, and writes what changed to a file.
 *
 * @param file is made with the first look that is answered, or that somebody asked for
 * @param env  where the proxies are named
 */
export async function watchServer(
  config: WatchedSettings,
  runId: string,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ServerWatch> {
  const connections = createConnections({
    insecureSkipTLSVerify: config.insecure,
    noReuse: false,
    proxyFor: readProxies(env),
    onSocket: () => undefined,
  });
  const headers = config.serverMetricsHeaders;
  const urls = config.serverMetrics === 'auto' ? await findPages(config, connections) : config.serverMetrics;
  if (urls.length + config.gpuMetrics.length === 0) {
    connections.close();
    return { urls, end: async () => undefined };
  }
  const stream = createWriteStream(file, { flags: 'a' });
  // On a full disk there is no report on the server, and the run goes on.
  stream.on('error', () => undefined);
  const over = new AbortController();
  const createReader = (asking: Pick<Asking, 'timeoutMs' | 'calledOff'>, isHeard: () => boolean) =>
    createServerReader(
      { ...config, serverMetrics: urls },
      runId,
      (page) => readPage(page, { headers, connections, ...asking }),
      (content) => isHeard() && stream.write(`${formatLine('server', content)}\n`),
    );
  const beside = { timeoutMs: BESIDE_LOOK_MS, calledOff: over.signal };
  // The script waits for a look of its own before and after its load, so that nobody waits for one here.
  const stop = repeat(
    createReader(beside, () => !over.signal.aborted),
    EVERY_MS,
    0,
  );
  return {
    urls,
    async end() {
      // The last look takes the place of one under way, and all that is on its page.
      over.abort();
      await stop();
      await createReader({ timeoutMs: LOOK_MS }, () => true)();
      connections.close();
      stream.end();
      await finished(stream).catch(() => undefined);
    },
  };
}

/** `/metrics` beside each API, where one metric on it is known or asked for; it is asked without key and headers. */
async function findPages(
  { urls, serverMetricNames }: Pick<WatchedSettings, 'urls' | 'serverMetricNames'>,
  connections: Connections,
): Promise<string[]> {
  const isKept = createNameFilter(serverMetricNames);
  const isPage = async (url: string): Promise<boolean> => {
    const page = await readPage({ url }, { headers: {}, connections, timeoutMs: LONGEST_TRY_MS });
    return page.error === null && page.text.split('\n').some((line) => isKept(nameOfLine(line), true));
  };
  const tries = new Map<string, Promise<boolean>>();
  const found = await Promise.all(
    urls.map(async (api) => {
      for (const url of listPlaces(api)) {
        const tried = tries.get(url) ?? isPage(url);
        tries.set(url, tried);
        if (await tried) return [url];
      }
      return [];
    }),
  );
  return [...new Set(found.flat())];
}

/**
 * Where an API's page may be: below the prefix that the API has, as llama.cpp's --api-prefix and gateways give it, else at the
 * root, where behind a gateway another server may answer.
 */
function listPlaces(apiUrl: string): string[] {
  const parsed = parseHttpUrl(apiUrl);
  if (parsed.state === 'refused') return [];
  const path = parsed.value.path.replace(/\/+$/, '');
  const api = findApiOfPath(path);
  const ending = api === null ? path : (findEnding(api, path) ?? path);
  const prefix = path.slice(0, path.length - ending.length).replace(/\/v\d[^/]*$/, '');
  return [...new Set([prefix, ''])].map((start) =>
    formatHttpUrl({ ...parsed.value, path: `${start}/metrics`, query: '' }),
  );
}

/** How a page is asked for. */
interface Asking {
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: Connections;
  readonly timeoutMs: Milliseconds;
  /** Ends it, when nobody needs the page any more. */
  readonly calledOff?: AbortSignal;
}

/**
 * Redirects are not followed: the headers are for this server alone. By the connections of the engine, proxies and TLS
 * included, which take a quarter of the CPU that `fetch` does.
 */
async function readPage(
  { url, isOther }: Pick<PageAddress, 'url'> & Partial<PageAddress>,
  { headers, connections, timeoutMs, calledOff }: Asking,
): Promise<ServerPage> {
  const stop = new AbortController();
  const { signal } = stop;
  const onOver = (): void => stop.abort();
  const timer = setTimeout(() => stop.abort(new DOMException('no answer in time', 'TimeoutError')), timeoutMs);
  calledOff?.addEventListener('abort', onOver, { once: true });
  try {
    const request = connections.open({ method: 'GET', url, headers, body: null });
    signal.addEventListener('abort', () => request.destroy(), { once: true });
    // Those behind the first one, which is the look's.
    request.on('error', () => undefined);
    request.end();
    const [response] = (await once(request, 'response', { signal })) as [IncomingMessage];
    const unpack = ownValue(UNPACKERS, response.headers['content-encoding'] ?? '');
    const bytes = await collectBytes(unpack === undefined ? response : pipeline(response, unpack(), () => undefined));
    const { statusCode } = response;
    if (statusCode !== 200) return { text: '', error: `status ${statusCode}` };
    return { text: textOfPage(bytes, isOther), error: null };
  } catch (error) {
    return { text: '', error: describeFetchError(signal.aborted ? signal.reason : error) };
  } finally {
    clearTimeout(timer);
    calledOff?.removeEventListener('abort', onOver);
  }
}

/** All that a stream gives, at four fifths of the CPU that `node:stream/consumers` takes for it. */
async function collectBytes(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  await finished(stream);
  return Buffer.concat(pieces);
}

/** For servers that compress without being asked to. */
const UNPACKERS: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};
