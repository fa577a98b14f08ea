import { AsyncLocalStorage } from 'node:async_hooks';
import { Client, Connection, type WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { type CallHeaders, toHeaders } from '#domain/call-headers.ts';
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
  as<Result>(caller: CallHeaders, work: (client: Client) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** Connects lazily: while Temporal is away, calls fail, but not the start. */
export function connectTemporal({ address, namespace, envelope, tenantKeys }: TemporalOptions): Temporal {
  // Without the SDK's own gRPC retries: they go on after a call was aborted, and our callers have a better answer.
  const connection = Connection.lazy({ address, interceptors: [] });
  const callers = new AsyncLocalStorage<CallHeaders>();
  const client = new Client({
    connection,
    namespace,
    dataConverter: createDataConverter(envelope, tenantKeys),
    interceptors: { workflow: [callerHeaders(callers)] },
  });
  return {
    client,
    as: (caller, work) => callers.run(caller, () => work(client)),
    close: () => connection.close(),
  };
}

/** Adds tenant, actor and trace to every call to a workflow; refuses a workflow of another tenant. */
function callerHeaders(callers: AsyncLocalStorage<CallHeaders>): WorkflowClientInterceptor {
  const headersFor = (workflowId: string) => {
    const caller = callers.getStore();
    if (caller === undefined || tenantOfWorkflowId(workflowId) !== caller.tenantId) {
      throw new CodedError('TENANT_MISMATCH');
    }
    return toHeaders(caller, (text) => defaultPayloadConverter.toPayload(text));
  };
  return {
    startWithDetails: (input, next) =>
      next({ ...input, headers: { ...input.headers, ...headersFor(input.options.workflowId) } }),
    startUpdate: (input, next) =>
      next({
        ...input,
        headers: { ...input.headers, ...headersFor(input.workflowExecution.workflowId ?? '') },
      }),
    startUpdateWithStart: (input, next) => {
      const headers = headersFor(input.workflowStartOptions.workflowId);
      return next({
        ...input,
        workflowStartHeaders: { ...input.workflowStartHeaders, ...headers },
        updateHeaders: { ...input.updateHeaders, ...headers },
      });
    },
    signal: (input, next) =>
      next({
        ...input,
        headers: { ...input.headers, ...headersFor(input.workflowExecution.workflowId) },
      }),
    signalWithStart: (input, next) =>
      next({ ...input, headers: { ...input.headers, ...headersFor(input.options.workflowId) } }),
    terminate: (input, next) => {
      headersFor(input.workflowExecution.workflowId);
      return next(input);
    },
    cancel: (input, next) => {
      headersFor(input.workflowExecution.workflowId);
      return next(input);
    },
    query: (input, next) =>
      next({
        ...input,
        headers: { ...input.headers, ...headersFor(input.workflowExecution.workflowId ?? '') },
      }),
  };
}
