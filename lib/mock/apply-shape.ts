import { ownValue } from '../shared/own-value.ts';
import type { AnswerPlan } from './answer-plan.ts';
import type { MockOptions } from './knobs.ts';
import { BadRequest, type Json } from './mock-api.ts';
import type { Shape, ShapeContext } from './shape.ts';
import { SHAPES } from './shapes.ts';
import type { Step, StreamEvent } from './step.ts';

const NO_SHAPE: Shape = { does: 'answers in order' };

/** The shape that an answer has: the row of the table that its options name. */
export function shapeOf({ shape }: MockOptions): Shape {
  return shape === null ? NO_SHAPE : (ownValue(SHAPES, shape) as Shape);
}

/**
 * The options of a request whose prompt may name a shape: `[[shape:NAME]]`, the last one where there are several.
 *
 * @param text the body of the request
 * @throws {BadRequest} when there is no shape of that name
 */
export function readPromptShape(options: MockOptions, text: string): MockOptions {
  const name = [...text.matchAll(/\[\[shape:([\w-]+)\]\]/g)].at(-1)?.[1];
  if (name === undefined) return options;
  if (!Object.hasOwn(SHAPES, name)) throw new BadRequest(`There is no shape ${name}; the help of the mock lists them`);
  return { ...options, shape: name };
}

/** The same options with the knobs that their shape turns. */
export function turnShapeKnobs(options: MockOptions): MockOptions {
  return { ...options, ...shapeOf(options).knobs };
}

/** The steps of a stream as its shape has them. */
export function shapeSteps(steps: Iterable<Step>, plan: AnswerPlan, key: string): Iterable<Step> {
  const { chunk, steps: change } = shapeOf(plan.options);
  const rewritten = chunk === undefined ? steps : rewriteChunks(steps, chunk, { plan, key });
  return change === undefined ? rewritten : change(rewritten, plan);
}

/** A whole answer as its shape has it. */
export function shapeAnswer(text: string, plan: AnswerPlan, key: string): string {
  const { chunk, whole } = shapeOf(plan.options);
  if (whole !== undefined) return JSON.stringify(whole);
  return chunk === undefined ? text : rewrite(text, WHOLE_ANSWER, chunk, { plan, key });
}

/** What stands for an answer in one piece where a shape looks at the event: it is no token's. */
const WHOLE_ANSWER: StreamEvent = { due: 0, kind: 'content', tokens: 0, data: '' };

function* rewriteChunks(
  steps: Iterable<Step>,
  chunk: NonNullable<Shape['chunk']>,
  context: ShapeContext,
): Generator<Step> {
  for (const step of steps) {
    if ('end' in step || !isChunk(step)) yield step;
    else yield { ...step, data: rewrite(step.data, step, chunk, context) };
  }
}

function isChunk({ kind }: StreamEvent): boolean {
  return kind !== 'done' && kind !== 'ping' && kind !== 'error' && kind !== 'malformed';
}

function rewrite(text: string, event: StreamEvent, chunk: NonNullable<Shape['chunk']>, context: ShapeContext): string {
  return JSON.stringify(chunk(JSON.parse(text) as Json, event, context));
}
