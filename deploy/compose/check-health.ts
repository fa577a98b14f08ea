/**
 * `node check-health.ts [address]`: exits with 0 when it answers with 2xx within three seconds. For container health
 * checks.
 */
const [address = 'http://127.0.0.1:8080/healthz'] = process.argv.slice(2);

const healthy = await fetch(address, { signal: AbortSignal.timeout(3_000) }).then(
  (answer) => answer.ok,
  () => false,
);
process.exitCode = healthy ? 0 : 1;
