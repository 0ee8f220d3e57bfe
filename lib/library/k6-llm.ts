import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import type { ChatMessage } from '../dataset/prompt.ts';
import { createK6Metrics } from '../scenario/k6-metrics.ts';
import { addOptions, type OptionsToAdd } from './add-options.ts';
import { toOptions } from './call-options.ts';
import { type Called, createCaller, startConversation, toMessages } from './k6-call.ts';
import { summarizeScript } from './k6-summary.ts';
import type * as Llm from './llm-types.ts';
import { prepareLibrary, readService, type SharedService } from './open-service.ts';

// What every copy of a script that imports this has in memory, be it of a VU that asks nobody: as little as k6 lets it be.
// Texts: k6 keeps what it hands out as objects, frozen, for each VU.
const shared = new SharedArray('k6-llm-perf', () => prepareLibrary(__ENV, crypto.randomUUID())) as readonly string[];
const runId = shared[0] as string;
const metrics = createK6Metrics(JSON.parse(shared[1] as string));
const opened = new Map<string, () => SharedService>();
let caller: ReturnType<typeof createCaller> | null = null;

/** So many different settings a VU keeps: whoever makes new ones for every request must not fill its memory. */
const MOST_SERVICES = 100;

function ask(service: () => SharedService, call: Llm.Call): Promise<Called> {
  caller ??= createCaller(metrics, runId);
  return caller(service(), call);
}

/** Settings that were read before are known by their text. In init one copy of the script reads them for all. */
function open(settings: object, api: string): () => SharedService {
  const key = `k6-llm-perf ${api} ${JSON.stringify(settings)}`;
  const known = opened.get(key);
  if (known !== undefined) return known;
  if (opened.size >= MOST_SERVICES) opened.clear();
  const read = (): SharedService => readService(settings as Readonly<Record<string, unknown>>, api, __ENV);
  // What is wrong with them is thrown here, where k6 shows it whole.
  const own = !isInit() || __VU === 0 ? read() : null;
  const forAll = isInit() ? (new SharedArray(key, () => [own ?? read()]) as readonly SharedService[]) : [];
  let service = own;
  const get = (): SharedService => {
    service ??= forAll[0] as SharedService;
    return service;
  };
  opened.set(key, get);
  return get;
}

/** k6 hides what a VU is while the script loads. */
function isInit(): boolean {
  try {
    return exec.vu === undefined;
  } catch {
    return true;
  }
}

/**
 * Checks the settings of a chat service, once for all requests. At the top level of a script it ends the run before it starts where
 * something is wrong.
 *
 * @throws {ConfigError} with every problem of the settings
 */
export function openChat({ tags: common = {}, ...settings }: Llm.LlmSettings): Llm.LlmService {
  const service = open(settings, 'openai');
  const send = async (messages: readonly ChatMessage[], options?: Llm.CallOptions, more = {}): Promise<Called> => {
    const { tags, ...own } = toOptions(options);
    return ask(service, { messages, ...own, tags: { ...common, ...tags }, ...more });
  };
  return {
    chat: async (messages, options) => (await send(toMessages(messages), options)).answer,
    converse: (options) => startConversation(send, options),
  };
}

/** One chat request. */
export async function chat({ messages, body, tags, ...settings }: Llm.ChatRequest): Promise<Llm.LlmAnswer> {
  const own = toOptions({ body, tags });
  return (await ask(open(settings, 'openai'), { messages: toMessages(messages), ...own })).answer;
}

/** One text completion, of `/v1/completions` where `api` says nothing else. */
export async function complete({ prompt, body, tags, ...settings }: Llm.CompletionRequest): Promise<Llm.LlmAnswer> {
  const service = open(settings, 'openai-completions');
  return (await ask(service, { messages: toMessages(prompt), ...toOptions({ body, tags }) })).answer;
}

/** Embeds one text or several in one request. */
export async function embed({ input, body, tags, ...settings }: Llm.EmbedRequest): Promise<Llm.EmbedAnswer> {
  const messages = [input].flat().flatMap((text) => toMessages(text as string));
  const called = await ask(open(settings, 'openai-embeddings'), { messages, ...toOptions({ body, tags }) });
  return { ...called.answer, vectors: called.vectors };
}

/**
 * A script's options with what the tables need beside: statistics of Trends, counts of failures by their kind, and thresholds. What the
 * script says stays.
 *
 * @param add thresholds by k6's names, or the name of a profile
 */
export function llmOptions(options: Options, add: OptionsToAdd = {}): Options {
  // k6 reads the options of one copy.
  return __VU === 0 ? addOptions(options, add) : options;
}

/** What a script's `handleSummary` returns, or adds to what it returns: the tables, and after them what else k6 measured. */
export function llmSummary(data: unknown): Record<string, string> {
  return summarizeScript(data, metrics, runId);
}
