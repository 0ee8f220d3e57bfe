import { connectionHeader } from './answer-body.ts';
import { type AnswerPlan, headersDue } from './answer-plan.ts';
import { type Exchange, sendHeaders } from './exchange.ts';
import { dropFinalNewline, frameEvents } from './frame-events.ts';
import { createGzipStream } from './gzip-stream.ts';
import { injectFaults } from './inject-faults.ts';
import { injectPings } from './inject-pings.ts';
import { packWrites, type Write } from './pack-writes.ts';
import { planEvents } from './plan-events.ts';
import { playWrites } from './play-writes.ts';
import type { StreamEnd } from './step.ts';

/** Streams an answer as server-sent events. */
export function answerStream(exchange: Exchange, plan: AnswerPlan, key: string | null): void {
  const { options } = plan;
  const isZipped = options.gzip === 'forced' || (options.gzip === 'accepted' && acceptsGzip(exchange));
  exchange.after(headersDue(plan), () => {
    sendHeaders(exchange, 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
      ...connectionHeader(options),
    });
    playWrites(streamWrites(plan, key), exchange, isZipped ? createGzipStream() : null);
  });
}

/** The way of a stream from tokens to bytes, each stage a generator that is drawn from as time goes on. */
function streamWrites(plan: AnswerPlan, key: string | null): Iterator<Write | StreamEnd> {
  const { options } = plan;
  const events = injectPings(planEvents(plan), plan);
  const framed = frameEvents(injectFaults(events, plan, key), options);
  const ended = options.noFinalNewline === 'off' ? framed : dropFinalNewline(framed, options.noFinalNewline);
  return packWrites(ended, options);
}

function acceptsGzip({ request }: Exchange): boolean {
  return String(request.headers['accept-encoding'] ?? '').includes('gzip');
}
