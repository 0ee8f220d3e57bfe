import type { RunConfig } from '../config/run-config.ts';
import type { Prompt } from '../dataset/prompt.ts';
import type { Delta } from './delta.ts';

/** One API, request and answer: everything that a run needs to know of it. */
export interface Api {
  /** As it stands in `--api`, tags and records. */
  readonly name: 'openai-chat' | 'openai-completions';
  /** What follows the base of a URL. */
  readonly path: string;
  /** The headers of every request of a run. */
  headers(config: RunConfig): Record<string, string>;
  /** The body of the request for one prompt. */
  body(prompt: Prompt, config: RunConfig): Record<string, unknown>;
  /**
   * What one event of a stream says: output, an end, usage, an error, or nothing. Never throws.
   *
   * @param name of the event; empty for most
   */
  readEvent(data: string, name: string): Delta;
  /** Whether an event's data is the mark that ends a stream. */
  isEnd(data: string): boolean;
  /** What the whole body of an answer without streaming says. Never throws. */
  readWhole(body: string): Delta;
}
