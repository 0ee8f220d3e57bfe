export { askOnce } from './ask-once.ts';
export { type Connections, createConnections } from './net/connections.ts';
export { readProxies } from './net/proxy.ts';
export { runBundle } from './run-bundle.ts';
