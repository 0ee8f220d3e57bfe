import type { OutgoingHttpHeaders } from 'node:http';
import type { AnswerPlan } from './answer-plan.ts';
import type { AnswerRequest } from './answer-request.ts';
import type { Exchange } from './exchange.ts';
import type { MockOptions } from './knobs.ts';
import type { Json } from './mock-api.ts';
import type { Step, StreamEvent } from './step.ts';

/** An answer in one body that carries no tokens. */
export interface WholeAnswer {
  readonly status: number;
  /** JSON, sent without a line feed at its end, as most servers do. */
  readonly body: string;
}

/** What a shape may look at besides the event itself. */
export interface ShapeContext {
  readonly plan: AnswerPlan;
  /** The key that the request came with; empty without one. */
  readonly key: string;
}

/** The way some service answers: what differs from an answer that is in order. */
export interface Shape {
  /** What the service does, in one sentence; for the help text and the documents. */
  readonly does: string;
  /** Knobs that are turned first. */
  readonly knobs?: Partial<MockOptions>;
  /** Choices of the answer, whatever the request asks for. */
  readonly choices?: number;
  /** The answer to a request that the service does not take; null when it takes it. */
  readonly refuses?: (request: AnswerRequest) => WholeAnswer | null;
  /** Answers in a way of its own; false leaves the answer to the rest. */
  readonly reply?: (exchange: Exchange, url: URL) => boolean;
  /** Status of a good answer, 200 by default. */
  readonly status?: number;
  /** More headers of a good answer. */
  readonly headers?: (context: ShapeContext) => OutgoingHttpHeaders;
  readonly encoding?: 'deflate' | 'br';
  /** The JSON of each chunk, and of an answer without streaming, as the service writes it. */
  readonly chunk?: (json: Json, event: StreamEvent, context: ShapeContext) => Json;
  /** An answer without streaming stops in its middle, and nothing more comes until the client goes. */
  readonly silent?: true;
  /** The answer without streaming, where it is none of a model's. */
  readonly whole?: unknown;
  /** The steps of a stream, as the service takes them. */
  readonly steps?: (steps: Iterable<Step>, plan: AnswerPlan) => Iterable<Step>;
  /** The text of each event with its lines, as the service writes it. */
  readonly frame?: (text: string, isFirst: boolean) => string;
}
