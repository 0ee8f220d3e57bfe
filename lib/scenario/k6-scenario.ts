import exec from 'k6/execution';
import secrets from 'k6/secrets';
import type { ApiRequest } from '../api/api.ts';
import { buildRequest, createRequestBuilder, streams } from '../api/build-request.ts';
import type { RunConfig } from '../config/parameters.ts';
import { createSecretMasker } from '../config/secrets.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Prompt } from '../dataset/prompt.ts';
import { promptText } from '../dataset/prompt-text.ts';
import { rampUpStart } from '../load/ramp-up.ts';
import { markStage } from '../load/stage-at.ts';
import { isOfWarmUp } from '../load/warm-up.ts';
import type { RequestContext } from '../measure/build-record.ts';
import { withoutQuery } from '../measure/build-record.ts';
import type { ConversationTurn, RequestRecord } from '../measure/request-record.ts';
import { RECORD_VERSION } from '../records/record-line.ts';
import { PROBE_SCENARIO, SERVER_SCENARIO } from '../shared/beside-scenarios.ts';
import { formatProblems } from '../shared/errors.ts';
import { escapeText } from '../shared/escape-text.ts';
import { cleanServerText } from '../shared/server-text.ts';
import type { Milliseconds } from '../shared/units.ts';
import { OWNS_CONNECTIONS, SEES_EVENTS } from '../stream/k6-transport.ts';
import type { Clock, ReceivedAnswer } from '../stream/received-answer.ts';
import { type ActualLoad, countBeside, readActualLoad, withActualLoad } from './actual-load.ts';
import { createLagProbe } from './client-lag.ts';
import { connectionPromptIndex, describeCachedPrompt } from './connection-prompt.ts';
import { testConnection } from './connection-test.ts';
import { forgetTold } from './failure-teller.ts';
import { type ConnectProber, createConnectProber } from './k6-connect-probe.ts';
import { createConnectionPorts } from './k6-connection.ts';
import { createErrorStop, type ErrorStop } from './k6-error-stop.ts';
import { createExchanger, type Exchange } from './k6-exchange.ts';
import { addSample, type K6Metrics } from './k6-metrics.ts';
import { complain, warn } from './k6-say.ts';
import { readSegment } from './k6-segment.ts';
import { readServerPage } from './k6-server-page.ts';
import { findEpoch, toRunClock, waitUntil } from './k6-wait.ts';
import { findSink, type Sink, writeLine } from './k6-write-line.ts';
import { planLeave } from './leave-early.ts';
import { createLoadWatch, runLightUser } from './light-user.ts';
import { type PreparedScenario, prepareScenario } from './prepare-scenario.ts';
import { createServerReader } from './server-reader.ts';
import type { RestoredRun, SharedOnce } from './shared-run.ts';
import { countRequests, summarizeRun } from './summarize-run.ts';

/** Between two looks at the servers' metrics. */
const LOOK_EVERY_MS = 1000;
const SERVER_SETTLES_MS = 200;

/** Where the data sets lie as seen from the bundle; the build fills it in. */
declare const BUNDLE_DATASETS_DIR: string;

/** What setup hands on. */
interface SetupData {
  /** Whether the service redirects, which k6/x/sse does not say. */
  readonly is_redirected: boolean;
  /** When the run's clock began, which teardown does not see: milliseconds since 1970. */
  readonly clock_began_ms: number;
  /** Whether looks at connecting were answered: a server that hangs then costs their timeout once. */
  readonly answers_probes: boolean;
}

/** One request of an iteration. */
interface Asked {
  /** Of the record. */
  readonly index: number;
  readonly prompt: Prompt;
  /** When it starts, since the load began; null: at once. */
  readonly due: Milliseconds | null;
  /** Whether that is by the schedule of the load, against which it may be late. */
  readonly isScheduled: boolean;
  readonly conversation?: ConversationTurn | undefined;
  /** Whether the text of the answer is read, whatever the record keeps. */
  readonly readsText?: boolean | undefined;
  /** Makes the request of the prompt, where that is not as the run's settings say. @param config the key in it */
  readonly build?: (prompt: Prompt, config: RunConfig) => ApiRequest;
}

/** Sends a request and takes its record; null where the run ended before it. */
type Ask = (asked: Asked) => Promise<{
  readonly request: ApiRequest;
  readonly received: ReceivedAnswer;
  readonly record: RequestRecord;
} | null>;

/** What scripts bring along whose iterations are not one request each, or whose requests are not made of prompts alone. */
interface Talk {
  /** The requests of an iteration, one after the other; one of the prompt where absent. */
  iterate?(first: Asked, ask: Ask, clock: Clock, beginMs: Milliseconds): Promise<void>;
  /** How many requests so many iterations have, from the first; one each where absent. */
  countRequests?(iterations: number): number;
  /** A prompt as it is sent, for the connection test: of some only the length is known. */
  fill?(prompt: Prompt): Prompt;
  /** A request as it is sent, with what its prompt only names. @param key the index of a request of the load; below 0: another one */
  complete?(request: ApiRequest, key: number): ApiRequest;
  /** What of an answer is read beside what every script reads. */
  readonly readMore?: RequestContext['readMore'];
  /** A text of the service, and all of an answer, without what is long in it and nobody reads. */
  readonly shorten?: (text: string) => string;
  readonly shortenReceived?: RequestContext['shortenReceived'];
}

/** Made while the script loads. @param prompts of the first copy of the script; empty in the others */
export type CreateTalk = (config: RunConfig, prompts: () => readonly Prompt[]) => Talk;

/** What k6 looks for in a script. */
export interface Scenario {
  readonly options: object;
  readonly setup: () => Promise<SetupData | null>;
  readonly run: (data?: unknown) => Promise<void>;
  readonly teardown: (data?: unknown) => Promise<void>;
  readonly handleSummary: (data: unknown) => Record<string, string>;
}

/** What a copy of a script made while it loaded, which k6 allows only then. */
export interface ScriptCopy extends RestoredRun {
  readonly once: () => SharedOnce;
  readonly prompts: readonly Prompt[];
  /** Of an open loop. */
  readonly starts: readonly Milliseconds[] | null;
  readonly metrics: K6Metrics;
  readonly talk: Talk;
}

/** Reads configuration and dataset. What is wrong with them it says, all of it. */
export function prepareRun(dataset: Dataset, readFile: typeof open): PreparedScenario {
  const createMask = createSecretMasker;
  const reading = { open: readFile, datasetsDir: BUNDLE_DATASETS_DIR, style: 'env' } as const;
  const loader = { ...reading, createMask, ownsConnections: OWNS_CONNECTIONS, seesEvents: SEES_EVENTS };
  const prepared = prepareScenario(dataset, readEnvironment(), loader, crypto.randomUUID());
  const { run } = prepared;
  if (run.state === 'ready') forgetTold(run.runId, globalThis);
  else for (const line of formatProblems(run.problems).split('\n')) console.error(escapeText(line));
  return prepared;
}

/** Puts the stages together, in the copies of a script that do something. */
export function createStages(copy: ScriptCopy): Omit<Scenario, 'options'> {
  const { config, expectedRequests, warmups, gateCount, runId, once, prompts, starts, metrics, talk, readsServer } =
    copy;
  const hasStop = config.maxErrors !== null || config.maxErrorRate !== null;
  const isProbed = config.connectProbes && !OWNS_CONNECTIONS && streams(config);
  const prober = isProbed ? createConnectProber(config, metrics, runId) : null;
  const readServer = (): (() => Promise<void>) =>
    createServerReader(
      config,
      runId,
      ({ url }) => readServerPage(url, config.serverMetricsHeaders),
      (content) => writeLine(findSink(config), metrics, 'server', content),
    );
  return {
    setup: async () => {
      const { args, options: planned, cachedPrompt, notes } = once();
      // The command line has said them.
      if (!hasCommandLine()) for (const note of notes) warn(escapeText(note));
      const load = readRunningLoad(planned);
      const segment = readSegment();
      const note = { v: RECORD_VERSION, run_id: runId };
      const actual = { ...withActualLoad(args, load, warmups, talk.countRequests), segment };
      writeLine(findSink(config), metrics, 'run', { ...note, args: actual });
      const cached = load.change === null ? cachedPrompt : describeCachedPrompt(config, prompts, load.iterations);
      const isRedirected = await testBeforeLoad(metrics, config, prompts, cached, note, talk);
      const clock = exec.instance;
      const answers = (await prober?.several('setup', () => clock.currentTestRunDuration)) ?? false;
      if (readsServer) {
        // The connection test has gone away from its answer, which a server notices a little later.
        await waitUntil(clock.currentTestRunDuration + SERVER_SETTLES_MS, clock);
        await readServer()();
      }
      writeLine(findSink(config), metrics, 'start', {
        ...note,
        segment,
        began_at: Math.max(config.startAt ?? 0, Date.now() + (copy.starts === null ? 0 : copy.settleMs)),
      });
      return { is_redirected: isRedirected, clock_began_ms: findEpoch(clock), answers_probes: answers };
    },
    run: createIteration(copy, {
      prober,
      readServer,
      stop: hasStop ? createErrorStop(config, metrics, copy.iterations, warmups) : null,
    }),
    teardown: async (data) => {
      if (readsServer) await readServer()();
      // Without it setup was cut short.
      const { clock_began_ms: began, answers_probes } = (data ?? {}) as Partial<SetupData>;
      if (began !== undefined && answers_probes) await prober?.several('teardown', () => Date.now() - began);
    },
    handleSummary: (data) => {
      const counts = countRequests(data, countBeside(exec.test.options.scenarios));
      const ids = { v: RECORD_VERSION, run_id: runId, segment: readSegment() };
      if (counts !== null) writeLine(findSink(config), metrics, 'end', { ...ids, ...counts });
      return summarizeRun(data, config, {
        expectedRequests,
        warmups,
        countRequests: talk.countRequests,
        starts,
        load: readRunningLoad(once().options),
        segment: readSegment(),
        seesEvents: SEES_EVENTS,
        ownsConnections: OWNS_CONNECTIONS,
        mask: createSecretMasker(config, __ENV),
        gateCount,
        outputsDir: __ENV['OUTPUTS_DIR'],
        summaryFile: __ENV['LLM_PERF_SUMMARY_FILE'],
      });
    },
  };
}

/** Whether the command line runs this, which shows what the console gets and makes the report. */
function hasCommandLine(): boolean {
  return __ENV['LLM_PERF_SUMMARY_FILE'] !== undefined;
}

/** What the engine made of the options, its own flags and another script's among them. */
function readRunningLoad(planned: object): ActualLoad {
  return readActualLoad(exec.test.options.scenarios, (planned as { readonly scenarios?: unknown }).scenarios);
}

/** The settings; the command line hands headers over under another name, see there. */
function readEnvironment(): Readonly<Record<string, string | undefined>> {
  const headers = __ENV['LLM_PERF_HEADERS'];
  return headers === undefined ? __ENV : { ...__ENV, HEADERS: headers };
}

/** The configuration with the key that k6's secret source holds, where one is named. */
async function withSecretKey(config: RunConfig): Promise<RunConfig> {
  return config.apiKeySecret === null ? config : { ...config, apiKey: await secrets.get(config.apiKeySecret) };
}

/** Tests the connection before the load; when it fails, its words end the run, on the terminal wherever the console goes. */
async function testBeforeLoad(
  metrics: K6Metrics,
  given: RunConfig,
  prompts: readonly Prompt[],
  cachedPrompt: string | null,
  note: Readonly<Record<string, unknown>>,
  talk: Talk,
): Promise<boolean> {
  const config = await withSecretKey(given);
  if (config.noTestConnection) return false;
  const mask = createSecretMasker(config, __ENV);
  const show = (text: string): string => escapeText(cleanServerText(talk.shorten?.(text) ?? text, mask));
  const chosen = prompts[connectionPromptIndex(config, prompts.length)] as Prompt;
  const made = buildRequest(talk.fill?.(chosen) ?? chosen, config);
  let isRedirected = false;
  const onDetour = (): void => {
    isRedirected = true;
  };
  const ports = { ...createConnectionPorts(show), onDetour };
  const lines = await testConnection(config, talk.complete?.(made, -1) ?? made, ports);
  if (lines === null) {
    if (cachedPrompt !== null) warn(cachedPrompt);
    return isRedirected;
  }
  for (const line of lines) complain(escapeText(line));
  writeLine(findSink(config), metrics, 'connection-test', { ...note, lines });
  // Who has no console in a file has read them.
  const isTold = hasCommandLine() || !(exec.test.options as { readonly consoleOutput?: unknown }).consoleOutput;
  exec.test.abort(isTold ? 'the connection test failed' : lines.map((line) => line.trim()).join('; '));
  return isRedirected;
}

/** What an iteration does beside its requests. */
interface BesideRequests {
  readonly prober: ConnectProber | null;
  readonly readServer: () => () => Promise<void>;
  readonly stop: ErrorStop | null;
}

/**
 * One iteration is one request, or as many as `talk` makes of it; the first `warmups` iterations are in no metric. What the
 * execution module gives is taken before the first `await`, and kept per VU.
 */
function createIteration(copy: ScriptCopy, { prober, readServer, stop }: BesideRequests): Scenario['run'] {
  const { config: given, metrics, runId, prompts, warmups, settleMs, starts, talk } = copy;
  let config = given;
  let mask = createSecretMasker(config, __ENV);
  const exchange = createExchanger(metrics, runId);
  const warmUp = { requests: warmups, durationMs: starts === null ? given.warmupDurationS * 1000 : 0 };
  let clock: typeof exec.instance;
  let segment: string | null = null;
  let sink: Sink | null = null;
  let scenario: typeof exec.scenario;
  let vu: typeof exec.vu;
  let vuNumber = 0;
  let probeLag: ReturnType<typeof createLagProbe>;
  let requestOf: ReturnType<typeof createRequestBuilder> | null = null;
  let beginMs = 0;
  /** From then on this VU is a place: until then its first request waited for the client, and for no place. */
  let readyMs = 0;
  let isFirst = true;
  let isRedirected: boolean | undefined;
  /** Whether this VU began the load of its instance: k6 shares the numbers of VUs out over scenarios. */
  let isFirstVu = false;
  const hasUrls = given.urls.length > 1;
  /** Where there are several, samples say whose they are; the scenario's own tag names the first model. */
  const tagTarget = ({ url, model }: ApiRequest): void => {
    const { tags } = vu.metrics;
    if (given.models.length > 1) tags['model'] = model;
    if (hasUrls) tags['url'] = withoutQuery(url);
  };
  let name = '';
  let isWarmup = false;
  /** Of the light user beside the load; null: this VU is of the load. */
  let isLoadOver: (() => boolean) | null = null;
  let datasetIndex = 0;
  /** Tells a VU beside the load when that is over. */
  const watchLoad = (): (() => boolean) => {
    const leastMs = given.stages === null ? beginMs : beginMs + (given.durationS as number) * 1000;
    return createLoadWatch(clock, leastMs, countBeside(exec.test.options.scenarios));
  };
  /** When a request starts, since the load began; null: as soon as its VU is free. */
  const dueAt = (index: number): Milliseconds | null => {
    if (starts !== null) return starts[index] ?? null;
    if (!isFirst) return null;
    if (given.rampUpS > 0) return rampUpStart(index, given.parallel, given.rampUpS);
    // Of stages, most VUs begin later.
    return clock.currentTestRunDuration - beginMs < settleMs ? settleMs : null;
  };
  /** Its own prompt, or those of the dataset from the last one backwards, where the load comes late. */
  const promptOfProbe = (index: number): Prompt => {
    datasetIndex = prompts.length - 1 - (index % prompts.length);
    if (given.probePrompt === null) return prompts[datasetIndex] as Prompt;
    return { messages: [{ role: 'user', content: given.probePrompt }] };
  };
  const ask = async ({ index, prompt, due, isScheduled, conversation, readsText, build }: Asked): ReturnType<Ask> => {
    const freeMs = clock.currentTestRunDuration;
    const scheduledMs = due === null || !isScheduled ? null : beginMs + due;
    if (config.apiKeySecret !== null && config.apiKey === null) {
      config = await withSecretKey(config);
      mask = createSecretMasker(config, __ENV);
    }
    // A schedule waits for nobody. In the Node engine one VU goes on in each turn as it is.
    const pending = probeLag(due === null && !OWNS_CONNECTIONS);
    const clientLagMs = pending === null ? null : await pending;
    requestOf ??= createRequestBuilder(config);
    const made = build?.(prompt, config) ?? requestOf(prompt, index);
    const request = talk.complete?.(made, isLoadOver === null ? index : -2 - index) ?? made;
    tagTarget(request);
    const isMeasured = !isWarmup && isLoadOver === null;
    const leave = isMeasured ? planLeave(request, index, config) : null;
    const keepText = config.saveText ? 'always' : config.tokenizer === null ? 'never' : 'without-usage';
    const ready: Exchange = {
      request,
      sent: leave?.request ?? request,
      config,
      isEnough: leave?.isEnough ?? isLoadOver ?? undefined,
      isOver: isLoadOver ?? undefined,
      readsText: readsText ?? keepText !== 'never',
      mark: isWarmup
        ? { warmup: true }
        : isLoadOver === null
          ? markStage(config.stages ?? config.rateStages, (scheduledMs ?? freeMs) - beginMs)
          : { probe: true },
      isRedirected: isRedirected === true,
      context: {
        request,
        index,
        segment,
        scenario: name,
        vu: vuNumber,
        scheduledMs,
        // What was due before the load was ready did not wait for a place until then.
        queuedMs: scheduledMs === null ? null : Math.max(0, freeMs - Math.max(scheduledMs, readyMs)),
        leavesAfterMs: leave?.afterMs ?? null,
        clientLagMs,
        datasetIndex: isLoadOver !== null && config.probePrompt !== null ? null : datasetIndex,
        url: hasUrls ? request.url : null,
        conversation,
        readMore: talk.readMore,
        shortenReceived: talk.shortenReceived,
        ttftRule: config.ttftRule,
        preparedInputTokens: prompt.input_tokens ?? null,
        keepText,
        prompt: keepText === 'never' ? '' : promptText(prompt),
        mask,
      },
    };
    // With everything made ready before.
    if (due !== null && !(await waitUntil(beginMs + due, clock))) return null;
    if (isMeasured) addSample(metrics, 'llm_requests_sent', 1);
    const exchanged = await exchange(ready, { clock, vu, sink });
    if (exchanged === null) return null;
    if (isMeasured) stop?.add(exchanged.record);
    return { request, ...exchanged };
  };
  return async (data) => {
    const { is_redirected, clock_began_ms, answers_probes } = (data ?? {}) as Partial<SetupData>;
    if (isFirst) {
      clock = exec.instance;
      scenario = exec.scenario;
      vu = exec.vu;
      vuNumber = vu.idInInstance;
      segment = readSegment();
      sink = config.records === 'off' ? null : findSink(config);
      probeLag = createLagProbe(clock);
      const startedMs = toRunClock(scenario.startTime, clock_began_ms, clock);
      const settledMs = starts === null ? startedMs : startedMs + settleMs;
      beginMs = config.startAt === null ? settledMs : toRunClock(config.startAt, clock_began_ms, clock);
      readyMs = clock.currentTestRunDuration;
      isRedirected = is_redirected;
      name = scenario.name;
      isFirstVu = scenario.iterationInInstance === 0;
    }
    if (given.probeRate !== null && name === PROBE_SCENARIO) {
      isLoadOver = watchLoad();
      const send = async (probe: number, due: Milliseconds): Promise<boolean> =>
        (await ask({ index: probe, prompt: promptOfProbe(probe), due, isScheduled: true })) !== null;
      const wait = (until: Milliseconds): Promise<boolean> => waitUntil(until, clock);
      await runLightUser({ rate: given.probeRate, send, wait, isLoadOver }, clock, beginMs);
      return;
    }
    if (name === SERVER_SCENARIO) {
      const isOver = watchLoad();
      const look = readServer();
      do await look();
      while (!isOver() && (await waitUntil(clock.currentTestRunDuration + LOOK_EVERY_MS, clock)));
      return;
    }
    if (isFirst) addSample(metrics, 'llm_measured', false);
    const index = scenario.iterationInTest;
    const due = dueAt(index);
    isFirst = false;
    const sinceBeginMs = due ?? clock.currentTestRunDuration - beginMs;
    isWarmup = isOfWarmUp(warmUp, index, sinceBeginMs);
    datasetIndex = (config.datasetOffset + index) % prompts.length;
    await stop?.begin(clock, due === null ? null : beginMs + due);
    const first = { index, prompt: prompts[datasetIndex] as Prompt, due, isScheduled: starts !== null };
    await (talk.iterate?.(first, ask, clock, beginMs) ?? ask(first));
    // One VU looks for its whole instance.
    if (prober !== null && answers_probes !== false && isFirstVu) await prober.between(clock.currentTestRunDuration);
  };
}
