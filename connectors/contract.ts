import type { z } from 'zod';
import type { ActionFacts } from '#domain/action/action.ts';
import type { Found } from '#domain/action/found.ts';
import { assertPermit, type Permit } from '#domain/action/permit.ts';
import type { AuditKey, DataTouched } from '#domain/audit/audit.ts';
import type { Classification } from '#domain/classification/classification.ts';
import type { VariableSchemas } from '#platform/config/schema.ts';

/** What a provider call gets besides its input. */
export interface CallContext<Client> {
  client: Client;
  /** Aborts when the activity is cancelled or its time is over. */
  signal: AbortSignal;
}

/** An example is documentation, planner rule and test at once. */
export interface ActionExample<Input> {
  say: string;
  input: Input;
}

interface ActionBase<Client, Input, Output> extends Omit<ActionFacts, 'effect'> {
  /** One line for people, with the provider's name in it. */
  title: string;
  audit: AuditKey;
  input: z.ZodType<Input>;
  output: z.ZodType<Output>;
  /** Sentences that the built-in planner understands; their notation is in `domain/plan/plan-intent.ts`. */
  intents: readonly string[];
  examples: readonly ActionExample<Input>[];
  /** Its target: `acme/website#7`. Never the text itself. */
  target(input: Input): string;
  /** Label of the data that the input itself carries. */
  classify(input: Input): Classification;
  dataTouched(input: Input, output: Output): readonly DataTouched[];
  /**
   * The part of the output that is one touched item, to be classified by its content; absent = input and output as a
   * whole.
   */
  contentOf?: ((output: Output, itemId: string) => unknown) | undefined;
  /** The answer in words for the person who asked. */
  answer(input: Input, output: Output): string;
  /** Throws `ProviderError`. */
  run(permit: Permit, input: Input, context: CallContext<Client>): Promise<Output>;
}

export interface ReadAction<Client, Input, Output> extends ActionBase<Client, Input, Output> {
  effect: 'read';
}

export interface WriteAction<Client, Input, Output> extends ActionBase<Client, Input, Output> {
  effect: 'write' | 'destructive';
  /** What docs/guarantees.md says of it: what is done, how that is found again, and what can't be known. */
  guarantee: { of: string; foundBy: string; limit: string };
  /** What the approver sees in full: the exact text that would be sent. */
  preview(input: Input): string;
  /** Looks for the effect of this run id before anything is sent again. A failed look is `unknown`, never thrown. */
  find(permit: Permit, input: Input, context: CallContext<Client>): Promise<Found<Output>>;
}

export type Action<Client, Input, Output> =
  | ReadAction<Client, Input, Output>
  | WriteAction<Client, Input, Output>;

/** An action whose types were checked where it is defined; the registry holds these. */
// oxlint-disable-next-line typescript/no-explicit-any -- existential: input is parsed by the action's own schema
export type AnyAction = Action<any, any, any>;

/** Checks an action's types and makes `run` and `find` refuse without a genuine permit. */
export function defineAction<Client, Input, Output>(
  action: ReadAction<Client, Input, Output>,
): ReadAction<Client, Input, Output>;
export function defineAction<Client, Input, Output>(
  action: WriteAction<Client, Input, Output>,
): WriteAction<Client, Input, Output>;
export function defineAction<Client, Input, Output>(
  action: Action<Client, Input, Output>,
): Action<Client, Input, Output> {
  const { run } = action;
  const guardedRun: typeof run = async (permit, input, context) => {
    assertPermit(permit, action.id);
    return run(permit, input, context);
  };
  if (action.effect === 'read') return { ...action, run: guardedRun };
  const { find } = action;
  return {
    ...action,
    run: guardedRun,
    find: async (permit, input, context) => {
      assertPermit(permit, action.id);
      return find(permit, input, context);
    },
  };
}

/** Where a connector's credentials and addresses come from. */
export interface ConnectorSettings {
  /** Reads one key of the connector's secret; throws `CONNECTOR_UNAVAILABLE` when it isn't there. */
  secret(key: string): Promise<string>;
  /** API root; `undefined` = the provider's own. */
  baseUrl: string | undefined;
  /** What the connector's own environment variables say, by their names. */
  variables: Readonly<Record<string, unknown>>;
  /** Limit of one HTTP call, in milliseconds; well below the start-to-close timeout of the activity. */
  timeoutMs: number;
}

/** Everything that the core needs to know of one data source. */
export interface Connector<Client> {
  /** Name in policies, in item keys and of its folders; its audit keys begin with it. */
  name: string;
  /** Name for people, on the page and in the documents. */
  title: string;
  defaultClassification: Classification;
  /** Items whose ids differ only in upper and lower case are one. */
  ignoresCase?: boolean;
  /** Kubernetes Secret that holds its credentials (spec/enterprise.md §1.6). */
  secretName: string;
  /** Its environment variables, with what docs/configuration.md says of each. */
  variables: VariableSchemas;
  /** The one of them that names its API root; the local stack puts its stand-in there. */
  apiRootVariable: string;
  /** The provider's own API root. */
  usualApiRoot: string;
  /** Where somebody answers, asked without credentials, while the provider works: what `/status` looks at. */
  healthAddress(apiRoot: string): string;
  actions: readonly AnyAction[];
  open(settings: ConnectorSettings): Promise<Client>;
}

export type AnyConnector = Connector<unknown>;
