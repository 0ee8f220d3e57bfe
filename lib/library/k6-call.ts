import exec from 'k6/execution';
import { createRequestBuilder } from '../api/build-request.ts';
import { listInputApis } from '../api/input-apis.ts';
import type { RunConfig } from '../config/parameters.ts';
import { createSecretMasker } from '../config/secrets.ts';
import type { ChatMessage } from '../dataset/prompt.ts';
import { promptText } from '../dataset/prompt-text.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { createLagProbe } from '../scenario/client-lag.ts';
import { createExchanger, type VuPorts } from '../scenario/k6-exchange.ts';
import { addSample, type K6Metrics } from '../scenario/k6-metrics.ts';
import { readSegment } from '../scenario/k6-segment.ts';
import { findSink } from '../scenario/k6-write-line.ts';
import { readReply } from '../scenario/read-reply.ts';
import { ConfigError } from '../shared/errors.ts';
import { isObject } from '../shared/json.ts';
import type { Clock } from '../stream/received-answer.ts';
import type { Call, CallOptions, ConversationOptions, LlmAnswer, LlmConversation, Messages } from './llm-types.ts';
import type { SharedService } from './open-service.ts';
import { readVectors } from './read-vectors.ts';

/** What a VU knows of a service: its settings, and how its requests are made. */
interface Service {
  readonly config: RunConfig;
  readonly requestOf: ReturnType<typeof createRequestBuilder>;
  readonly mask: (text: string) => string;
}

/** An answer, and the vectors in it. */
export interface Called {
  readonly answer: LlmAnswer;
  readonly vectors: () => number[][];
}

/** Makes what a VU does for a call. */
export function createCaller(
  metrics: K6Metrics,
  runId: string,
): (service: SharedService, call: Call) => Promise<Called> {
  globalThis.llmPerfApis ??= listInputApis;
  const exchange = createExchanger(metrics, runId);
  const services = new WeakMap<SharedService, Service>();
  let vu: VuState | null = null;
  return async (shared, call) => {
    const service = services.get(shared) ?? makeService(shared);
    services.set(shared, service);
    const { config, requestOf, mask } = service;
    if (vu === null) {
      vu = readVu(config);
      if (vu.isLoad) addSample(metrics, 'llm_measured', false);
    }
    const { ports, isLoad, segment, vuNumber } = vu;
    const scenario = vu.scenario();
    const index = vu.nextIndex();
    const act = createTagger(ports.vu, { model: config.model, ...call.tags });
    const clientLagMs = await vu.probeLag(false);
    const { messages, max_tokens, body } = call;
    const prompt = { messages, ...(max_tokens === undefined ? {} : { max_tokens }) };
    const build =
      body === undefined ? requestOf : createRequestBuilder({ ...config, extraArgs: { ...config.extraArgs, ...body } });
    const request = build(prompt, index);
    if (isLoad) act(() => addSample(metrics, 'llm_requests_sent', 1));
    const { received, record } = (await exchange(
      {
        request,
        sent: request,
        config,
        act,
        readsText: true,
        mark: isLoad ? {} : { warmup: true },
        isRedirected: false,
        context: {
          request,
          index,
          segment,
          scenario,
          vu: vuNumber,
          scheduledMs: null,
          queuedMs: null,
          leavesAfterMs: null,
          clientLagMs,
          url: null,
          datasetIndex: null,
          conversation: call.conversation,
          ttftRule: config.ttftRule,
          preparedInputTokens: null,
          keepText: config.saveText ? 'always' : 'never',
          prompt: config.saveText ? promptText(prompt) : '',
          mask,
        },
      },
      ports,
    )) as { received: Parameters<typeof readReply>[0]; record: RequestRecord };
    const isText = record.outcome === 'completed' && request.api.countInputs === undefined;
    const message = isText ? readReply(received, request) : { role: 'assistant', content: '' };
    return { answer: toAnswer(record, message), vectors: () => readVectors(received.text) };
  };
}

function makeService(shared: SharedService): Service {
  const config: RunConfig = { ...shared, given: new Set(shared.given) };
  return { config, requestOf: createRequestBuilder(config), mask: createSecretMasker(config, __ENV) };
}

/** What a VU is, from its first call on. */
interface VuState {
  readonly ports: VuPorts;
  /** false in setup and teardown, whose requests are not load. */
  readonly isLoad: boolean;
  readonly segment: string | null;
  readonly vuNumber: number;
  readonly scenario: () => string;
  readonly nextIndex: () => number;
  readonly probeLag: ReturnType<typeof createLagProbe>;
}

/** So many VUs no run has: a VU's requests are so far apart in the numbers of all. */
const MOST_VUS = 1_000_000;

/** What the execution module gives is taken once: each look at it costs more than a sample. */
function readVu(config: RunConfig): VuState {
  const { vu } = exec;
  const scenario = ofLoad(() => {
    const found = exec.scenario;
    return found.name === '' ? null : found;
  });
  const clock = ofLoad(() => exec.instance) ?? createPlainClock();
  const first = Math.max(0, vu.idInTest - 1);
  let count = 0;
  return {
    ports: { clock, vu, sink: config.records === 'off' ? null : findSink(config) },
    isLoad: scenario !== null,
    segment: readSegment(),
    vuNumber: vu.idInInstance,
    scenario: () => scenario?.name ?? 'outside of scenarios',
    nextIndex: () => first + MOST_VUS * count++,
    probeLag: createLagProbe(clock),
  };
}

/** null where k6 has it in iterations only. */
function ofLoad<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** For teardown, where k6 hides the run's clock. */
function createPlainClock(): Clock {
  const began = Date.now();
  return {
    get currentTestRunDuration() {
      return Date.now() - began;
    },
  };
}

/** Tags that the emitter sets, and takes off again. */
const OF_EMITTER = { outcome: '', status: '' };

/**
 * Sets tags of the VU while something is called, at once, and puts back what the script had: tags of the call, and the group in
 * which it was made, which has ended when an answer is counted.
 */
function createTagger({ metrics }: typeof exec.vu, own: Readonly<Record<string, string>>): <T>(call: () => T) => T {
  const tags = metrics.tags as Record<string, unknown>;
  const group = tags['group'];
  const set = group === undefined ? own : { ...own, group };
  const touched = Object.keys({ ...set, ...OF_EMITTER });
  return (call) => {
    const before = touched.map((name) => tags[name]);
    for (const [name, value] of Object.entries(set)) tags[name] = value;
    try {
      return call();
    } finally {
      touched.forEach((name, i) => {
        if (before[i] === undefined) delete tags[name];
        else tags[name] = before[i];
      });
    }
  };
}

function toAnswer(record: RequestRecord, message: LlmAnswer['message']): LlmAnswer {
  const { failure, status, finish_reason: finishReason, ttft_ms, latency_ms, tpot_ms, first_content_ms } = record;
  const { chunk_gaps_ms, input_tokens, output_tokens, cached_tokens, token_source } = record;
  return {
    ok: record.outcome === 'completed',
    text: String(message.content),
    message,
    failure,
    status,
    finishReason,
    timings: { ttft_ms, latency_ms, tpot_ms, first_content_ms, chunk_gaps_ms },
    usage: { input_tokens, output_tokens, cached_tokens, token_source },
    record,
  };
}

/** @throws {ConfigError} for what is neither a text nor a list of messages */
export function toMessages(given: Messages): readonly ChatMessage[] {
  if (typeof given === 'string') return [{ role: 'user', content: given }];
  const isMessage = (message: unknown): boolean => isObject(message) && typeof message['role'] === 'string';
  if (Array.isArray(given) && given.length > 0 && given.every(isMessage)) return given;
  const got = Array.isArray(given)
    ? 'a list of something else'
    : given === null
      ? 'null'
      : `a value of type ${typeof given}`;
  const allowed = 'a text, or messages with a role and a content, at least one';
  throw new ConfigError([{ key: 'messages', got, allowed, paste: "messages: [{ role: 'user', content: 'Hello' }]" }]);
}

/** Sends the messages of a turn. */
type Send = (
  messages: readonly ChatMessage[],
  options: CallOptions | undefined,
  more: Pick<Call, 'conversation'>,
) => Promise<Called>;

let conversations = 0;

export function startConversation(send: Send, options: ConversationOptions = {}): LlmConversation {
  const { system, tags } = options;
  const messages: ChatMessage[] = system === undefined ? [] : [{ role: 'system', content: system }];
  const id = options.id ?? `${exec.vu.idInTest}-${++conversations}`;
  let turn = 1;
  let last: Promise<LlmAnswer> | null = null;
  const ask = async (asked: readonly ChatMessage[], of: CallOptions): Promise<LlmAnswer> => {
    const conversation = { id, turn, turns: null };
    const { answer } = await send([...messages, ...asked], { ...of, tags: { ...tags, ...of.tags } }, { conversation });
    if (!answer.ok) return answer;
    turn += 1;
    messages.push(...asked, answer.message);
    return answer;
  };
  return {
    messages,
    async say(said, given) {
      const asked = toMessages(said);
      const of = given ?? {};
      // Who says the next thing before the answer is there waits for it. At once where nobody waits, so that samples have its group.
      const next = (): Promise<LlmAnswer> => ask(asked, of);
      const answer = last === null ? next() : last.then(next, next);
      last = answer;
      try {
        return await answer;
      } finally {
        if (last === answer) last = null;
      }
    },
  };
}
