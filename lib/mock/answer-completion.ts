import { answerBody, answerError, bearerKey, hasKey } from './answer-body.ts';
import { answerPlain } from './answer-plain.ts';
import { type AnswerPlan, planAnswer } from './answer-plan.ts';
import { answerStream } from './answer-stream.ts';
import { now } from './clock.ts';
import { BadRequest, type CompletionRequest, parseCompletionRequest } from './completion-request.ts';
import type { Exchange } from './exchange.ts';
import { gateFaults } from './gate-faults.ts';
import type { MockOptions } from './knobs.ts';

/**
 * Answers one completion request whose body has arrived.
 *
 * @param options of this request, its headers applied, faults not drawn yet
 * @param text    the body
 * @param pace    the factor that concurrency puts on all times now
 */
export function answerCompletion(
  exchange: Exchange,
  options: MockOptions,
  text: string,
  url: URL,
  pace: () => number,
): void {
  exchange.timing.bodyMs = now();
  if (!hasKey(exchange.request, options)) {
    answerError(exchange, options, 401, { key: options.echoKey ? bearerKey(exchange.request) : null });
    return;
  }
  try {
    const request = parseCompletionRequest(text, url.pathname === '/v1/chat/completions');
    answerRequest(exchange, gateFaults(options, exchange.timing.index), request, url, pace);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    answerError(exchange, options, 400, { message: error.message });
  }
}

/** Answers a request that is in order, with the faults it has drawn. */
function answerRequest(
  exchange: Exchange,
  options: MockOptions,
  request: CompletionRequest,
  url: URL,
  pace: () => number,
): void {
  const { timing } = exchange;
  const key = options.echoKey ? bearerKey(exchange.request) : null;
  noteRequest(exchange, options, request);
  if (options.redirect && !url.searchParams.has('redirected')) {
    timing.fault = 'redirect';
    answerBody(exchange, options, 307, { location: `${url.pathname}?redirected=1` }, '');
  } else if (options.resetAt === 'arrival') {
    exchange.end({ due: 0, end: 'reset', fault: 'reset' });
  } else if (options.status !== null) {
    timing.fault = 'status';
    answerError(exchange, options, options.status, { key });
  } else {
    const plan = planAnswer(request, options, timing.index, pace);
    timing.id = plan.id;
    answerPlan(exchange, plan, key);
  }
}

function answerPlan(exchange: Exchange, plan: AnswerPlan, key: string | null): void {
  const { options, request } = plan;
  if (options.html200) {
    exchange.timing.fault = 'html-200';
    const page = '<html><body><h1>Sign in to the network</h1></body></html>';
    answerBody(exchange, options, 200, { 'content-type': 'text/html' }, page, plan.ttft);
  } else if (!request.stream || options.jsonInsteadOfStream) {
    answerPlain(exchange, plan, key);
  } else {
    answerStream(exchange, plan, key);
  }
}

function noteRequest({ timing }: Exchange, options: MockOptions, request: CompletionRequest): void {
  const { messages, prompt, ...rest } = request.body;
  timing.stream = request.stream;
  timing.model = request.model;
  timing.promptTokens = request.promptTokens;
  timing.body = options.keepMessages ? request.body : rest;
}
