// Builds what people run: the k6 bundles (each twice, for k6/x/sse and for plain k6/http) and the Node entries.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import * as builtins from './esbuild.k6-builtins.mjs';
import { k6Settings } from './esbuild.k6-settings.mjs';
import { withLazyParts } from './esbuild.lazy-part.mjs';
import { keepCache, shortenNames } from './esbuild.shorten.mjs';

const scripts = readdirSync('scripts')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('scripts', file));
/** What scripts of others import. */
const LIBRARY = join('scripts', 'k6', 'llm.ts');
/** Where things are made; they are put into dist whole. As deep as dist, for the paths in source maps. */
const STAGE = `dist-${process.pid}`;
const datasets = readdirSync('lib/dataset/sets').map((file) => basename(file, '.ts'));

/** Swaps the transport of a bundle when it is built, since k6 decides about imports when it loads the script. */
const plainHttp = {
  name: 'plain-http',
  setup({ onResolve }) {
    onResolve({ filter: /\/k6-sse\.ts$/ }, ({ resolveDir, importer }) =>
      basename(importer) === 'k6-transport.ts' ? { path: join(resolveDir, 'k6-http.ts') } : undefined,
    );
  },
};

/** @type {readonly import('./esbuild.lazy-part.mjs').LazyPart[]} */
const LAZY_PARTS = [
  {
    // What a VU does in an iteration, and one copy of the script before and after the load.
    name: 'stages',
    files: [
      'lib/scenario/k6-scenario.ts',
      'lib/config/harmless-names.ts',
      'lib/config/open-loop.ts',
      'lib/config/secrets.ts',
      'lib/dataset/content-texts.ts',
      'lib/dataset/prompt-text.ts',
      'lib/metrics/metric.ts',
      'lib/shared/base64.ts',
      'lib/shared/escape-text.ts',
      'lib/shared/http-status.ts',
      'lib/shared/json.ts',
      'lib/shared/mask-secrets.ts',
      'lib/shared/own-value.ts',
      'lib/shared/random.ts',
      'lib/shared/server-text.ts',
      'lib/stream/event-texts.ts',
      'lib/stream/lost-words.ts',
    ],
  },
  { name: 'redirect', isOnce: true, files: ['lib/stream/redirect.ts', 'lib/config/http-url.ts'] },
  {
    // Requests and answers, which VUs that have sent nothing need not know.
    name: 'api',
    files: [
      'lib/api/apis.ts',
      'lib/api/build-request.ts',
      'lib/api/connection-requests.ts',
      'lib/api/finish-reasons.ts',
    ],
  },
  // APIs that only some scripts bring along.
  { name: 'input-apis', files: ['lib/api/input-apis.ts'] },
  { name: 'pictures', files: ['lib/dataset/random-picture.ts', 'lib/dataset/picture-marks.ts'] },
  { name: 'picture-tokens', files: ['lib/measure/picture-tokens.ts'] },
  { name: 'picture-files', isOnce: true, files: ['lib/scenario/picture-files.ts'] },
  {
    // The tables of metrics, which VUs that wait for their first answer need not know.
    name: 'metrics',
    isOnce: true,
    files: [
      'lib/metrics/emitted.ts',
      'lib/metrics/finish-reason-tag.ts',
      'lib/metrics/rate.ts',
      'lib/metrics/request-counters.ts',
      'lib/metrics/request-metrics.ts',
      'lib/shared/failure-kinds.ts',
    ],
  },
  // An answer made into a record, which VUs that wait for their first one need not know.
  {
    name: 'record',
    files: ['lib/measure/build-record.ts', 'lib/measure/classify-error-text.ts', 'lib/stream/read-deltas.ts'],
  },
  { name: 'probe', files: ['lib/scenario/light-user.ts'] },
  { name: 'stop', files: ['lib/scenario/k6-error-stop.ts'] },
  {
    // Pages of metrics, which setup, teardown and one VU read.
    name: 'server',
    files: ['lib/scenario/server-reader.ts', 'lib/server/changed-lines.ts', 'lib/server/metric-names.ts'],
  },
  ...datasets.map((name) => ({
    name: `dataset-${name}`,
    isOnce: true,
    files: [join('lib/dataset/sets', `${name}.ts`)],
  })),
  {
    // What one copy of a script calls, or a VU in rare cases.
    name: 'run',
    isOnce: true,
    files: [
      'lib/scenario/actual-load.ts',
      'lib/scenario/connection-prompt.ts',
      'lib/scenario/connection-test.ts',
      'lib/scenario/prepare-scenario.ts',
      'lib/scenario/summarize-run.ts',
      'lib/shared/errors.ts',
    ],
    inner: [{ name: 'gzip', files: ['lib/dataset/gunzip.ts'] }],
  },
];

/**
 * The library for scripts of others, whose VUs do much beside it: what it has at its top level is in each of them.
 * @type {readonly import('./esbuild.lazy-part.mjs').LazyPart[]}
 */
const LIBRARY_PARTS = [
  { name: 'library-call', files: ['lib/library/k6-call.ts'] },
  {
    name: 'library-once',
    files: ['lib/library/add-options.ts', 'lib/library/k6-summary.ts', 'lib/library/open-service.ts'],
  },
];

/** `Math.max` is `Math_max` of the injected file, which the bundle calls by a letter. */
const SHORTER = {
  ...Object.fromEntries(Object.keys(builtins).map((name) => [name.replace('_', '.'), name])),
  'Number.POSITIVE_INFINITY': 'Infinity',
  'Number.NaN': 'NaN',
};

/**
 * Names of properties that a k6 bundle has for itself alone, and that are long and many. None of them is a key of a
 * record, a summary, a setting, an API (a user may have made it), or of what k6 and the Node engine hand over, and none is
 * looked up by its name as a text.
 */
const OWN_PROPERTIES = [
  'adjustable',
  'adjusted',
  'afterMs',
  'aggregation',
  'allowed',
  'answers_probes',
  'anyTime',
  'apiError',
  'argsKey',
  'arity',
  'atStart',
  'behindMs',
  'cacheableTokens',
  'cachedPrompt',
  'cancelledTokens',
  'changed',
  'changedStatistic',
  'clientLagMs',
  'clock_began_ms',
  'clockSteps',
  'coalescedGaps',
  'countFailed',
  'countRequests',
  'countTokens',
  'createMask',
  'datasetIndex',
  'datasetNotes',
  'datasetsDir',
  'defaultPath',
  'doubts',
  'durationMs',
  'envExample',
  'envFallbacks',
  'example',
  'exampleFile',
  'expectedRequests',
  'failedReason',
  'fewestMaxTokens',
  'firstByteMs',
  'firstMs',
  'flag',
  'formatLine',
  'formatOf',
  'gapsMs',
  'gateCount',
  'given',
  'hasMedia',
  'inBursts',
  'internalError',
  'is_redirected',
  'isBusy',
  'isCircle',
  'isEnough',
  'isFirstNote',
  'isFirstOfKind',
  'isLoadOver',
  'isOther',
  'isRedirected',
  'isRefused',
  'isScheduled',
  'isTime',
  'keepText',
  'lastOther',
  'leavesAfterMs',
  'limitsMissing',
  'longestMs',
  'longestWaitMs',
  'measure',
  'metricMissing',
  'mostOutputTokens',
  'onAlike',
  'onDelta',
  'onDetour',
  'onError',
  'onEvent',
  'openLoopFacts',
  'operator',
  'paste',
  'places',
  'planned',
  'preparedInputTokens',
  'prober',
  'problems',
  'queuedMs',
  'readAlike',
  'readGaps',
  'readMore',
  'readServer',
  'readsServer',
  'readsText',
  'readText',
  'reasoningChunks',
  'redirectedTo',
  'scheduledMs',
  'scheduledPerS',
  'seesEvents',
  'settleMs',
  'several',
  'shorten',
  'shortenReceived',
  'shown',
  'shownRows',
  'startedAt',
  'startMs',
  'starts',
  'state',
  'style',
  'summarized',
  'summaryFile',
  'timeOf',
  'timeoutMs',
  'timersOf',
  'timeTaken',
  'trendCount',
  'unit',
  'unsent',
  'userinfo',
  'waitedMs',
  'wasUnsorted',
  'weight',
  'wholeMs',
];

/**
 * @param {'sse' | 'http'} kind
 * @param {readonly string[]} entryPoints
 * @param {readonly import('./esbuild.lazy-part.mjs').LazyPart[]} parts
 */
async function k6Bundles(kind, entryPoints, parts) {
  const settings = {
    entryPoints,
    outbase: 'scripts',
    ...k6Settings,
    outdir: kind === 'sse' ? STAGE : join(STAGE, 'http'),
    // k6 reads a stack's lines from the map beside the bundle.
    minify: true,
    mangleProps: new RegExp(`^(?:${OWN_PROPERTIES.join('|')})$`),
    define: {
      ...SHORTER,
      BUNDLE_DATASETS_DIR: JSON.stringify(kind === 'sse' ? '../datasets' : '../../datasets'),
    },
    inject: ['./esbuild.k6-builtins.mjs'],
    sourcemap: true,
    // What is left of comments on licences is in the texts that follow.
    legalComments: 'none',
    plugins: kind === 'sse' ? [] : [plainHttp],
  };
  return build(await withLazyParts(settings, parts));
}

/** Makes the bundles of a folder smaller, and puts the licence of every library in one at its end: it may be handed on alone. */
async function finishBundles(folder) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const path = join(folder, file);
    const { sources } = JSON.parse(readFileSync(`${path}.map`, 'utf8'));
    const libraries = sources.flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
    await shortenNames(path, [...new Set(libraries)].map((library) => `${licenceOf(library)}\n`).join(''));
  }
}

function nodeEntries() {
  return build({
    entryPoints: { cli: 'lib/cli/main.ts', index: 'lib/cli/index.ts', 'custom-api': 'lib/api/custom-api.ts' },
    outdir: join(STAGE, 'node'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    define: { PACKAGE_VERSION: JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version) },
    sourcemap: true,
    logLevel: 'warning',
  });
}

/** The text of a licence that a library comes with, as the comment that copies of the library have to carry. */
function licenceOf(library) {
  const folder = join('node_modules', library);
  const file = readdirSync(folder).find((name) => /^licen[cs]e(\.\w+)?$/i.test(name));
  if (file === undefined) throw new Error(`${library} comes without the text of its licence`);
  const text = readFileSync(join(folder, file), 'utf8').trim().replaceAll('*/', '* /');
  return `/*! Contains ${library}:\n\n${text}\n*/`;
}

/** The charts are drawn by libraries that every report carries a copy of; their licences ask for these lines. */
const CHART_NOTICE = `/*! Contains Observable Plot (Copyright 2020-2025 Observable, Inc.), D3 (Copyright 2010-2026 Mike Bostock, Observable, Inc. and
others), isoformat (Copyright 2021 Mike Bostock) and their dependencies, ISC licence: Permission to use, copy, modify, and/or
distribute this software for any purpose with or without
fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies. The software
is provided "as is" and the author disclaims all warranties with regard to this software including all implied warranties of
merchantability and fitness. In no event shall the author be liable for any special, direct, indirect, or consequential
damages or any damages whatsoever resulting from loss of use, data or profits, whether in an action of contract, negligence
or other tortious action, arising out of or in connection with the use or performance of this software. */
${['d3-ease', 'interval-tree-1d', 'binary-search-bounds'].map(licenceOf).join('\n')}`;

/** What runs in the browser that opens an HTML report: a script and a style that the report takes in. */
function reportPage() {
  return build({
    entryPoints: { page: 'lib/report/html/page/main.ts', style: 'lib/report/html/page/page.css' },
    outdir: join(STAGE, 'page'),
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome100', 'firefox100', 'safari15'],
    charset: 'ascii',
    banner: { js: CHART_NOTICE },
    logLevel: 'warning',
  });
}

function typeDeclarations() {
  const folder = join(STAGE, 'node', 'types');
  const options = ['-p', 'tsconfig.types.json', '--outDir', folder];
  const tsc = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', ...options], { stdio: 'inherit' });
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
  for (const library of [join(STAGE, 'k6'), join(STAGE, 'http', 'k6')]) {
    const types = relative(library, join(folder, 'scripts', 'k6', 'llm.js'));
    writeFileSync(join(library, 'llm.d.ts'), `export * from './${types.replaceAll('\\', '/')}';\n`);
  }
}

function printSizes(folder) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const path = join(folder, file);
    console.log(`${path.padEnd(28)} ${(statSync(path).size / 1000).toFixed(1).padStart(7)} kB`);
  }
}

/** The files below a folder, by their paths from there. */
const listFiles = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)));

/**
 * Puts what was made in the place of what an earlier build left. Each file is whole at any time: a run that starts meanwhile finds
 * the old one or the new one.
 */
function publish(hasTypes) {
  const made = listFiles(STAGE);
  for (const file of made) {
    mkdirSync(dirname(join('dist', file)), { recursive: true });
    renameSync(join(STAGE, file), join('dist', file));
  }
  const isStale = (file) => !made.includes(file) && (hasTypes || !file.endsWith('.d.ts'));
  for (const file of listFiles('dist').filter(isStale)) rmSync(join('dist', file));
}

const hasTypes = !process.argv.includes('--no-types');
process.on('exit', () => rmSync(STAGE, { recursive: true, force: true }));
const bundles = ['sse', 'http'].flatMap((kind) => [
  k6Bundles(kind, scripts, LAZY_PARTS),
  k6Bundles(kind, [LIBRARY], LIBRARY_PARTS),
]);
await Promise.all([...bundles, reportPage(), nodeEntries()]);
const folders = ['', 'http', 'k6', 'http/k6'];
for (const folder of folders) await finishBundles(join(STAGE, folder));
keepCache();
if (hasTypes) typeDeclarations();
publish(hasTypes);
for (const folder of [...folders, 'page']) printSizes(join('dist', folder));
