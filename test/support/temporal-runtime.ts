import { DefaultLogger, Runtime } from '@temporalio/worker';

// Once in a process, which many test files share; what a replay that must fail says is expected.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: 'OFF' } },
});
