import { sleep } from 'k6';

/**
 * Waits until the wall clock shows a time, in milliseconds since 1970; a time that is past already is no wait.
 *
 * @returns false where the run ended first: k6's `sleep` comes back then, and the next request must not go out
 */
export async function waitUntil(atMs: number): Promise<boolean> {
  // In k6 it blocks the VU, in the Node engine it is a promise.
  const leftMs = atMs - Date.now();
  if (leftMs > 0) await sleep(leftMs / 1000);
  return Date.now() >= atMs - 2;
}
