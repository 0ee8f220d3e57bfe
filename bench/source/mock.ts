// The mock server, which keeps the truth of what it did, as one of our servers. Arguments: its own flags.
import { parseMockFlags } from '../../lib/mock/options.ts';
import { startMockServer } from '../../lib/mock/server.ts';

const { url } = await startMockServer(parseMockFlags(process.argv.slice(2)));
process.stdout.write(`${url}\n`);
// The parent holds the other end of this pipe: when it is gone, so is this server.
process.stdin.on('end', () => process.exit(0)).resume();
