// The build puts k6-http.ts in this place for the bundles under dist/http/: k6 resolves imports when it loads a script,
// so a bundle that names k6/x/sse cannot fall back when the extension is missing.
export { OWNS_CONNECTIONS, SEES_EVENTS, send } from './k6-sse.ts';
