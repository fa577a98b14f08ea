import { AsyncLocalStorage } from 'node:async_hooks';
import { Client, Connection, type WorkflowClientInterceptor } from '@temporalio/client';
import { type Caller, type CallName, stated } from '#domain/caller.ts';
import { CodedError } from '#domain/error.ts';
import { tenantOfWorkflowId } from '#domain/ids.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import { createDataConverter } from './data-converter.ts';
import type { PayloadKeys } from './payload-codec.ts';

interface TemporalOptions {
  /** `host:port` of the frontend. */
  address: string;
  namespace: string;
  envelope: Envelope;
  /** Tenants' own keys, which seal the payloads of their workflows; unset = the key of the installation seals them. */
  tenantKeys?: PayloadKeys;
}

/** A Temporal client that encrypts payloads and refuses to reach across tenants. */
export interface Temporal {
  client: Client;
  /** Runs `work`; every call in it is made for this tenant and person. */
  as<Result>(caller: Caller, work: (client: Client) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** Connects lazily: while Temporal is away, calls fail, but not the start. */
export function connectTemporal({ address, namespace, envelope, tenantKeys }: TemporalOptions): Temporal {
  // Without the SDK's own gRPC retries: they go on after a call was aborted, and our callers have a better answer.
  const connection = Connection.lazy({ address, interceptors: [] });
  const callers = new AsyncLocalStorage<Caller>();
  const client = new Client({
    connection,
    namespace,
    dataConverter: createDataConverter(envelope, { namespace, tenantKeys }),
    interceptors: { workflow: [callStatements(callers)] },
  });
  return {
    client,
    as: (caller, work) => callers.run(caller, () => work(client)),
    close: () => connection.close(),
  };
}

/** States the caller in every call to a workflow; refuses a workflow of another tenant. */
function callStatements(callers: AsyncLocalStorage<Caller>): WorkflowClientInterceptor {
  const callerOf = (workflowId: string | undefined) => {
    const caller = callers.getStore();
    if (caller === undefined || tenantOfWorkflowId(workflowId ?? '') !== caller.tenantId) {
      throw new CodedError('TENANT_MISMATCH');
    }
    return caller;
  };
  const started = <Options extends { workflowId: string; args: unknown[] }>(
    type: string,
    options: Options,
  ) => ({
    ...options,
    args: stated(options.args, callerOf(options.workflowId), `start ${type}`),
  });
  const sent = (workflowId: string | undefined, call: CallName, args: readonly unknown[]) =>
    stated(args, callerOf(workflowId), call);
  return {
    startWithDetails: (input, next) =>
      next({ ...input, options: started(input.workflowType, input.options) }),
    startUpdate: (input, next) => {
      const { updateName, workflowExecution, args } = input;
      return next({ ...input, args: sent(workflowExecution.workflowId, `update ${updateName}`, args) });
    },
    startUpdateWithStart: (input, next) => {
      const { workflowType, workflowStartOptions, updateName, updateArgs } = input;
      return next({
        ...input,
        workflowStartOptions: started(workflowType, workflowStartOptions),
        updateArgs: sent(workflowStartOptions.workflowId, `update ${updateName}`, updateArgs),
      });
    },
    signal: (input, next) => {
      const { signalName, workflowExecution, args } = input;
      return next({ ...input, args: sent(workflowExecution.workflowId, `signal ${signalName}`, args) });
    },
    signalWithStart: (input, next) => {
      const { workflowType, options, signalName, signalArgs } = input;
      return next({
        ...input,
        options: started(workflowType, options),
        signalArgs: sent(options.workflowId, `signal ${signalName}`, signalArgs),
      });
    },
    terminate: (input, next) => {
      callerOf(input.workflowExecution.workflowId);
      return next(input);
    },
    cancel: (input, next) => {
      callerOf(input.workflowExecution.workflowId);
      return next(input);
    },
    query: (input, next) => {
      const { queryType, workflowExecution, args } = input;
      return next({ ...input, args: sent(workflowExecution.workflowId, `query ${queryType}`, args) });
    },
  };
}
