import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ledger } from './ledger.ts';
import type { Provider, ProviderAnswer, ProviderCall } from './provider.ts';

/** What a connector's stand-in is: `sandbox/stand-ins/<connector>/stand-in.ts` exports one as `standIn`. */
export interface StandIn {
  /** What it is not: `github.com`. Every answer says so. */
  notReally: string;
  /** The variable that chooses its port, and the number we would like. */
  port: { variable: string; wish: number };
  /** The connector's secret, key by key. Not secret: it opens nothing but the stand-in. */
  secret: Readonly<Record<string, string>>;
  /** Does a call carry that secret? Others are refused before they reach the provider. */
  isOurs(request: IncomingMessage): boolean;
  /** A refusal in the provider's own form. */
  refusal(status: number, message: string): ProviderAnswer;
  /** Our mark in the body of a write, where the connector leaves one, for the ledger. */
  markerOf?(body: string): string | null;
  /**
   * What a call is answered because of its credential, where the provider beneath doesn't tell credentials apart;
   * `undefined`: it is the provider's to answer. Such a call is not in the ledger.
   */
  answerTo?(
    request: IncomingMessage,
    call: ProviderCall,
    provider: Provider,
  ): Promise<ProviderAnswer> | undefined;
  /** The provider that answers at `url`, brought to the state that the ledger records. */
  startProvider(options: { url: string; ledger: Ledger }): Promise<Provider>;
  /** A page for people who follow a link of an answer. */
  page?: {
    isPage(request: IncomingMessage): boolean;
    give(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void>;
  };
}
