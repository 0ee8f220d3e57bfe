type Print = (...values: readonly unknown[]) => void;

/** The script's `console`: one line a call. `debug` says nothing, as in k6 without `--verbose`. */
export function createConsole(
  write: (text: string) => void,
): Record<'log' | 'info' | 'warn' | 'error' | 'debug', Print> {
  const print: Print = (...values) => write(values.map(formatTop).join(' '));
  return { log: print, info: print, warn: print, error: print, debug: () => {} };
}

function formatTop(value: unknown): string {
  return typeof value === 'string' ? value : formatValue(value, []);
}

/** k6's form of a value: `{ a: 1, b: [ "x" ] }`, `[object Function]`, `[Circular]`. */
function formatValue(value: unknown, parents: readonly object[]): string {
  if (value === null || value === undefined) return parents.length === 0 ? String(value) : 'null';
  if (typeof value === 'function') return '[object Function]';
  if (typeof value === 'string') return `"${value}"`;
  if (typeof value !== 'object') return String(value);
  if (parents.includes(value)) return '[Circular]';
  if (value instanceof Error) return String(value);
  const inside = [...parents, value];
  if (Array.isArray(value)) {
    return value.length === 0 ? '[]' : `[ ${value.map((item) => formatValue(item, inside)).join(', ')} ]`;
  }
  if (value instanceof Date) return `"${value.toISOString()}"`;
  const entries = Object.entries(value).map(([key, item]) => `${key}: ${formatValue(item, inside)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
