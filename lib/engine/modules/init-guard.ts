import type { Vu } from '../vu/vu.ts';

/** @throws {Error} k6's text, when the script's top level calls something that needs a running VU */
export function refuseInInit(vu: Vu, text: string): void {
  if (vu.phase === 'init') throw new Error(text);
}
