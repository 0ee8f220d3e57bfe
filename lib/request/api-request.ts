import type { Milliseconds } from '../shared/units.ts';

/** One HTTP request, ready to send. */
export interface ApiRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
  /** Whether the body asks for a stream. */
  readonly stream: boolean;
  /** Longest wait for a connection. */
  readonly connectTimeoutMs: Milliseconds;
  /** The whole request, body included. */
  readonly totalTimeoutMs: Milliseconds;
  /** Longest wait between two events of a stream. */
  readonly readTimeoutMs: Milliseconds;
}
