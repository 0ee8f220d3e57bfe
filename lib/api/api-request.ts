import type { Milliseconds } from '../shared/units.ts';
import type { Api } from './api.ts';

/** One HTTP request, ready to send. */
export interface ApiRequest {
  /** The API that the request speaks, and by which its answer is read. */
  readonly api: Api;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
  /** How many answers the body asks for (`n`). */
  readonly choices: number;
  /** The most output tokens that the body allows, over all choices; null where it sets no limit. */
  readonly mostOutputTokens: number | null;
  /** Whether the body asks for a stream. */
  readonly stream: boolean;
  /** Longest wait for a connection. */
  readonly connectTimeoutMs: Milliseconds;
  /** The whole request, body included. */
  readonly totalTimeoutMs: Milliseconds;
  /** Longest wait between two events of a stream. */
  readonly readTimeoutMs: Milliseconds;
}
