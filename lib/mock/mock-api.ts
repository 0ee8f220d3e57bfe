import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../shared/json.ts';
import type { AnswerPlan } from './answer-plan.ts';
import type { StreamEvent } from './step.ts';

/** What an error says; `param` and `code` are null where the service leaves them out. */
export interface ErrorDetail {
  /** By default a sentence for the status. */
  readonly message?: string | undefined;
  readonly param?: string | null;
  readonly code?: string | null;
  /** A key to show in the message, as some gateways do. */
  readonly key?: string | null;
}

/** The message of an error, with a key after it where one is to be shown. */
export function messageOf({ message, key = null }: ErrorDetail, usual: string): string {
  return `${message ?? usual}${key === null ? '' : `: ${key}`}`;
}

/** An event without its time: the JSON of its data line, and the name where it has one. */
type Payload = Pick<StreamEvent, 'data' | 'name'>;

/** One API that the mock speaks: a file of `apis/` and a row of the table there. */
export interface MockApi {
  readonly path: string;
  /** What paths it answers, where there are more than `path`. */
  readonly pattern?: RegExp;
  /** What the ids of answers begin with. */
  readonly idPrefix: string;
  /** Where the key is: after `Bearer `, or alone in a header of its own. */
  readonly keyHeader: 'authorization' | 'x-api-key' | 'x-goog-api-key';
  /** Fields of the body that hold the prompt: counted as its tokens, and kept out of the timings. */
  readonly promptFields: readonly string[];
  /** The pictures of a part of the prompt, each an address, a data URL or base64; none are taken where absent. */
  readonly picturesIn?: (part: JsonObject) => readonly unknown[];
  /** Fields that limit the output tokens, the first that is there counts. */
  readonly limitFields: readonly string[];
  /** The object of the body that has them, where it is not the body itself. */
  readonly limitsIn?: string;
  /** Whether a body asks for a stream; `stream: true` where absent. */
  readonly isStream?: (body: JsonObject) => boolean;
  /** Streams are lines of JSON, not server-sent events. */
  readonly isLines?: true;
  /** Its answers have no tokens: they come when the prompt is read. */
  readonly withoutOutput?: true;
  /** What else the service takes, for the shape that refuses the rest. */
  readonly otherFields: readonly string[];
  /** Text alone: no reasoning, no tool calls. */
  readonly textOnly?: true;
  /** Whether `n` asks for several choices. */
  readonly takesChoices?: true;
  /** @throws {BadRequest} where the real service refuses the body or the headers */
  check(body: JsonObject, headers: IncomingHttpHeaders): void;
  /** The events of a stream without faults; drawn from as time goes on, since each token gap asks for the pace of that moment. */
  events(plan: AnswerPlan): Generator<StreamEvent>;
  /** The answer in one body. */
  whole(plan: AnswerPlan): JsonObject;
  /** The body of an error answer. */
  error(status: number, detail?: ErrorDetail): string;
  /** An error in the place of an event of a stream; `sent` is the number of events before it. */
  failure(plan: AnswerPlan, detail: ErrorDetail, sent: number): Payload;
  /** One more event with output, for the fault that sends it after the end. */
  late(plan: AnswerPlan): Payload;
}

/** A request that a real server refuses with status 400. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
  readonly detail: ErrorDetail;

  constructor(message: string, param: string | null = null, code: string | null = null) {
    super(message);
    this.detail = { message, param, code };
  }
}
