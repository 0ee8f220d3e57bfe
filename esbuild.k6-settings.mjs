/** What k6 needs of a bundle, whatever is in it. */
export const k6Settings = {
  bundle: true,
  format: 'esm',
  platform: 'browser',
  // k6's JavaScript engine refuses a file that holds async generators or `for await`.
  target: 'es2022',
  supported: { 'async-generator': false, 'for-await': false },
  external: ['k6', 'k6/*'],
  logLevel: 'warning',
};
