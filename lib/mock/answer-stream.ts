import { type AnswerPlan, headersDue } from './answer-plan.ts';
import type { Call } from './call.ts';
import { shapeOf } from './choose-faults.ts';
import { createCompressor, type Encoding } from './compressors.ts';
import { dropFinalNewline, frameEvents } from './frame-events.ts';
import { injectFaults } from './inject-faults.ts';
import { injectPings } from './inject-pings.ts';
import type { MockOptions } from './knobs.ts';
import { packWrites, type Write } from './pack-writes.ts';
import { connectionHeader } from './reply.ts';
import { rewriteChunks, type Shape } from './shape-parts.ts';
import type { StreamEnd } from './step.ts';

/** Streams an answer as server-sent events. */
export function answerStream(call: Call, plan: AnswerPlan): void {
  const { options } = plan;
  const shape = shapeOf(options);
  const encoding = shape.encoding ?? gzipOf(call, options);
  call.after(headersDue(plan), () => {
    call.sendHeaders(shape.status ?? 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      ...(encoding === null ? {} : { 'content-encoding': encoding }),
      ...shape.headers?.(plan),
      ...connectionHeader(options),
    });
    call.play(streamWrites(plan, shape), encoding === null ? null : createCompressor(encoding));
  });
}

/** The way of a stream from tokens to bytes, each stage a generator that is drawn from as time goes on. */
function streamWrites(plan: AnswerPlan, { chunk, steps: change, frame }: Shape): Iterator<Write | StreamEnd> {
  const { options, request } = plan;
  const steps = injectFaults(injectPings(request.api.events(plan), plan), plan);
  const rewritten = chunk === undefined ? steps : rewriteChunks(steps, chunk, plan);
  const framed = frameEvents(change === undefined ? rewritten : change(rewritten, plan), options, frame);
  const ended = options.noFinalNewline === 'off' ? framed : dropFinalNewline(framed, options.noFinalNewline);
  return packWrites(ended, options);
}

function gzipOf({ request }: Call, { gzip }: MockOptions): Encoding | null {
  const accepts = String(request.headers['accept-encoding'] ?? '').includes('gzip');
  return gzip === 'forced' || (gzip === 'accepted' && accepts) ? 'gzip' : null;
}
