import { connectionHeader, type Keys } from './answer-body.ts';
import { type AnswerPlan, headersDue } from './answer-plan.ts';
import { shapeOf, shapeSteps } from './apply-shape.ts';
import { type Compressor, createCompressor } from './compressors.ts';
import { type Exchange, sendHeaders } from './exchange.ts';
import { dropFinalNewline, frameEvents } from './frame-events.ts';
import { injectFaults } from './inject-faults.ts';
import { injectPings } from './inject-pings.ts';
import type { MockOptions } from './knobs.ts';
import { packWrites, type Write } from './pack-writes.ts';
import { playWrites } from './play-writes.ts';
import type { StreamEnd } from './step.ts';

/** Streams an answer as server-sent events. */
export function answerStream(exchange: Exchange, plan: AnswerPlan, keys: Keys): void {
  const { options } = plan;
  const shape = shapeOf(options);
  const encoding = shape.encoding ?? gzipOf(exchange, options);
  exchange.after(headersDue(plan), () => {
    sendHeaders(exchange, shape.status ?? 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      ...(encoding === null ? {} : { 'content-encoding': encoding }),
      ...shape.headers?.({ plan, key: keys.sent }),
      ...connectionHeader(options),
    });
    playWrites(streamWrites(plan, keys), exchange, encoding === null ? null : createCompressor(encoding));
  });
}

/** The way of a stream from tokens to bytes, each stage a generator that is drawn from as time goes on. */
function streamWrites(plan: AnswerPlan, keys: Keys): Iterator<Write | StreamEnd> {
  const { options } = plan;
  const events = injectPings(plan.request.api.events(plan), plan);
  const steps = shapeSteps(injectFaults(events, plan, keys.shown), plan, keys.sent);
  const framed = frameEvents(steps, options);
  const ended = options.noFinalNewline === 'off' ? framed : dropFinalNewline(framed, options.noFinalNewline);
  return packWrites(ended, options);
}

function gzipOf({ request }: Exchange, { gzip }: MockOptions): Compressor['name'] | null {
  const accepts = String(request.headers['accept-encoding'] ?? '').includes('gzip');
  return gzip === 'forced' || (gzip === 'accepted' && accepts) ? 'gzip' : null;
}
