import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { compressPart } from './esbuild.shorten.mjs';

/**
 * Modules of a bundle that come to life when one of their functions is called.
 *
 * k6 makes every function of a script anew for every VU, about 1 kB each, called or not. The functions of a lazy part
 * stand inside one function, and are made by its first call. Modules that are imported from outside of the part may
 * export functions only. What all entries have outside of the parts is taken from there, and so are the modules of parts
 * listed before, which come to life with it; functions of parts listed after it bring those to life when they are called.
 * The rest may be in the bundle twice, so it must not be told apart by identity.
 * @typedef {object} LazyPart
 * @property {string} name
 * @property {readonly string[]} files paths from the working directory
 * @property {readonly LazyPart[]} [inner] parts that this one alone calls
 * @property {boolean} [isOnce] whether little is lost where its code is short, and not the fastest
 */

/**
 * Settings of a build with lazy parts. It is built once to see what is outside of them.
 *
 * @param {import('esbuild').BuildOptions} settings
 * @param {readonly LazyPart[]} parts
 */
export async function withLazyParts(settings, parts) {
  const { plugins: given = [], ...rest } = settings;
  const plugins = [withoutTexts, ...given];
  const empty = parts.map((part) => lazyPart(part, () => ({ contents: 'export function load() {}' })));
  const { outputFiles } = await build({
    ...rest,
    plugins: [...plugins, ...empty],
    minify: false,
    sourcemap: false,
    metafile: false,
    write: false,
  });
  const outside = sharedByAll(outputFiles.map(({ text }) => listDeclared(text)));
  const full = parts.map((part, index) => {
    const later = parts.slice(index + 1).map(callLater);
    const share = shareOutside(outside, parts.slice(0, index));
    return lazyPart(part, () => bundle(part, settings, [...given, ...later, share]));
  });
  return { ...settings, plugins: [...plugins, ...full] };
}

const namespaceOf = ({ name }) => `lazy-part-${name}`;
/** From where paths begin: what is built is the same wherever a checkout lies. */
const ROOT = realpathSync('.');
const fromRoot = (path) => relative(ROOT, realpathSync(path));
const pathsOf = ({ files }) => files.map(fromRoot);

function lazyPart(part, loadAll) {
  const namespace = namespaceOf(part);
  const paths = pathsOf(part);
  return {
    name: namespace,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.ts$/ }, ({ path, resolveDir }) => {
        const real = realPath(resolveDir, path);
        return paths.includes(real) ? { path: real, namespace } : undefined;
      });
      onResolve({ filter: new RegExp(`^${namespace}$`) }, () => ({ path: 'all', namespace }));
      onLoad({ filter: /\.ts$/, namespace }, ({ path }) => ({ contents: wrap(path, part), loader: 'js' }));
      onLoad({ filter: /^all$/, namespace }, loadAll);
    },
  };
}

/** What a part calls of one that is listed after it. */
function callLater(part) {
  const namespace = `later-${namespaceOf(part)}`;
  const paths = pathsOf(part);
  return {
    name: namespace,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.ts$/, namespace: 'file' }, ({ path, resolveDir }) => {
        const real = realPath(resolveDir, path);
        return paths.includes(real) ? { path: real, namespace, sideEffects: false } : undefined;
      });
      onLoad({ filter: /./, namespace }, ({ path }) => ({ contents: wrap(path, part, 'outside:'), loader: 'js' }));
    },
  };
}

function realPath(resolveDir, path) {
  try {
    return fromRoot(resolve(resolveDir, path));
  } catch {
    return null;
  }
}

function wrap(path, part, from = '') {
  const names = [...readFileSync(path, 'utf8').matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name]) => name);
  const short = shortNames(part);
  const functions = names.map((name) => `export const ${name} = (...given) => load().${short.get(name)}(...given);`);
  return [`import { load } from '${from}${namespaceOf(part)}';`, ...functions].join('\n');
}

/** What the exports of a part are called on its way out: names of properties are not made small by esbuild. */
function shortNames(part) {
  const names = pathsOf(part).flatMap(exportsOf);
  return new Map(names.map((name, index) => [name, `_${index.toString(36)}`]));
}

/** The names that a bundle declares, by the path of their module; esbuild names it before what it holds of it. */
function listDeclared(text) {
  const sections = text.split(/^\/\/ (?=\S+$)/m).slice(1);
  return new Map(
    sections.map((section) => {
      const names = [...section.matchAll(/^(?:(?:async )?function|var|let|const|class) (\w+)/gm)].map(
        ([, name]) => name,
      );
      return [section.slice(0, section.indexOf('\n')), names];
    }),
  );
}

function sharedByAll([first, ...others]) {
  const inAll = (path, name) => others.every((declared) => declared.get(path)?.includes(name));
  return new Map([...first].map(([path, names]) => [path, names.filter((name) => inAll(path, name))]));
}

/** Takes from outside what is there: the names of a module that are, and whole modules of other parts. */
function shareOutside(outside, others) {
  return {
    name: 'share-outside',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.ts$/, namespace: 'file' }, ({ path, resolveDir }) => {
        const real = realPath(resolveDir, path);
        const other = others.find((part) => pathsOf(part).includes(real));
        if (other) return { path: real, namespace: 'other-part', pluginData: other, sideEffects: false };
        return outside.get(real)?.length > 0 ? { path: real, namespace: 'outside', sideEffects: false } : undefined;
      });
      onResolve({ filter: /^outside:/ }, ({ path }) => ({ path, external: true, sideEffects: false }));
      onResolve({ filter: /\.ts$/, namespace: 'outside' }, ({ path }) => ({ path: resolve(path), sideEffects: false }));
      onLoad({ filter: /./, namespace: 'outside' }, ({ path }) => {
        const names = exportsOf(path).filter((name) => outside.get(path).includes(name));
        const from = JSON.stringify(`outside:./${path}`);
        return { contents: `export * from ${JSON.stringify(path)};\nexport { ${names.join(', ')} } from ${from};` };
      });
      onLoad({ filter: /./, namespace: 'other-part' }, ({ path, pluginData }) => {
        const short = shortNames(pluginData);
        const names = exportsOf(path).map(
          (name) => `export const ${name} = /* @__PURE__ */ (() => load().${short.get(name)})();`,
        );
        return { contents: [`import { load } from 'outside:${namespaceOf(pluginData)}';`, ...names].join('\n') };
      });
    },
  };
}

function exportsOf(path) {
  const declared = readFileSync(path, 'utf8').matchAll(/^export (?:(?:async )?function|const|let|class) (\w+)/gm);
  return [...declared].map(([, name]) => name);
}

/** Rooms that no script of k6 holds. */
const OF_NODE =
  /^lib[/\\](?:calibrate|cli|compare|engine|export|history|mock|push|repeats|search|sweep|tokens|traces)[/\\]/;

/** The names that each module of scripts takes from others, by its path; listed once. */
let taken = null;

function listTaken() {
  const files = ['lib', 'scripts'].flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((path) => join(folder, path)),
  );
  const isOfScripts = (path) => /(?<!\.test|\.d)\.ts$/.test(path) && !OF_NODE.test(path);
  const namesIn = (text) =>
    [...text.matchAll(/^(?:im|ex)port (?:type )?\{([^}]*)\} from/gm)].flatMap(([, names]) => names.match(/\w+/g) ?? []);
  return new Map(files.filter(isOfScripts).map((path) => [path, new Set(namesIn(readFileSync(path, 'utf8')))]));
}

/** What a module of a part exports, but for what none but its own part, the command line and tests take: esbuild cannot see that nobody does. */
function listWanted(path, part) {
  taken ??= listTaken();
  const own = pathsOf(part);
  const others = [...taken].filter(([other]) => !own.includes(other)).map(([, names]) => names);
  return exportsOf(path).filter((name) => others.some((names) => names.has(name)));
}

async function bundle(part, settings, plugins = []) {
  const { target, supported, define, platform, external, mangleProps } = settings;
  const inner = (part.inner ?? []).map((each) => lazyPart(each, () => bundle(each, settings)));
  const { outputFiles } = await build({
    stdin: {
      contents: pathsOf(part)
        .map((path) => `export { ${listWanted(path, part).join(', ')} } from ${JSON.stringify(`./${path}`)};`)
        .join('\n'),
      resolveDir: ROOT,
    },
    bundle: true,
    write: false,
    format: 'esm',
    sourcemap: 'inline',
    target,
    supported,
    define,
    platform,
    external,
    plugins: [withoutTexts, withDatasetNames, ...inner, ...plugins],
    minifySyntax: true,
    logLevel: 'warning',
  });
  return {
    contents: await compressPart(part.name, intoFunction(outputFiles[0].text, part), part.isOnce === true, mangleProps),
    loader: 'js',
    resolveDir: ROOT,
  };
}

/** Makes a function of a module, which may hold that of an inner part: its imports go before it, its exports are what it returns. Lines stay what they are. */
function intoFunction(text, part) {
  const loaded = `loaded_${part.name.replace(/\W/g, '_')}`;
  const short = shortNames(part);
  const imports = [];
  const body = text
    .replace(/^import .* from "k6(?:\/.*)?";$/gm, (whole) => {
      imports.push(whole);
      return '';
    })
    .replace(/^import \{([^}]*)\} from "outside:(.*)";$/gm, (whole, names, path) => {
      imports.push(`import {${names.replaceAll('\n', ' ')}} from ${JSON.stringify(path)};`);
      return '\n'.repeat(whole.split('\n').length - 1);
    })
    .replace(
      /^export \{([^}]*)\};$/m,
      (_, names) =>
        `return ${loaded} = {${names.replace(/(\w+)(?: as (\w+))?(?=,|\s*$)/g, (_, own, out = own) => `${short.get(out)}: ${own}`)}};`,
    );
  return `${imports.join('')}let ${loaded}; export { loadPart as load }; function loadPart() { if (${loaded}) return ${loaded}; ${body}`.replace(
    /(?=\n\/\/# sourceMappingURL=)/,
    '}',
  );
}

/**
 * Entries of tables that only the command line, reports and the documentation read, by file: k6 has none of these. `level` is how far
 * they are indented, where the same file has keys of that name that k6 needs, such as the `content` of a message.
 */
const TEXTS = [
  { filter: /[/\\]config[/\\](?:parameters|[\w-]+-table)\.ts$/, keys: 'help|group|defaultText|aliases|short' },
  { filter: /[/\\]config[/\\]list-types\.ts$/, keys: 'encode|continues' },
  {
    filter: /[/\\]metrics[/\\]request-\w+\.ts$/,
    keys: 'meaning|noneWhen|source|better|title|key|rows|isTold|withConnecting|short',
  },
  // What gates say of a run, the report computes.
  { filter: /[/\\]metrics[/\\](?:run|sample)-metrics\.ts$/, keys: 'meaning|noneWhen|source|better|title|key|read' },
  { filter: /[/\\]dataset[/\\]sets[/\\]/, keys: 'content|written', level: 4 },
  { filter: /[/\\]thresholds[/\\][\w-]+\.json$/, keys: '"about"|"source"' },
];

/**
 * Modules for which a script of k6 alone has no use, or which only some scripts hold, and what its bundles have in their place: it
 * never knows how wide a terminal is, nor what the machine and the records tell of a run, it judges no gates, and reads one dataset.
 */
const INSTEAD = [
  {
    // A script brings the tables of its own dataset along.
    filter: /[/\\]config[/\\]dataset-tables\.ts$/,
    contents: ['export const DATASET_TABLES = {}, ARE_OF_ALL = false;'],
  },
  {
    filter: /[/\\]report[/\\]tables[/\\]fit-columns\.ts$/,
    contents: [
      // 80 columns have room for words: those of a key and a value, and of the columns of a table of numbers.
      'const split = (text) => text.match(/.[^ (]*/g) ?? [""];',
      'const widest = (column) => Math.max(...column.flatMap(split).map((part) => part.trim().length));',
      'export const fitWidths = (widths, cells, columns) => widths[2] ? cells.map(widest) : [widths[0], Math.min(widths[1], columns - widths[0] - 7)];',
      'export const wrapCell = (text, width) => { const lines = [""]; for (const part of split(text)) if (lines[0] && (lines[0] + part).length > width) lines.unshift(part.trim()); else lines[0] += part; return lines.reverse().map((line) => line.trimEnd()); };',
      'export const wrapLine = (line, columns) => line.includes("\\n") ? [line] : [wrapCell(line, columns - 2).join(line[0] === " " ? "\\n  " : "\\n")];',
    ],
  },
  {
    filter: /[/\\]report[/\\]text[/\\]outcome-text\.ts$/,
    contents: [
      'export const describeGateOutcome = () => null;',
      'export const describeThresholdOutcome = () => null;',
      'export const describeRequired = () => [];',
    ],
  },
  {
    filter: /[/\\]verdict[/\\]evidence-checks\.ts$/,
    contents: [
      'export const checkRecords = () => [];',
      'export const checkMachine = checkRecords;',
      'export const adviseStart = () => null;',
      'export const lacksRecords = () => false;',
      'export const hasFaults = lacksRecords;',
    ],
  },
  {
    // What a script brings along, or a bundle with an API of a user's own.
    filter: /[/\\]api[/\\]more-apis\.ts$/,
    contents: ['export const listMoreApis = () => globalThis.llmPerfApis?.() ?? [];'],
  },
  {
    filter: /[/\\]verdict[/\\]client-waits\.ts$/,
    contents: ['export const combineWaits = ({ probes }) => probes && { atStart: probes, anyTime: probes };'],
  },
];

/** The way from records to numbers that no Trend of k6 has, and of which records they are. */
const IN_UNSAMPLED = '^ {2}\\{\\n(?:(?: {4}.*)?\\n)*? {4}trend: null,\\n(?:(?: {4}.*)?\\n)*?';
const UNSAMPLED = new RegExp(
  `(?<=${IN_UNSAMPLED}) {4}of: .*,$|(?<=${IN_UNSAMPLED} {4}read: ).*(?=,$)|, readGaps: \\w+`,
  'gm',
);

/** Leaves them out; lines stay what they are. */
const withoutTexts = {
  name: 'without-texts',
  setup({ onLoad }) {
    for (const { filter, keys, level } of TEXTS) {
      const text = ["'", '"', '`'].map((quote) => `${quote}(?:[^${quote}\\\\]|\\\\.)*${quote}`).join('|');
      const line = `^ ${level === undefined ? '+' : `{${level}}`}(?:${keys}):(?:\\s+(?:${text})| .*),$`;
      const entry = new RegExp(level === undefined ? `${line}|, (?:${keys}): (?:${text})(?= \\})` : line, 'gm');
      onLoad({ filter, namespace: 'file' }, ({ path }) => ({
        contents: readFileSync(path, 'utf8')
          .replace(entry, (whole) => whole.replace(/[^\n]/g, ''))
          .replace(path.endsWith('request-metrics.ts') ? UNSAMPLED : /$^/, (whole) =>
            /^(?:,| +of: )/.test(whole) ? '' : 'null',
          ),
        loader: path.endsWith('.json') ? 'json' : 'ts',
      }));
    }
    // Whoever reads a damaged file is told that it is damaged.
    onLoad({ filter: /[/\\]dataset[/\\](?:gunzip|inflate)\.ts$/, namespace: 'file' }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/(?<= fail\()'[^']*'/g, ''),
      loader: 'ts',
    }));
    for (const { filter, contents } of INSTEAD) {
      onLoad({ filter, namespace: 'file' }, () => ({ contents: contents.join('\n') }));
    }
  },
};

/** A script reads one dataset, and knows the others by name: those of their files. */
const withDatasetNames = {
  name: 'with-dataset-names',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]dataset[/\\]dataset-names\.ts$/ }, ({ path }) => {
      const names = readdirSync(join(dirname(path), 'sets')).map((file) => basename(file, '.ts'));
      return { contents: `export const DATASET_NAMES = ${JSON.stringify(names)}; export const DATASET_ALIASES = [];` };
    });
  },
};
