/** An answer of a provider, whoever sent the request. */
export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, unknown>>;
  /** The parsed body; `undefined` where it can't be parsed. */
  data: unknown;
  /** What a vendor's library threw where that was its way to tell of this answer. */
  cause?: unknown;
}
