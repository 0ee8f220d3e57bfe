/** An event as xk6-sse hands it over. Comments and pings come as events with empty data. */
export interface SseEvent {
  readonly id: string;
  readonly name: string;
  readonly comment: string;
  readonly data: string;
}

export interface SseError {
  error(): string;
}

type Handler = (argument?: unknown) => void;

/** The handlers of a stream: what the setup function of `sse.open` fills. */
export class SseHandlers {
  readonly #handlers = new Map<string, Handler[]>();
  /** The usual case, one handler of events, is called without a loop. */
  onEvent: Handler | null = null;

  on(event: string, handler: unknown): void {
    if (typeof handler !== 'function') return;
    const list = this.#handlers.get(event) ?? [];
    list.push(handler as Handler);
    this.#handlers.set(event, list);
    if (event === 'event') {
      this.onEvent = list.length === 1 ? (handler as Handler) : (argument) => callAll(list, argument);
    }
  }

  emit(event: 'open' | 'error', argument?: SseError): void {
    callAll(this.#handlers.get(event) ?? [], argument);
  }
}

function callAll(handlers: readonly Handler[], argument: unknown): void {
  for (const handler of handlers) handler(argument);
}

/**
 * The object that the setup function gets.
 *
 * @param close its argument, which xk6-sse ignores, says that the rest of the answer is not wanted: a kept connection is closed
 */
export function createSseClient(handlers: SseHandlers, close: (leaves?: boolean) => void) {
  return { on: (event: string, handler: unknown) => handlers.on(event, handler), close };
}

export function toSseError(text: string): SseError {
  return { error: () => text };
}

export type SseSetup = (client: ReturnType<typeof createSseClient>) => unknown;
