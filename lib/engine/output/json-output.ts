import { createWriteStream, openSync, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import { ENGINE_EXIT_CODES, EngineError } from '../engine-error.ts';
import type { Metric } from '../metrics/metric.ts';
import type { TagSet } from '../metrics/tag-set.ts';
import { now } from '../timing.ts';
import { describeOpenError } from '../vu/open-file.ts';
import { ByteQueue } from './byte-queue.ts';
import { createPointFormatter, createTimeFormatter, formatMetricLine, type Point } from './json-lines.ts';

/** Samples are written this often, and at the end. k6's period. */
const FLUSH_PERIOD = 200;
/** Samples are turned into text in portions of this size, one a turn of the event loop: a stream's events come between. */
const PORTION = 128;
/** Above this many bytes waiting for the disk, VUs wait before their next iteration. */
const CONGESTED = 32 * 1024 * 1024;

/** Writes every sample to a file as a line of JSON, as `k6 run --out json=file`; compressed when the name ends in `.gz`. */
export class JsonOutput {
  readonly #stream: WriteStream | Gzip;
  readonly #file: WriteStream;
  readonly #formatPoint = createPointFormatter(createTimeFormatter(performance.timeOrigin));
  readonly #introduced = new Set<Metric>();
  readonly #timer: NodeJS.Timeout;
  readonly #done: Promise<void>;
  readonly #bytes = new ByteQueue();
  readonly #points: Point[] = [];
  #nextPortion: NodeJS.Immediate | null = null;
  #failure: Error | null = null;

  /**
   * @param onError called once when the file cannot be written any more
   * @throws {EngineError} exit code 255 when the file cannot be opened
   */
  constructor(path: string, onError: (error: Error) => void) {
    this.#file = createWriteStream(path, { fd: openForWriting(path) });
    this.#stream = this.#file;
    if (path.endsWith('.gz')) {
      const gzip = createGzip();
      gzip.pipe(this.#file);
      this.#stream = gzip;
    }
    this.#done = finished(this.#file).catch((error: Error) => {
      this.#failure = error;
      onError(error);
    });
    this.#timer = setInterval(() => this.#flush(), FLUSH_PERIOD);
  }

  add(metric: Metric, value: number, tags: TagSet, metadata: Readonly<Record<string, string>> | null): void {
    this.#points.push({ metric, time: now(), value, tags, metadata });
    this.#planPortion();
  }

  /** A promise while the disk is behind, else null. */
  congestion(): Promise<void> | null {
    if (this.#failure || this.#stream.writableLength + this.#bytes.length < CONGESTED) return null;
    this.#flush();
    return new Promise((resolve) => {
      this.#stream.once('drain', resolve);
      this.#file.once('close', resolve);
    });
  }

  /** Writes what is left and closes the file. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    if (!this.#failure) this.#stream.end();
    await this.#done;
  }

  #planPortion(): void {
    if (this.#points.length < PORTION || this.#nextPortion !== null) return;
    this.#nextPortion = setImmediate(() => {
      this.#nextPortion = null;
      this.#format(this.#points.splice(0, PORTION));
      this.#planPortion();
    });
  }

  #format(points: readonly Point[]): void {
    let text = '';
    for (const point of points) {
      if (!this.#introduced.has(point.metric)) {
        this.#introduced.add(point.metric);
        text += `${formatMetricLine(point.metric)}\n`;
      }
      text += this.#formatPoint(point);
    }
    this.#bytes.append(text);
  }

  #flush(): void {
    this.#format(this.#points.splice(0));
    const parts = this.#bytes.take();
    if (this.#failure) return;
    for (const part of parts) this.#stream.write(part);
  }
}

function openForWriting(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new EngineError(describeOpenError(path, error as NodeJS.ErrnoException), ENGINE_EXIT_CODES.other);
  }
}

/**
 * Opens the outputs of `--out`.
 *
 * @throws {EngineError} exit code 255: a kind that the engine does not have, or a file that cannot be opened
 */
export function openOutputs(out: readonly string[], onError: (error: Error) => void): JsonOutput[] {
  const paths = out.map((entry) => {
    const match = /^json=(.+)$/.exec(entry);
    if (match) return match[1] as string;
    throw new EngineError(
      `invalid output type '${entry}': the Node engine writes json=FILE and json=FILE.gz; run the script with k6 for others`,
      ENGINE_EXIT_CODES.other,
    );
  });
  return paths.map((path) => new JsonOutput(path, onError));
}
