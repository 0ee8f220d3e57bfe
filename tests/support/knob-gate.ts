import { connect, type Socket } from 'node:net';
import { type RawServer, startRawServer } from './raw-server.ts';

/**
 * A way to a mock on which each request gets headers by its prompt: `case 3.` in it asks for the fourth of `knobs`. One run
 * then shows them all. Bytes pass as they are, and so do the ends of connections.
 */
export function startKnobGate(mockPort: number, knobs: readonly object[]): Promise<RawServer> {
  return startRawServer((_, socket, request) => {
    const headers = Object.entries(knobs[Number(/case (\d+)\./.exec(request)?.[1])] ?? {});
    const behind = connect(mockPort, '127.0.0.1');
    passOn(behind, socket);
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    behind.write(request.replace('\r\n', `\r\n${lines}`), 'latin1');
  });
}

/** The prompts of a run through the gate: each case so often, beside itself. */
export function listCases(knobs: readonly object[], times: number): string {
  return knobs.map((_, index) => `case ${index}.\n`.repeat(times)).join('');
}

function passOn(from: Socket, to: Socket): void {
  from.on('error', () => to.resetAndDestroy());
  to.once('close', () => from.destroy());
  from.pipe(to);
}
