import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { connectorVariables } from '#connectors/variables.ts';
import { parseConfig } from '#platform/config/parse-config.ts';
import { createLogger } from '#platform/logger.ts';
import packageFacts from '../package.json' with { type: 'json' };
import { gatewayNeeds, openGateway } from './open-gateway.ts';

/** The gateway process: reads the environment, listens, and shuts down cleanly on SIGTERM and SIGINT. */
async function main(): Promise<void> {
  const { config, warnings } = parseConfig({ env: process.env, needs: gatewayNeeds, connectorVariables });
  const log = createLogger({ level: config.logLevel, name: 'gateway' });
  for (const warning of warnings) log.warn(warning);
  const pageDir = fileURLToPath(new URL('../web/dist', import.meta.url));
  const gateway = await openGateway({ config, log, version: packageFacts.version, pageDir });

  let stopping = false;
  const stop = async (reason: string, exitCode: number) => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'gateway stops');
    // Calls that don't end in time are cut.
    setTimeout(() => process.exit(exitCode || 1), config.shutdownGraceMs).unref();
    await gateway.close();
    process.exit(exitCode);
  };
  process.once('SIGTERM', () => void stop('SIGTERM', 0));
  process.once('SIGINT', () => void stop('SIGINT', 0));
  // After an error that nobody caught the state is unknown: report it and let a fresh process take over.
  process.on('unhandledRejection', (error) => {
    log.fatal({ err: error }, 'unhandled rejection');
    void stop('unhandled rejection', 1);
  });
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught exception');
    void stop('uncaught exception', 1);
  });

  await gateway.app.listen({ host: config.host, port: config.port });
  gateway.loops.start();
  log.info({ url: gateway.publicUrl }, 'gateway ready');
}

main().catch((error: unknown) => {
  const words = error instanceof Error && error.name === 'ConfigError' ? error.message : inspect(error);
  process.stderr.write(`${words}\n`);
  process.exit(1);
});
