/** The k6 extension xk6-sse, v0.1.11 and newer. It blocks in k6; the Node engine returns a promise. */
declare module 'k6/x/sse' {
  export interface SseEvent {
    readonly id: string;
    readonly name: string;
    readonly comment: string;
    readonly data: string;
  }
  export interface SseError {
    error(): string;
  }
  export interface SseClient {
    on(event: 'open', handler: () => void): void;
    on(event: 'event', handler: (event: SseEvent) => void): void;
    on(event: 'error', handler: (error: SseError) => void): void;
    /** @param leaves closes a connection that would be kept, too. The Node engine knows it; xk6-sse ignores it. */
    close(leaves?: boolean): void;
  }
  export interface SseParams {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    tags?: Record<string, string>;
    /** With a unit: `600s`. */
    timeout?: string;
    /** Like `timeout`. The Node engine knows it; xk6-sse ignores it. */
    connectTimeout?: string;
    /** The longest time without an event, like `timeout`. The Node engine knows it; xk6-sse ignores it. */
    readTimeout?: string;
    /** Takes a connection of the VU's, and leaves it open. The Node engine knows it; xk6-sse ignores it. */
    keepConnection?: boolean;
  }
  export interface SseResponse {
    readonly url: string;
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly error: string;
    /** The Node engine's alone: what follows the last line feed of a refusal. */
    readonly rest?: string;
    /** The Node engine's alone: the content encoding that it undid, empty for none. */
    readonly inflated?: string;
    /** The Node engine's alone: milliseconds that connecting took, 0 on a kept connection, null without one. */
    readonly connectMs?: number | null;
    /** The Node engine's alone: when the stream was over, on the clock of `currentTestRunDuration`. */
    readonly endMs?: number;
  }
  const sse: {
    open(url: string, params: SseParams, setup: (client: SseClient) => void): SseResponse | Promise<SseResponse>;
    /** The Node engine's alone: it keeps connections, and says what connecting took. */
    readonly ownsConnections?: true;
  };
  export default sse;
}
